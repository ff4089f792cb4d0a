import Type from 'typebox'

/** `log`: the log level and format. */
export const logSettings = Type.Object(
  {
    level: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      default: 'info',
      description: 'The lowest level that is logged.',
    }),
    format: Type.Enum(['auto', 'pretty', 'json'], {
      default: 'auto',
      description:
        'The format of the log: pretty for people, json (one object per line) for programs, auto: pretty on a terminal, otherwise json.',
    }),
  },
  { description: "The server's log." },
)
