import { type Logger, pino } from 'pino'

/** How much is logged, and how it looks; `auto` is for people on a terminal and JSON everywhere else. */
export interface LogRules {
  readonly level: string
  readonly format: 'auto' | 'pretty' | 'json'
}

/** The program's log, on standard output. */
export async function makeLog({ level, format }: LogRules): Promise<Logger> {
  const options = { level, redact: ['req.headers.authorization', 'req.headers.cookie'] }
  if (format === 'json' || (format === 'auto' && !process.stdout.isTTY)) return pino(options)
  // Loaded only where somebody reads along, to keep a service small.
  const { default: pretty } = await import('pino-pretty')
  return pino(options, pretty({ ignore: 'pid,hostname', translateTime: 'HH:MM:ss', sync: true }))
}
