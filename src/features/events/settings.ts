import Type from 'typebox'

/** `events`: the event log. */
export const eventSettings = Type.Object(
  {
    buffer: Type.Integer({
      default: 100,
      minimum: 1,
      maximum: 100_000,
      unit: 'events',
      description: 'How many of the newest events are kept in memory.',
    }),
  },
  { description: 'Events: doors, warnings, messages from other systems.' },
)
