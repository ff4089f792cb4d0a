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
        'How many requests one user or key may make within a minute, and each address of visitors who may operate without signing in; frames are not counted.',
    }),
    guest_calls_per_minute: Type.Integer({
      default: 300,
      minimum: 1,
      maximum: 10_000_000,
      unit: 'calls',
      description:
        'The same for whoever may only view: guests, and each address of visitors and of people with a share link.',
    }),
    commands_per_minute: Type.Integer({
      default: 120,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'commands',
      description: 'How many commands one client may give within a minute.',
    }),
    publish_bytes_per_s: Type.Integer({
      default: 125_000_000,
      minimum: 1_000,
      maximum: 100_000_000_000,
      unit: 'bytes',
      description: 'How much one publisher may send a second, on the average of some seconds.',
    }),
    connections_per_client: Type.Integer({
      default: 2_000,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'connections',
      description: 'How many WebSockets one client may have open. The machine itself is not limited.',
    }),
    login_tries: Type.Integer({
      default: 5,
      minimum: 1,
      maximum: 1_000,
      unit: 'attempts',
      description:
        'How many wrong passwords in a row are answered at once, for each name and each address. After that each one makes the next wait longer.',
    }),
    login_wait_s: Type.Number({
      default: 900,
      minimum: 1,
      maximum: 86_400,
      unit: 'seconds',
      description:
        'The longest such wait for an address. For a name it is a minute at most, so that nobody can lock another out.',
    }),
  },
  { description: 'How much one client may ask for. Over a limit the answer is 429 and says when to try again.' },
)
