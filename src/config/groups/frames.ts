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
