import Type from 'typebox'

/** `commands`: what people and programs can tell the server to do. */
export const commandSettings = Type.Object(
  {
    custom: Type.Record(Type.String(), Type.Unknown(), {
      default: {},
      secret: true,
      form: 'a table of commands, each a name with its definition (docs/commands.md)',
      description:
        'Commands of your own: HTTP calls, events, programs. docs/commands.md says how they are written. They are defined here only, never over the network.',
    }),
    timeout_s: Type.Number({
      default: 25,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description:
        'How long a command may take, with all its waiting. One that could not begin by then is not done. Most clients give up after 30 s.',
    }),
    param_bytes: Type.Integer({
      default: 16_384,
      minimum: 100,
      maximum: 1_000_000,
      unit: 'bytes',
      description: 'How large the parameters of a command may be.',
    }),
    output_bytes: Type.Integer({
      default: 65_536,
      minimum: 100,
      maximum: 100_000_000,
      unit: 'bytes',
      description:
        'How much of the response to an HTTP call, or of what a program writes, a command returns. A program that writes 16 times as much is killed.',
    }),
    running: Type.Integer({
      default: 16,
      minimum: 1,
      maximum: 1_000,
      unit: 'commands',
      description: 'How many HTTP calls and programs run at once. More wait, clients in turn.',
    }),
    running_per_client: Type.Integer({
      default: 4,
      minimum: 1,
      maximum: 1_000,
      unit: 'commands',
      description: 'How many of them one client may have.',
    }),
    under_way: Type.Integer({
      default: 200,
      minimum: 1,
      maximum: 100_000,
      unit: 'commands',
      description: 'How many commands may wait or run at once.',
    }),
    under_way_per_client: Type.Integer({
      default: 20,
      minimum: 1,
      maximum: 100_000,
      unit: 'commands',
      description: 'How many of them one client may have.',
    }),
    under_way_reserved: Type.Integer({
      default: 20,
      minimum: 0,
      maximum: 100_000,
      unit: 'commands',
      description:
        'How much of commands.under_way is kept for admins and for publishers of everything; at most half of it.',
    }),
  },
  { description: 'Commands: what people and programs can tell the server to do.' },
)
