import type { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'

/** How much is logged, and how it looks; `auto` is for people on a terminal and JSON everywhere else. */
export interface LogRules {
  readonly level: string
  readonly format: 'auto' | 'pretty' | 'json'
}

/** Where the log is written. */
export type LogOutput = Writable & {
  readonly isTTY?: boolean | undefined
  /** A file descriptor, if it has one: lines go there past the stream, which is faster. */
  readonly fd?: number | undefined
}

/** The program's log. */
export async function makeLog({ level, format }: LogRules, output: LogOutput): Promise<Logger> {
  const options = { level, redact: ['req.headers.authorization', 'req.headers.cookie'] }
  if (format === 'json' || (format === 'auto' && output.isTTY !== true))
    return pino(options, output.fd === undefined ? output : pino.destination({ dest: output.fd, sync: false }))
  // Loaded only where somebody reads along, to keep a service small.
  const { default: pretty } = await import('pino-pretty')
  const look = { ignore: 'pid,hostname', translateTime: 'HH:MM:ss', sync: true }
  return pino(options, pretty({ ...look, destination: output.fd ?? output }))
}
