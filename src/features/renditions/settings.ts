import Type from 'typebox'

/** `renditions`: smaller pictures of streams. */
export const renditionSettings = Type.Object(
  {
    low: quality('low', { width: 320, height: 240, fps: 10, jpeg_quality: 70 }),
    medium: quality('medium', { width: 640, height: 480, fps: 15, jpeg_quality: 80 }),
    high: quality('high', { width: 1280, height: 720, fps: 20, jpeg_quality: 90 }),
    widths: Type.Array(Type.Integer({ minimum: 16, maximum: 16_384, form: 'widths in pixels from 16 to 16384' }), {
      default: [160, 240, 320, 480, 640, 960, 1280, 1920],
      maxItems: 32,
      description:
        'The widths that pictures are made at for who asks for a width: the next larger one of these, or the original. The fewer there are, the more viewers share.',
    }),
    jpeg_quality: jpegQuality(80, 'The JPEG quality of these.'),
    colormap: Type.Enum(['gray', 'viridis', 'inferno', 'magma', 'plasma', 'turbo', 'jet', 'hot'], {
      default: 'viridis',
      description:
        'The colours of values, where neither a viewer nor the stream says them: how arrays, such as the images of a beamline, are drawn.',
    }),
    max: Type.Integer({
      default: 200,
      minimum: 0,
      maximum: 10_000,
      unit: 'renditions',
      description:
        'How many renditions may be made at once: one for each stream, size and colouring that is watched, and one for each way in which values are quantised or converted. Above it viewers get the originals, MJPEG is refused, and arrays are not drawn or converted. What is small enough as it is does not count.',
    }),
    per_client: Type.Integer({
      default: 100,
      minimum: 0,
      maximum: 10_000,
      unit: 'renditions',
      description:
        'How many of them one client may be the cause of: the first who watches a stream at a size, then the next one. Not limited are those for whom renditions.reserved is kept.',
    }),
    reserved: Type.Integer({
      default: 20,
      minimum: 0,
      maximum: 10_000,
      unit: 'renditions',
      description: 'How many of renditions.max are kept for admins and for publishers of everything; at most half.',
    }),
    values_bytes: bytes(
      1_000_000_000,
      'How much memory values that are quantised or converted for viewers may take: of each stream and way in which they are wanted, the newest. They count with the bytes that they have unpacked. Above it there are none of them, and the viewer is told so.',
    ),
    values_bytes_per_client: bytes(
      500_000_000,
      'How much of it those values may take that one client is the cause of, as for renditions.per_client.',
    ),
    values_bytes_reserved: bytes(
      200_000_000,
      'How much of renditions.values_bytes is kept for admins and for publishers of everything; at most half.',
    ),
    waiting: Type.Integer({
      default: 200,
      minimum: 1,
      maximum: 100_000,
      unit: 'pictures',
      description:
        'How many different snapshots may be waited for. However many wait for the same one, it counts once.',
    }),
    waiting_per_client: Type.Integer({
      default: 40,
      minimum: 1,
      maximum: 100_000,
      unit: 'pictures',
      description: 'How many of them one client may be the first to wait for.',
    }),
    waiting_reserved: Type.Integer({
      default: 40,
      minimum: 0,
      maximum: 100_000,
      unit: 'pictures',
      description: 'How many of renditions.waiting are kept for admins and for publishers of everything; at most half.',
    }),
    threads: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 64,
        unit: 'threads',
        description:
          'How many threads make pictures. Without it, one less than there are processors, but at least one.',
      }),
    ),
    max_megapixels: Type.Number({
      default: 25,
      minimum: 0.01,
      maximum: 250,
      unit: 'megapixels (millions of pixels)',
      description:
        'Larger pictures are not decoded: no smaller ones are made of them; arrays of more values are not drawn or converted. While it works, a thread takes up to 8 bytes of memory for each pixel of a JPEG, up to 20 for each of a PNG or WebP, and up to 40 for each value of an array.',
    }),
    time_limit_s: Type.Number({
      default: 10,
      minimum: 0.1,
      maximum: 600,
      unit: 'seconds',
      description: 'How long a thread may take for one picture before it is replaced.',
    }),
  },
  {
    description:
      'Smaller pictures of streams, and values that are quantised or converted, made while somebody watches them.',
  },
)

interface QualityDefaults {
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly jpeg_quality: number
}

function quality(name: string, { width, height, fps, jpeg_quality }: QualityDefaults) {
  const side = (what: string, value: number) =>
    Type.Integer({
      default: value,
      minimum: 16,
      maximum: 16_384,
      unit: 'pixels',
      description: `The largest ${what}. Pictures keep their shape and are never made larger.`,
    })
  return Type.Object(
    {
      width: side('width', width),
      height: side('height', height),
      fps: Type.Number({
        default: fps,
        minimum: 0.1,
        maximum: 120,
        unit: 'frames per second',
        description: 'The highest frame rate.',
      }),
      jpeg_quality: jpegQuality(jpeg_quality, 'The JPEG quality.'),
    },
    { description: `What \`quality=${name}\` stands for.` },
  )
}

function jpegQuality(value: number, description: string) {
  return Type.Integer({ default: value, minimum: 1, maximum: 100, unit: 'percent', description })
}

function bytes(value: number, description: string) {
  return Type.Integer({ default: value, minimum: 0, maximum: 1e12, unit: 'bytes', description })
}
