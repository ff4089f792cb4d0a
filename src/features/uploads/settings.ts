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
    bytes_per_user: Type.Integer({
      default: 250_000_000,
      minimum: 1_000,
      maximum: 1_000_000_000_000,
      unit: 'bytes',
      description:
        'How much of that the uploads of one user or key may take, unless it is an admin or may publish everything. Uploads from before this setting count for nobody.',
    }),
    bytes_reserved: Type.Integer({
      default: 250_000_000,
      minimum: 0,
      maximum: 1_000_000_000_000,
      unit: 'bytes',
      description:
        'How much of uploads.max_total_bytes, but at most half, is kept for admins and publishers that may publish everything.',
    }),
    dir: Type.Optional(
      Type.String({
        minLength: 1,
        form: 'the path of a folder',
        isPath: true,
        description:
          'The folder that uploads are stored in, created with the first one; if not set, the folder uploads in data_dir. A relative path starts at the checkout, on the command line at the current folder.',
      }),
    ),
  },
  { description: 'Pictures that programs upload to /api/upload.' },
)
