import Type from 'typebox'

/** `labels`: hidden labels, limits of the label routes, and the names of detectors' classes. */
export const labelSettings = Type.Object(
  {
    hidden: Type.Array(Type.String({ minLength: 1, form: 'wildcards such as *test*' }), {
      default: ['*test*'],
      description:
        'Labels that are left out of GET /labels; * matches any characters, ? matches one. They can still be watched by name.',
    }),
    calls_per_minute: Type.Integer({
      default: 60,
      minimum: 1,
      maximum: 100_000,
      unit: 'calls',
      description: 'Requests per minute for the list of labels (GET /labels), for one address.',
    }),
    messages_per_s: Type.Number({
      default: 10,
      minimum: 0.01,
      maximum: 1_000,
      unit: 'messages',
      description:
        'The most messages per second for a viewer of /api/ws/labels, where each message holds the newest picture of every camera of the label.',
    }),
    update_interval_s: Type.Number({
      default: 1,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description:
        'How often Socket.IO clients that get `update` are sent the newest pictures of each label that has new ones.',
    }),
    message_bytes: Type.Integer({
      default: 4_000_000,
      minimum: 1_000,
      maximum: 1_000_000_000,
      unit: 'bytes',
      description:
        'The largest message of /api/ws/labels, and of `update` on Socket.IO. If the pictures of all cameras take more, they are sent in turn; a picture that alone takes more (in base64) is left out. On /api/ws/labels no more bytes are sent each second than two such messages have.',
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
          "The names that the page shows for a detector's classes 0, 1, 2 and so on. An entry applies to the labels before its =, where * matches any characters and ? matches one; the first entry that matches a label is used. Your list replaces the default; classes without a name are shown by number.",
      },
    ),
  },
  { description: 'Labels: what streams are grouped by, such as sites.' },
)
