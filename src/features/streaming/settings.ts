import Type from 'typebox'

/** `streaming`: doorbell pages. */
export const streamingSettings = Type.Object(
  {
    enabled: Type.Boolean({
      default: true,
      description:
        'Whether there are /stream/events, /stream/system-status, /stream/video and Socket.IO. /ws/live and /streams do not depend on it.',
    }),
    camera: Type.Optional(
      Type.String({
        pattern: '^[^/]+/.+$',
        form: 'LABEL/KEY',
        description:
          'The default camera of doorbell pages: LABEL/KEY. Without it, the first stream that the asker may see.',
      }),
    ),
    max_connections: Type.Integer({
      default: 50,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'connections',
      description:
        'How many clients may read /stream/events at once, and as many doorbell clients be connected by Socket.IO; pages of the old beamline viewer count as viewers instead (viewers.max). One more is told to come again after streaming.full_retry_s.',
    }),
    connections_per_client: Type.Integer({
      default: 20,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'connections',
      description:
        'How many of them one client may be. Not limited are visitors on this machine who have not signed in, admins, and publishers that may publish everything.',
    }),
    reserved_percent: Type.Integer({
      default: 10,
      minimum: 0,
      maximum: 90,
      unit: 'percent',
      description: 'How much of streaming.max_connections is kept for those that are not limited.',
    }),
    connecting: Type.Integer({
      default: 500,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'connections',
      description: 'How many connections of Socket.IO may be open that have not said yet whose they are.',
    }),
    connecting_per_client: Type.Integer({
      default: 100,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'connections',
      description: 'How many of them one address may have.',
    }),
    connecting_s: Type.Number({
      default: 10,
      minimum: 1,
      maximum: 600,
      unit: 'seconds',
      description: 'How long such a connection may be open.',
    }),
    recovery_s: Type.Number({
      default: 120,
      minimum: 0,
      maximum: 86_400,
      unit: 'seconds',
      description:
        'How long a client of Socket.IO that was cut off may be away and still go on as if nothing had happened. After that it subscribes again, and misses nothing either. 0 turns this off.',
    }),
    recoverable: Type.Integer({
      default: 1000,
      minimum: 1,
      maximum: 100_000,
      unit: 'clients',
      description: 'How many clients that were cut off are remembered for that, with the types that they follow.',
    }),
    update_after_s: Type.Number({
      default: 1,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description:
        'A client of Socket.IO that has asked for nothing for so long is one of the first generation: it gets the pictures of all labels that it may see.',
    }),
    max_videos: Type.Integer({
      default: 10,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'videos',
      description:
        'How many MJPEG responses (/stream/video, /streams/…/mjpeg) may be open at once. One more is answered 503. streaming.reserved_percent of them are kept as of the connections.',
    }),
    videos_per_client: Type.Integer({
      default: 6,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'videos',
      description: 'How many of them one client may have, unless it is one that is not limited.',
    }),
    slate_interval: Type.Number({
      default: 5,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description: 'How often the slate of a stream that has stopped is sent again in an MJPEG response.',
    }),
    buffer_size: Type.Integer({
      default: 100,
      minimum: 1,
      maximum: 100_000,
      unit: 'events',
      alias: 'events.buffer',
      description:
        'How many of the newest events are at hand in memory, and how many a reader gets at once who names no number.',
    }),
    heartbeat_interval: Type.Number({
      default: 30,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description: 'How often an event stream sends a heartbeat, so that no proxy takes it for dead.',
    }),
    status_interval: Type.Number({
      default: 5,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description: 'How often /stream/system-status sends the status.',
    }),
    retry_s: Type.Number({
      default: 3,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description: 'How long a client of an event stream waits before it connects again.',
    }),
    full_retry_s: Type.Number({
      default: 30,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description: 'The same where a limit is reached.',
    }),
  },
  { description: 'Doorbell pages: event streams (server-sent events) and the default camera.' },
)
