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
      description: 'How much memory these frames may take per stream; the newest is kept whatever its size.',
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
      description: 'The silence after which a stream is shown as offline.',
    }),
    forget_after_s: Type.Number({
      default: 86_400,
      minimum: 1,
      // 23 days: a JavaScript timer holds at most 2^31 ms.
      maximum: 2_000_000,
      unit: 'seconds',
      description: 'The silence after which a stream is removed.',
    }),
  },
  { description: 'What is kept for each stream, and when a silent one is shown as stale or offline.' },
)
