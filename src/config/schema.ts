import Type from 'typebox'

/**
 * Every setting there is. The reader, the documentation and the commented configuration file are all made from this.
 * Beside JSON Schema's words a field has: `unit`; `form`, which says in words what a text must look like; `secret`,
 * which keeps the value out of messages; `minBytes`, its least length as UTF-8; `isPath`, for the path of a file or folder, which is made absolute; `alias`, an
 * environment variable of another name that existing installations set; and a description for the operator.
 */
export const ConfigSchema = Type.Object({
  host: Type.String({
    default: '127.0.0.1',
    pattern: '^[^\\s/]+$',
    form: 'an IP address or a host name',
    description: 'The address to listen on. 127.0.0.1 is this machine alone; 0.0.0.0 or :: is every network it is in.',
  }),
  port: Type.Integer({
    default: 8000,
    minimum: 0,
    maximum: 65_535,
    description: 'The TCP port to listen on; 0 takes any that is free.',
  }),
  data_dir: Type.String({
    default: 'data',
    minLength: 1,
    form: 'the path of a folder',
    isPath: true,
    description:
      'Where the server keeps its files; made if it does not exist. Relative to the checkout; on the command line, to the current folder.',
  }),
  publish_key: Type.Optional(
    Type.String({
      minLength: 16,
      secret: true,
      description:
        'The key that publishers must send. Without this setting the server makes one at its first start and keeps it in the data folder. On the command line other users of the machine can read it: prefer the environment or a file.',
    }),
  ),
  admin_password: Type.Optional(
    Type.String({
      minLength: 1,
      secret: true,
      description:
        'The password of the first account, "admin", used when there are no accounts yet and never again. Without this setting the server makes one up and prints it once.',
    }),
  ),

  access: Type.Object(
    {
      anonymous: Type.Optional(
        Type.Enum(['none', 'view', 'operate'], {
          description:
            'What people may do without signing in: none, view, or operate (view, command and acknowledge). Without this setting: operate on the machine itself, none from anywhere else.',
        }),
      ),
      audit_days: Type.Integer({
        default: 90,
        minimum: 1,
        maximum: 3_650,
        unit: 'days',
        description: 'How long it is kept who did what, when and from where.',
      }),
    },
    { description: 'Who may do what (docs/security.md).' },
  ),

  tokens: Type.Object(
    {
      secret: Type.Optional(
        Type.String({
          minBytes: 32,
          secret: true,
          alias: 'JWT_SECRET_KEY',
          form: 'a text of at least 32 bytes',
          description:
            'What access and refresh tokens are signed with (HS256). Without this setting the server makes a secret at its first start and keeps it in the data folder.',
        }),
      ),
      previous_secrets: Type.Array(Type.String({ minBytes: 32, form: 'texts of at least 32 bytes' }), {
        default: [],
        secret: true,
        description:
          'Secrets that were in use before: tokens signed with them stay good until they expire, so that changing tokens.secret signs nobody out.',
      }),
      access_minutes: Type.Number({
        default: 60,
        minimum: 0.01,
        maximum: 10_080,
        unit: 'minutes',
        description: 'How long an access token is good.',
      }),
      refresh_days: Type.Number({
        default: 30,
        minimum: 0.001,
        maximum: 365,
        unit: 'days',
        description: 'How long a refresh token is good, and a sign-in on the page that is not used.',
      }),
      leeway_s: Type.Number({
        default: 10,
        minimum: 0,
        maximum: 300,
        unit: 'seconds',
        description: 'How far the clocks of machines may be apart that make and check tokens.',
      }),
    },
    { description: 'What programs show after they have logged in.' },
  ),

  limits: Type.Object(
    {
      calls_per_minute: Type.Integer({
        default: 3_000,
        minimum: 1,
        maximum: 10_000_000,
        unit: 'calls',
        description:
          'How many requests one user or key may make within a minute, and each address of visitors who may operate without signing in; frames are not counted.',
      }),
      guest_calls_per_minute: Type.Integer({
        default: 300,
        minimum: 1,
        maximum: 10_000_000,
        unit: 'calls',
        description:
          'The same for whoever may only view: guests, and each address of visitors and of people with a share link.',
      }),
      commands_per_minute: Type.Integer({
        default: 120,
        minimum: 1,
        maximum: 1_000_000,
        unit: 'commands',
        description: 'How many commands one client may give within a minute.',
      }),
      publish_bytes_per_s: Type.Integer({
        default: 125_000_000,
        minimum: 1_000,
        maximum: 100_000_000_000,
        unit: 'bytes',
        description: 'How much one publisher may send a second, on the average of some seconds.',
      }),
      connections_per_client: Type.Integer({
        default: 2_000,
        minimum: 1,
        maximum: 1_000_000,
        unit: 'connections',
        description: 'How many WebSockets one client may have open. The machine itself is not limited.',
      }),
      login_tries: Type.Integer({
        default: 5,
        minimum: 1,
        maximum: 1_000,
        unit: 'attempts',
        description:
          'How many wrong passwords in a row are answered at once, for each name and each address. After that each one makes the next wait longer.',
      }),
      login_wait_s: Type.Number({
        default: 900,
        minimum: 1,
        maximum: 86_400,
        unit: 'seconds',
        description:
          'The longest such wait for an address. For a name it is a minute at most, so that nobody can lock another out.',
      }),
    },
    { description: 'How much one client may ask for. Over a limit the answer is 429 and says when to try again.' },
  ),

  http: Type.Object(
    {
      body_bytes: Type.Integer({
        default: 10_000_000,
        minimum: 1_000,
        maximum: 1_000_000_000,
        unit: 'bytes',
        description: 'The largest body, and so the largest picture, that may be published.',
      }),
      allowed_hosts: Type.Array(
        Type.String({ pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$', form: 'host names without a port' }),
        {
          default: [],
          description:
            'Names beside localhost by which browsers and programs on this machine may call the server. Any other is refused, because a page of a stranger could reach the server by a name of its own.',
        },
      ),
      allowed_origins: Type.Array(
        Type.String({ pattern: '^https?://[^/\\s]+$', form: 'origins such as https://example.org' }),
        {
          default: [],
          description:
            'Other sites whose pages may use this server (CORS), with a token of their own; on this machine also without one.',
        },
      ),
      trusted_proxies: Type.Array(
        Type.String({
          pattern: '^[0-9A-Fa-f.:]+(/\\d{1,3})?$',
          form: 'addresses or networks such as 127.0.0.1 or 10.0.0.0/8',
        }),
        {
          default: [],
          description:
            'Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. What others send in these headers never counts for anything but against being this machine.',
        },
      ),
      static_dir: Type.Optional(
        Type.String({
          minLength: 1,
          form: 'the path of a folder',
          isPath: true,
          description:
            'A folder of your own whose files are served under /static/ to whoever can reach the server; files and folders whose names begin with a dot are not. A file that the server itself has at an address there comes first. Relative to the checkout; on the command line, to the current folder.',
        }),
      ),
      tls: Type.Object(
        {
          cert: Type.Optional(
            Type.String({
              minLength: 1,
              form: 'the path of a file',
              isPath: true,
              description: 'The certificate with its chain (PEM).',
            }),
          ),
          key: Type.Optional(
            Type.String({
              minLength: 1,
              form: 'the path of a file',
              isPath: true,
              description: 'The private key of the certificate (PEM).',
            }),
          ),
        },
        {
          description:
            'HTTPS. With both files the server speaks nothing else; it notices by itself when they are renewed.',
        },
      ),
    },
    { description: 'What is taken from the network.' },
  ),

  frames: Type.Object(
    {
      max_megapixels: Type.Number({
        default: 50,
        minimum: 0.01,
        maximum: 1_000,
        unit: 'megapixels',
        description: 'The largest picture, in width × height, whatever its size in bytes.',
      }),
      store_timeout_ms: Type.Integer({
        default: 2_000,
        minimum: 10,
        maximum: 60_000,
        unit: 'milliseconds',
        description:
          'How long a published frame waits for the store. After that it is shown all the same, and the answer says that it was not stored.',
      }),
    },
    { description: 'Pictures with their measurements, on their way in.' },
  ),

  streams: Type.Object(
    {
      max: Type.Integer({
        default: 1_000,
        minimum: 1,
        maximum: 100_000,
        unit: 'streams',
        description: 'How many streams there may be at once. A frame that would start one more is refused.',
      }),
      ring_frames: Type.Integer({
        default: 10,
        minimum: 1,
        maximum: 1_000,
        unit: 'frames',
        description: 'How many of its newest frames each stream keeps in memory.',
      }),
      ring_bytes: Type.Integer({
        default: 16_000_000,
        minimum: 1_000,
        maximum: 10_000_000_000,
        unit: 'bytes',
        description: 'How much memory those frames may take for each stream; the newest is kept whatever its size.',
      }),
      stale_after_ms: Type.Integer({
        default: 2_000,
        minimum: 50,
        maximum: 3_600_000,
        unit: 'milliseconds',
        description: 'The least silence after which a stream is shown as stale.',
      }),
      stale_after_intervals: Type.Number({
        default: 3,
        minimum: 1,
        maximum: 100,
        unit: 'intervals',
        description:
          'A slower stream is stale after this many times its own median interval, if that is longer than streams.stale_after_ms.',
      }),
      offline_after_s: Type.Number({
        default: 30,
        minimum: 0.1,
        maximum: 86_400,
        unit: 'seconds',
        description: 'The silence after which a stream is shown as offline.',
      }),
      forget_after_s: Type.Number({
        default: 86_400,
        minimum: 1,
        // 23 days: a timer of JavaScript holds 2^31 ms at most.
        maximum: 2_000_000,
        unit: 'seconds',
        description: 'The silence after which a stream is forgotten.',
      }),
    },
    { description: 'What is kept of each stream, and when a silent one is called so.' },
  ),

  labels: Type.Object(
    {
      hidden: Type.Array(Type.String({ minLength: 1, form: 'wildcards such as *test*' }), {
        default: ['*test*'],
        description:
          'Labels that are left out of lists; * stands for any characters, ? for one. They can still be watched by name.',
      }),
      calls_per_minute: Type.Integer({
        default: 60,
        minimum: 1,
        maximum: 100_000,
        unit: 'calls',
        description: 'How often one client may ask for the list of labels within a minute.',
      }),
      messages_per_s: Type.Number({
        default: 10,
        minimum: 0.01,
        maximum: 1_000,
        unit: 'messages',
        description:
          'How many messages a second a viewer gets at most on /api/ws/labels, where each holds the newest picture of every camera of the label.',
      }),
      class_names: Type.Array(
        Type.String({
          pattern: '^[^=]*[^=\\s][^=]*=[^|]*[^|\\s][^|]*(\\|[^|]*[^|\\s][^|]*)*$',
          form: 'entries "LABELS=NAME|NAME|…" such as site-*=Hardhat|Mask|Person, without empty names',
        }),
        {
          default: [
            '*=Hardhat|Mask|NO-Hardhat|NO-Mask|NO-Safety Vest|Person|Safety Cone|Safety Vest|Machinery|Utility Pole|Vehicle',
          ],
          description:
            "What the page calls a detector's classes 0, 1, 2 and so on. An entry holds for the labels before its =, where * stands for any characters and ? for one; the first entry that fits a label counts. A list of yours takes the place of the default; classes without a name are shown by their number.",
        },
      ),
    },
    { description: 'What streams are grouped by.' },
  ),

  viewers: Type.Object(
    {
      max: Type.Integer({
        default: 20_000,
        minimum: 1,
        maximum: 1_000_000,
        unit: 'viewers',
        description: 'How many viewers may be connected at once. One more is refused.',
      }),
      idle_ping_s: Type.Number({
        default: 30,
        minimum: 0.1,
        maximum: 3_600,
        unit: 'seconds',
        description: 'How often a viewer whose connection is quiet is asked whether it is still there.',
      }),
      dead_after_s: Type.Number({
        default: 75,
        minimum: 0.2,
        maximum: 7_200,
        unit: 'seconds',
        description: 'The silence after which a viewer is taken for gone and its connection closed.',
      }),
    },
    { description: 'Who watches.' },
  ),

  snapshot: Type.Object(
    {
      max_wait_s: Type.Number({
        default: 30,
        minimum: 0,
        maximum: 300,
        unit: 'seconds',
        description: 'How long a request for one picture may ask to wait for the next frame.',
      }),
    },
    { description: 'Single pictures.' },
  ),

  page: Type.Object(
    {
      custom_css: Type.Optional(
        Type.String({
          minLength: 1,
          form: 'the path of a file',
          isPath: true,
          description:
            'A style sheet of your own, used after all others on every page. A change of the file shows when a page is loaded the next time. Relative to the checkout; on the command line, to the current folder.',
        }),
      ),
    },
    { description: 'How the pages look.' },
  ),

  demo: Type.Object(
    {
      start: Type.Boolean({
        default: false,
        description: 'Starts the demo with the server: three drawn streams under the label "demo".',
      }),
      seed: Type.Integer({
        default: 1,
        minimum: 0,
        maximum: 2_147_483_647,
        description: 'Chooses what happens in the drawn streams; the same number, the same pictures.',
      }),
    },
    { description: 'Streams to look at without a camera.' },
  ),

  events: Type.Object(
    {
      buffer: Type.Integer({
        default: 100,
        minimum: 1,
        maximum: 100_000,
        unit: 'events',
        description: 'How many of the newest events are kept at hand.',
      }),
    },
    { description: 'What happened: doors, warnings, messages of other systems.' },
  ),

  webhook: Type.Object(
    {
      body_bytes: Type.Integer({
        default: 1_000_000,
        minimum: 1_000,
        maximum: 100_000_000,
        unit: 'bytes',
        description: 'The largest message that a webhook takes.',
      }),
    },
    { description: 'Messages of other systems.' },
  ),

  line: Type.Object(
    {
      channel_secret: Type.Optional(
        Type.String({
          minLength: 1,
          secret: true,
          alias: 'LINE_CHANNEL_SECRET',
          description: 'With it, messages to /api/webhook must be signed by LINE.',
        }),
      ),
      channel_access_token: Type.Optional(
        Type.String({
          minLength: 1,
          secret: true,
          alias: 'LINE_CHANNEL_ACCESS_TOKEN',
          description: 'What the server shows to LINE to answer a message.',
        }),
      ),
      api_url: Type.String({
        default: 'https://api.line.me',
        pattern: '^https?://[^/\\s]+$',
        form: 'an address such as https://api.line.me',
        description: 'Where LINE is.',
      }),
    },
    { description: 'The messenger LINE.' },
  ),

  uploads: Type.Object(
    {
      max_bytes: Type.Integer({
        default: 10_000_000,
        minimum: 1_000,
        maximum: 1_000_000_000,
        unit: 'bytes',
        description: 'The largest picture that may be uploaded.',
      }),
      max_total_bytes: Type.Integer({
        default: 1_000_000_000,
        minimum: 1_000,
        maximum: 1_000_000_000_000,
        unit: 'bytes',
        description: 'How much all of them may take together; one more is refused then.',
      }),
    },
    { description: 'Pictures that programs put down here, at /api/upload.' },
  ),

  log: Type.Object(
    {
      level: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
        default: 'info',
        description: 'The least important messages that are still logged.',
      }),
      format: Type.Enum(['auto', 'pretty', 'json'], {
        default: 'auto',
        description: 'How: pretty for people, json (one object a line) for programs, auto by what the output is.',
      }),
    },
    { description: 'What the server says of itself.' },
  ),
})

/** The settings as the server uses them: every one with a default is present, and paths are absolute. */
export type Config = Type.Static<typeof ConfigSchema>

/** Pairs of settings of which the first must be the shorter time; the units may differ. */
export const SHORTER_THAN = [
  ['streams.stale_after_ms', 'streams.offline_after_s'],
  ['streams.offline_after_s', 'streams.forget_after_s'],
  ['viewers.idle_ping_s', 'viewers.dead_after_s'],
] as const
