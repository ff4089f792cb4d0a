import Type from 'typebox'

/** `limits`: rate limits and quotas of each client. */
export const limitSettings = Type.Object(
  {
    calls_per_minute: Type.Integer({
      default: 3_000,
      minimum: 1,
      maximum: 10_000_000,
      unit: 'calls',
      description:
        'Requests per minute for one user or key, and for one address of visitors who may operate without signing in. Frames do not count.',
    }),
    guest_calls_per_minute: Type.Integer({
      default: 300,
      minimum: 1,
      maximum: 10_000_000,
      unit: 'calls',
      description:
        'The same for clients that may only view: each guest, and each address of anonymous visitors and of people with a share link.',
    }),
    public_calls_per_minute: Type.Integer({
      default: 600,
      minimum: 1,
      maximum: 10_000_000,
      unit: 'calls',
      description:
        'Requests per minute from one address to what anybody may call: signing in and out, refreshing tokens, messages of LINE.',
    }),
    commands_per_minute: Type.Integer({
      default: 120,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'commands',
      description: 'Commands per minute for one client.',
    }),
    events_per_minute: Type.Integer({
      default: 600,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'events',
      description: 'Events per minute from one user or key.',
    }),
    publish_bytes_per_s: Type.Integer({
      default: 125_000_000,
      minimum: 1_000,
      maximum: 100_000_000_000,
      unit: 'bytes',
      description: 'Bytes per second for one publisher, averaged over two seconds.',
    }),
    connections_per_client: Type.Integer({
      default: 2_000,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'connections',
      description:
        'WebSockets and event streams that one client may have open at once. Visitors on this machine who have not signed in are not limited.',
    }),
    watches: Type.Integer({
      default: 1_000,
      minimum: 1,
      maximum: 100_000,
      unit: 'watches',
      description: 'How many watches a connection to /ws/live may have, of streams and of events together.',
    }),
    messages_per_turn: Type.Integer({
      default: 16,
      minimum: 1,
      maximum: 10_000,
      unit: 'messages',
      description:
        'How many messages of one WebSocket are handled at once, before others have their turn. More wait; none is lost.',
    }),
    messages_per_s: Type.Number({
      default: 500,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'messages',
      description:
        'How many messages of one WebSocket are handled per second; in a burst, those of two seconds. More wait. Frames that are accepted and confirmations of frames that were sent do not count; a watch counts one more for every ten streams that it selects, and following events counts as 50.',
    }),
    client_messages_per_s: Type.Number({
      default: 2_500,
      minimum: 1,
      maximum: 10_000_000,
      unit: 'messages',
      description:
        'The same for all WebSockets of one client together. Of a frame that is refused, or never finished, each 4 KB count as a message.',
    }),
    message_s: Type.Number({
      default: 60,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description: 'How long a message may take to arrive on a WebSocket, from its first byte to its last.',
    }),
    http_connections: Type.Integer({
      default: 10_000,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'connections',
      description: 'HTTP connections that may be open at once. WebSockets do not count.',
    }),
    http_connections_per_address: Type.Integer({
      default: 1_000,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'connections',
      description:
        'How many of them one address may have open, except trusted proxies. Above that the one idle for longest is closed or, if none is idle, the new one refused.',
    }),
    requests_per_turn: Type.Integer({
      default: 16,
      minimum: 1,
      maximum: 10_000,
      unit: 'requests',
      description:
        'How many HTTP requests and new WebSockets are begun at once, before everything else has its turn. More wait, each client for its own.',
    }),
    refusals_per_s: Type.Integer({
      default: 100,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'requests',
      description:
        'How many requests per second of one client may be refused at once. Answers to more come a second later, so that whoever asks again at once does not keep the server busy.',
    }),
    refused_bytes_per_s: Type.Integer({
      default: 8_000_000,
      minimum: 1_000,
      maximum: 100_000_000_000,
      unit: 'bytes',
      description:
        'How many bytes per second of the bodies of refused requests are read, and discarded, of all clients together. Whoever sends more has to wait, clients in turn.',
    }),
    pipelined_requests: Type.Integer({
      default: 16,
      minimum: 1,
      maximum: 1_000,
      unit: 'requests',
      description: 'Requests that may wait for their answers on one HTTP connection. One more closes it.',
    }),
    held_bytes: Type.Integer({
      default: 500_000_000,
      minimum: 1_000_000,
      maximum: 1_000_000_000_000,
      unit: 'bytes',
      description:
        'How much memory unfinished requests and messages, responses that were not read yet, and what is watched and followed on /ws/live may take together.',
    }),
    held_bytes_per_client: Type.Integer({
      default: 150_000_000,
      minimum: 100_000,
      maximum: 1_000_000_000_000,
      unit: 'bytes',
      description: 'How much of that one client may take.',
    }),
    held_bytes_reserved: Type.Integer({
      default: 150_000_000,
      minimum: 0,
      maximum: 1_000_000_000_000,
      unit: 'bytes',
      description:
        'How much of limits.held_bytes, but at most half, is kept for admins and publishers that may publish everything.',
    }),
    login_tries: Type.Integer({
      default: 5,
      minimum: 1,
      maximum: 1_000,
      unit: 'attempts',
      description:
        'Wrong passwords in a row from one address that cause no wait. After that, each one doubles the wait before the next attempt from there. Where a user has signed in before, only wrong passwords for that user count.',
    }),
    login_wait_s: Type.Number({
      default: 900,
      minimum: 1,
      maximum: 86_400,
      unit: 'seconds',
      description: 'The longest such wait.',
    }),
    login_delay_s: Type.Number({
      default: 30,
      minimum: 0,
      maximum: 3_600,
      unit: 'seconds',
      description:
        'An attempt that has to wait no longer than this is answered late; otherwise it is refused at once. Keep it below the timeout of a proxy in front.',
    }),
    login_waiting: Type.Integer({
      default: 500,
      minimum: 1,
      maximum: 100_000,
      unit: 'attempts',
      description: 'How many attempts to sign in may wait at once because of wrong passwords.',
    }),
    login_waiting_per_address: Type.Integer({
      default: 5,
      minimum: 1,
      maximum: 100_000,
      unit: 'attempts',
      description: 'How many of them may come from one address.',
    }),
    event_reads: Type.Integer({
      default: 10_000,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'requests',
      description:
        'How many requests and sockets may wait at once to read events that are no longer in memory. They are served one at a time, clients in turn, and new events go first.',
    }),
    event_reads_per_client: Type.Integer({
      default: 2_500,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'requests',
      description: 'How many of them may come from one client.',
    }),
    event_reads_reserved: Type.Integer({
      default: 1_000,
      minimum: 0,
      maximum: 1_000_000,
      unit: 'requests',
      description:
        'How much of limits.event_reads is kept for admins and for publishers of everything; at most half of it.',
    }),
    hashing: Type.Integer({
      default: 1_000,
      minimum: 1,
      maximum: 100_000,
      unit: 'requests',
      description:
        'How many requests may wait at once for a password to be checked or set. Two are served at a time, clients in turn; every second turn is for those who are signed in, and for users where they have signed in before.',
    }),
    hashing_per_client: Type.Integer({
      default: 100,
      minimum: 1,
      maximum: 100_000,
      unit: 'requests',
      description:
        'How many of them may come from one client: an address, or a user wherever they are signed in or have signed in before.',
    }),
    hashing_reserved: Type.Integer({
      default: 200,
      minimum: 0,
      maximum: 100_000,
      unit: 'requests',
      description:
        'How much of limits.hashing is kept for admins where they are signed in or have signed in before; at most half of it.',
    }),
    account_writes_per_minute: Type.Integer({
      default: 60,
      minimum: 1,
      maximum: 100_000,
      unit: 'writes',
      description:
        'How often a minute one user may sign in, refresh tokens (of all sessions together) or change preferences. Wrong passwords do not count.',
    }),
    refreshes_per_minute: Type.Integer({
      default: 30,
      minimum: 1,
      maximum: 100_000,
      unit: 'refreshes',
      description: 'How often a minute one session may exchange its refresh token for new tokens.',
    }),
  },
  {
    description:
      'What each client, and all together, may use. Above a limit the response is 429 or, where all share it, 503; it names the setting and says when to try again.',
  },
)
