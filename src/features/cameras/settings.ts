import Type from 'typebox'

/** Addresses and networks. `addressPolicy` checks what a pattern cannot. */
const networks = (description: string) =>
  Type.Array(
    Type.String({
      pattern: '^[0-9A-Fa-f.:]+(/\\d{1,3})?$',
      form: 'addresses or networks such as 192.168.1.20 or 10.0.0.0/8',
    }),
    { default: [], description },
  )

const rule = (fallback: 'allow' | 'refuse', description: string) =>
  Type.Enum(['allow', 'refuse'], { default: fallback, description })

/** `cameras.addresses`: where cameras may be that are not from the configuration file. */
const addressSettings = Type.Object(
  {
    private: rule(
      'allow',
      'Whether cameras may have private addresses (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7), as those of homes and companies do.',
    ),
    loopback: rule(
      'allow',
      'Whether cameras may be asked on this machine itself (127/8, ::1), where programs such as go2rtc serve them. Refuse it where those who may edit cameras must not reach what else listens only there.',
    ),
    link_local: rule(
      'refuse',
      'Whether cameras may have link-local addresses (169.254/16, fe80::/10). Clouds give the credentials of their machines at such addresses; the others where they do so count as link-local too.',
    ),
    public: rule('allow', 'Whether cameras may have addresses of the internet.'),
    allowed: networks(
      'Addresses and networks (CIDR) that may be asked, whatever kind they are of. Multicast may be asked only if it is here.',
    ),
    refused: networks('Addresses and networks (CIDR) that may not be asked, also if they are in allowed.'),
  },
  {
    description:
      'Where cameras may be, those added on the page, by REST or in the list of the detection hub: also where their names, redirects and playlists lead. Cameras of the configuration file may be anywhere.',
  },
)

/** `cameras`: which cameras are pulled, and the bounds of what they send. */
export const cameraSettings = Type.Object(
  {
    sources: Type.Array(
      Type.Unknown({ form: 'tables, each with url, site, name, user, password and so on (docs/cameras.md)' }),
      {
        default: [],
        secret: true,
        description:
          'Cameras that this server pulls, each as a table: url (rtsp://, http:// and so on; here also file:///… and /dev/video0), site (the label of its stream), name (its key), user, password or password_file (a file with the password in it), runs (on-demand, always or off), certificate (verified, or any: its TLS certificate is not checked), transport (auto, tcp or udp). docs/cameras.md describes them. More can be added on the page.',
      },
    ),
    max: Type.Integer({
      default: 64,
      minimum: 1,
      maximum: 1_000,
      unit: 'cameras',
      description:
        'How many cameras there may be, those that were added on the page among them; those of the detection hub’s list count once they are switched on.',
    }),
    close_after_s: Type.Number({
      default: 10,
      minimum: 0,
      maximum: 3_600,
      unit: 'seconds',
      description:
        'How long a camera that is pulled on demand goes on being pulled once its last viewer has left: whoever comes back sees a picture at once.',
    }),
    connect_timeout_s: Type.Number({
      default: 8,
      minimum: 0.5,
      maximum: 300,
      unit: 'seconds',
      description: 'How long a camera may take to be connected to and to answer.',
    }),
    silence_timeout_s: Type.Number({
      default: 8,
      minimum: 0.5,
      maximum: 300,
      unit: 'seconds',
      description: 'How long a camera may send nothing before its connection counts as lost and is made anew.',
    }),
    starts_at_once: Type.Integer({
      default: 4,
      minimum: 1,
      maximum: 1_000,
      unit: 'processes',
      description:
        'How many FFmpeg processes may be starting at the same time; others wait for their turn. Many that start, or fail, at once take more of the machine than when they run.',
    }),
    tests_at_once: Type.Integer({
      default: 3,
      minimum: 1,
      maximum: 100,
      unit: 'tests',
      description: 'How many cameras may be tested at the same time (POST /cameras/test).',
    }),
    tests_per_minute: Type.Integer({
      default: 20,
      minimum: 1,
      maximum: 1_000,
      unit: 'tests a minute',
      description: 'How many cameras one client may test, and configurations of other programs it may have read.',
    }),
    changes_per_minute: Type.Integer({
      default: 60,
      minimum: 1,
      maximum: 10_000,
      unit: 'changes a minute',
      description:
        'How often one client may add or change a camera, or have one tried again: each connects to an address, and tells a camera a password.',
    }),
    packet_bytes: Type.Integer({
      default: 16_000_000,
      minimum: 100_000,
      maximum: 1_000_000_000,
      unit: 'bytes',
      description:
        'How large a packet of video, or a single picture of a camera may be. A larger one ends the connection.',
    }),
    process_bytes: Type.Integer({
      default: 1_000_000_000,
      minimum: 100_000_000,
      maximum: 64_000_000_000,
      unit: 'bytes',
      description: 'How much memory the ffmpeg of a camera may use. One that uses more is replaced.',
    }),
    ring_bytes: Type.Integer({
      default: 16_000_000,
      minimum: 100_000,
      maximum: 1_000_000_000,
      unit: 'bytes',
      description:
        'How much video of one camera is kept, from its last key frame on: whoever comes second sees a picture at once. Of more than that nothing is kept until the next key frame.',
    }),
    ring_s: Type.Number({
      default: 20,
      minimum: 1,
      maximum: 300,
      unit: 'seconds',
      description: 'The same in time: the longest distance of two key frames with which that works.',
    }),
    ffmpeg: Type.String({
      default: 'ffmpeg',
      minLength: 1,
      form: 'a path, or a name that is looked for in PATH',
      description:
        'The FFmpeg program, version 5.1 or newer, which decodes video and reads what the server does not read itself. Without it only cameras that send single pictures (MJPEG, JPEG) are shown.',
    }),
    addresses: addressSettings,
  },
  { description: 'Cameras that are pulled by their addresses: RTSP, HTTP and so on.' },
)
