import Type from 'typebox'

/** `viewers`: the limit of long-lived connections, and their heartbeat. */
export const viewerSettings = Type.Object(
  {
    max: Type.Integer({
      default: 20_000,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'viewers',
      description: 'How many viewers can be connected at once. One more is refused.',
    }),
    reserved_percent: Type.Integer({
      default: 5,
      minimum: 0,
      maximum: 90,
      unit: 'percent',
      description: 'How much of viewers.max is kept for publishers and admins.',
    }),
    unread_s: Type.Number({
      default: 60,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description: 'A viewer that takes nothing of what is sent to it for so long is disconnected.',
    }),
    idle_ping_s: Type.Number({
      default: 30,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description: 'How often an idle connection is pinged.',
    }),
    dead_after_s: Type.Number({
      default: 75,
      minimum: 0.2,
      maximum: 7_200,
      unit: 'seconds',
      description:
        'The silence after which a viewer counts as gone and its connection is closed; so does a publisher that used to answer pings at once.',
    }),
    publisher_dead_after_s: Type.Number({
      default: 3_600,
      minimum: 0.2,
      maximum: 86_400,
      unit: 'seconds',
      description:
        'The silence after which the connection of any other publisher is closed. Many answer pings only while they wait for the answer to a frame, or never: they stay however seldom they send, if it is not more seldom than this.',
    }),
  },
  { description: 'Connections of viewers.' },
)
