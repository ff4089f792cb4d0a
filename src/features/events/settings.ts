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
        'How many events are kept, in `events.db` or, with Redis, there; then all nodes need the same `events.keep`, `events.keep_bytes` and `events.keep_days`. When there are too many, the publisher that has most loses the oldest of its largest label.',
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
    spool: Type.Integer({
      default: 10_000,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'events',
      description:
        'With Redis: how many events may wait for it in `event-spool.db` while it cannot be reached, at most half of it those of one publisher. More are refused (503).',
    }),
    spool_bytes: Type.Integer({
      default: 20_000_000,
      minimum: 10_000,
      maximum: 10_000_000_000,
      unit: 'bytes',
      description: 'With Redis: how much the events that wait for it may take. More are refused (503).',
    }),
    page_bytes: Type.Integer({
      default: 1_000_000,
      minimum: 1_000,
      maximum: 1_000_000_000,
      unit: 'bytes',
      description:
        'How much memory the events in one response may take; the first is sent whatever its size. The rest follows with the next request (?after=).',
    }),
    picture_bytes: Type.Integer({
      default: 1_000_000_000,
      minimum: 0,
      maximum: 1_000_000_000_000,
      unit: 'bytes',
      description:
        'How much space the pictures of events may take, in the folder event-pictures in data_dir. When they take too much, the publisher that takes most loses the oldest of its largest label; its event stays. 0: events have no pictures.',
    }),
    picture_waiting_bytes: Type.Integer({
      default: 64_000_000,
      minimum: 0,
      maximum: 10_000_000_000,
      unit: 'bytes',
      description:
        'How much memory the pictures of events that wait for the disk may take, at most half of it those of one publisher. Above that, events go without a picture.',
    }),
    disk_free_bytes: Type.Integer({
      default: 500_000_000,
      minimum: 0,
      maximum: 1_000_000_000_000,
      unit: 'bytes',
      description:
        'While less of the disk of data_dir is free, events go without a picture, so that there is room for the events, and admins get an event disk_nearly_full. 0 turns this off.',
    }),
    states_per_minute: Type.Integer({
      default: 6,
      minimum: 1,
      maximum: 10_000,
      unit: 'events',
      description:
        'How many events about the state of one stream (online, stale, offline) there may be in a minute. If it changes more often, its state is reported as it is a little later.',
    }),
    warnings_per_minute: Type.Integer({
      default: 20,
      minimum: 1,
      maximum: 10_000,
      unit: 'events',
      description:
        'How many warning_raised events of one stream there may be in a minute. Warnings above that are reported if they are still active a little later.',
    }),
    reports_per_minute: Type.Integer({
      default: 2_000,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'events',
      description:
        'How many of these events there may be in a minute about all streams of one publisher together. The rest is reported a little later, as it is then.',
    }),
    refused_sign_ins_per_minute: Type.Integer({
      default: 30,
      minimum: 1,
      maximum: 10_000,
      unit: 'events',
      description:
        'How many sign_in_refused events there may be in a minute, at most one for each address. The next one says how many refused sign-ins were not reported.',
    }),
  },
  { description: 'Events: doors, warnings, messages from other systems.' },
)
