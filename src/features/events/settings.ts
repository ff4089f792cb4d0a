import Type from 'typebox'

/** `events`: the event log. */
export const eventSettings = Type.Object(
  {
    keep: Type.Integer({
      default: 100_000,
      minimum: 1,
      maximum: 10_000_000,
      unit: 'events',
      description:
        'How many events are kept, in `events.db`. When there are too many, the publisher that has most loses the oldest of its largest label.',
    }),
    keep_bytes: Type.Integer({
      default: 500_000_000,
      minimum: 10_000,
      maximum: 100_000_000_000,
      unit: 'bytes',
      description:
        'How much these events may take. When they take too much, the publisher that takes most loses the oldest of its largest label.',
    }),
    keep_days: Type.Integer({
      default: 90,
      minimum: 1,
      maximum: 36_500,
      unit: 'days',
      description: 'For how long events are kept.',
    }),
    buffer_bytes: Type.Integer({
      default: 16_000_000,
      minimum: 10_000,
      maximum: 100_000_000_000,
      unit: 'bytes',
      description: 'How much memory the events at hand (`streaming.buffer_size`) may take.',
    }),
    page_bytes: Type.Integer({
      default: 1_000_000,
      minimum: 1_000,
      maximum: 1_000_000_000,
      unit: 'bytes',
      description:
        'How much memory the events in one response may take; the first is sent whatever its size. The rest follows with the next request (?after=).',
    }),
  },
  { description: 'Events: doors, warnings, messages from other systems.' },
)
