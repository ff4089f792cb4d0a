import Type from 'typebox'

/** `webhook`: incoming webhooks of other systems. */
export const webhookSettings = Type.Object(
  {
    body_bytes: Type.Integer({
      default: 1_000_000,
      minimum: 1_000,
      maximum: 100_000_000,
      unit: 'bytes',
      description: 'The largest message that a webhook accepts.',
    }),
    body_values: Type.Integer({
      default: 50_000,
      minimum: 10,
      maximum: 10_000_000,
      unit: 'values',
      description:
        'How many numbers, texts, arrays and objects the JSON of a message may hold, at any depth. Each takes about 50 bytes of memory, however short it is written.',
    }),
  },
  { description: 'Messages from other systems.' },
)

/** `line`: credentials and address of the messenger LINE. */
export const lineSettings = Type.Object(
  {
    channel_secret: Type.Optional(
      Type.String({
        minLength: 1,
        secret: true,
        alias: 'LINE_CHANNEL_SECRET',
        description: 'The channel secret. If set, messages to /api/webhook must carry a valid signature from LINE.',
      }),
    ),
    channel_access_token: Type.Optional(
      Type.String({
        minLength: 1,
        secret: true,
        alias: 'LINE_CHANNEL_ACCESS_TOKEN',
        description: 'The channel access token, needed to reply to messages.',
      }),
    ),
    body_bytes: Type.Integer({
      default: 262_144,
      minimum: 1_000,
      maximum: 10_000_000,
      unit: 'bytes',
      description: 'The largest message of LINE that is accepted.',
    }),
    api_url: Type.String({
      default: 'https://api.line.me',
      pattern: '^https?://[^/\\s]+$',
      form: 'an address such as https://api.line.me',
      description: "The base URL of LINE's Messaging API.",
    }),
  },
  { description: 'The LINE messenger.' },
)
