import Type from 'typebox'

/** `uploads`: limits of uploaded pictures. */
export const uploadSettings = Type.Object(
  {
    max_bytes: Type.Integer({
      default: 10_000_000,
      minimum: 1_000,
      maximum: 1_000_000_000,
      unit: 'bytes',
      description: 'The largest picture that can be uploaded.',
    }),
    max_total_bytes: Type.Integer({
      default: 1_000_000_000,
      minimum: 1_000,
      maximum: 1_000_000_000_000,
      unit: 'bytes',
      description: 'How much space all uploads may take together; above that, uploads are refused.',
    }),
  },
  { description: 'Pictures that programs upload to /api/upload.' },
)
