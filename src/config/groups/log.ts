import Type from 'typebox'

/** `log`: what is logged, and how it looks. */
export const logSettings = Type.Object(
  {
    level: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      default: 'info',
      description: 'The least important messages that are still logged.',
    }),
    format: Type.Enum(['auto', 'pretty', 'json'], {
      default: 'auto',
      description: 'How: pretty for people, json (one object a line) for programs, auto by what the output is.',
    }),
  },
  { description: 'What the server says of itself.' },
)
