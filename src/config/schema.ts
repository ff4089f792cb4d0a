import Type from 'typebox'

/**
 * Every setting there is. The reader, the documentation and the commented configuration file are all made from this.
 * Beside JSON Schema's words a field has: `unit`; `form`, which says in words what a text must look like; `secret`,
 * which keeps the value out of messages; `isPath`, for the path of a file or folder, which is made absolute; and a
 * description for the operator.
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
          description: 'Other sites whose pages may use this server from a browser on this machine.',
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
