import Type from 'typebox'

/** `frames`: limits of published frames. */
export const frameSettings = Type.Object(
  {
    max_megapixels: Type.Number({
      default: 50,
      minimum: 0.01,
      maximum: 1_000,
      unit: 'megapixels',
      description: 'The largest picture accepted, in width × height, whatever its size in bytes.',
    }),
    metadata_bytes: Type.Integer({
      default: 256_000,
      minimum: 1_000,
      maximum: 1_500_000,
      unit: 'bytes',
      description:
        'The longest text that may come with a picture in one field: its metadata, and each kind of a detector’s annotations.',
    }),
    metadata_values: Type.Integer({
      default: 50_000,
      minimum: 100,
      maximum: 1_000_000,
      unit: 'values',
      description:
        'How many numbers, texts, arrays and objects the JSON in such a field may hold, at any depth. Each takes about 50 bytes of memory, however short it is written. The header of a message on `/ws/frames`, which holds all fields, may have twice as many (an empty array or object counts twice).',
    }),
    header_bytes: Type.Integer({
      default: 1_048_576,
      minimum: 1_000,
      maximum: 8_000_000,
      unit: 'bytes',
      description: 'The longest JSON header of a picture that comes in over a WebSocket.',
    }),
    store_timeout_ms: Type.Integer({
      default: 2_000,
      minimum: 10,
      maximum: 60_000,
      unit: 'milliseconds',
      description:
        'How long a published frame waits for the store. After that it is shown anyway, and the response says that it was not stored.',
    }),
  },
  { description: 'Incoming frames: pictures with their measurements.' },
)
