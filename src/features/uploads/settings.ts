import Type from 'typebox'

/** `uploads`: pictures that programs put down here. */
export const uploadSettings = Type.Object(
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
)
