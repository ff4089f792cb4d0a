import Type from 'typebox'

/** `streams`: each stream's ring buffer, and the timeouts after which a silent one is stale, offline, forgotten. */
export const streamSettings = Type.Object(
  {
    max: Type.Integer({
      default: 1_000,
      minimum: 1,
      maximum: 100_000,
      unit: 'streams',
      description: 'How many streams there can be at once. A frame that would start one more is refused.',
    }),
    per_publisher: Type.Integer({
      default: 500,
      minimum: 1,
      maximum: 100_000,
      unit: 'streams',
      description:
        'How many of them one publisher may open, unless it is an admin or may publish everything. A stream counts for who sent its first frame.',
    }),
    reserved: Type.Integer({
      default: 50,
      minimum: 0,
      maximum: 100_000,
      unit: 'streams',
      description:
        'How many of streams.max, but at most half, only admins and publishers that may publish everything can open.',
    }),
    total_bytes: Type.Integer({
      default: 2_000_000_000,
      minimum: 1_000_000,
      maximum: 1_000_000_000_000,
      unit: 'bytes',
      description:
        'How much memory the kept frames of all streams may take together, with all that came with them. If a new frame does not fit, older frames are dropped, first those of the same stream and publisher; the newest of each stream is kept, and if these take all, the new frame is refused.',
    }),
    bytes_per_publisher: Type.Integer({
      default: 1_000_000_000,
      minimum: 100_000,
      maximum: 1_000_000_000_000,
      unit: 'bytes',
      description:
        'How much of that the streams of one publisher may take, unless it is an admin or may publish everything.',
    }),
    bytes_reserved: Type.Integer({
      default: 500_000_000,
      minimum: 0,
      maximum: 1_000_000_000_000,
      unit: 'bytes',
      description:
        'How much of streams.total_bytes, but at most half, is kept for admins and publishers that may publish everything.',
    }),
    total_metadata_bytes: Type.Integer({
      default: 400_000_000,
      minimum: 1_000_000,
      maximum: 100_000_000_000,
      unit: 'bytes',
      description:
        'How much of streams.total_bytes may be what came with the pictures: metadata and annotations. They lie in the heap of JavaScript, which is far smaller than the memory of the machine.',
    }),
    metadata_bytes_per_publisher: Type.Integer({
      default: 100_000_000,
      minimum: 10_000,
      maximum: 100_000_000_000,
      unit: 'bytes',
      description:
        'How much of that the streams of one publisher may take, unless it is an admin or may publish everything.',
    }),
    metadata_bytes_reserved: Type.Integer({
      default: 100_000_000,
      minimum: 0,
      maximum: 100_000_000_000,
      unit: 'bytes',
      description:
        'How much of streams.total_metadata_bytes, but at most half, is kept for admins and publishers that may publish everything.',
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
      description:
        'How much memory these frames may take per stream, with all that came with them; the newest is kept whatever its size.',
    }),
    next_ring_frames: Type.Integer({
      default: 4,
      minimum: 1,
      maximum: 1_000,
      unit: 'frames',
      description:
        'The same of a stream that gives none from before, as those of instruments: only while somebody watches, and only for who has since before the frame (GET …/data?pulse=).',
    }),
    next_wait_ms: Type.Integer({
      default: 2_000,
      minimum: 1,
      maximum: 60_000,
      unit: 'milliseconds',
      description:
        'How long a request for one picture waits for the next one of a stream that gives none from before, as those of instruments.',
    }),
    stale_after_ms: Type.Integer({
      default: 2_000,
      minimum: 50,
      maximum: 3_600_000,
      unit: 'milliseconds',
      description: 'The shortest silence after which a stream is shown as stale.',
    }),
    stale_after_intervals: Type.Number({
      default: 3,
      minimum: 1,
      maximum: 100,
      unit: 'intervals',
      description:
        'A slow stream becomes stale after this many of its own median frame intervals, if that is longer than streams.stale_after_ms.',
    }),
    offline_after_s: Type.Number({
      default: 30,
      minimum: 0.1,
      maximum: 86_400,
      unit: 'seconds',
      description:
        'The silence after which a stream is shown as offline. A slow one is after as many of its own median frame intervals as make it stale, if that is longer.',
    }),
    first_offline_after_s: Type.Number({
      default: 120,
      minimum: 0.1,
      maximum: 86_400,
      unit: 'seconds',
      description:
        'The same while fewer than three frames of a stream are known, so that nobody can tell how often they come; if that is longer than streams.offline_after_s.',
    }),
    unchanged_after_s: Type.Number({
      default: 120,
      minimum: 0,
      maximum: 86_400,
      unit: 'seconds',
      description:
        'After how long a source counts as standing still that goes on sending the same picture, byte for byte, or frames that were all captured at the same time. 0 turns this off.',
    }),
    forget_after_s: Type.Number({
      default: 86_400,
      minimum: 1,
      // 23 days: a JavaScript timer holds at most 2^31 ms.
      maximum: 2_000_000,
      unit: 'seconds',
      description: 'The silence after which a stream is removed.',
    }),
    remembered: Type.Integer({
      default: 1_000,
      minimum: 0,
      maximum: 100_000,
      unit: 'streams',
      description:
        'How many streams are remembered for the next start of the server, in the file remembered-streams.json in data_dir, unless frames are shared through Redis: those seen last, if not longer ago than streams.forget_after_s. Until they send again they are listed as not seen since the server started. 0: none.',
    }),
  },
  { description: 'What is kept for each stream, and when a silent one is shown as stale or offline.' },
)
