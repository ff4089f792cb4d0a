import type { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'

/** Log level and format; `auto` is `pretty` on a terminal and JSON everywhere else. */
export interface LogRules {
  readonly level: string
  readonly format: 'auto' | 'pretty' | 'json'
}

/** Where the log is written to. */
export type LogOutput = Writable & {
  readonly isTTY?: boolean | undefined
  /** The file descriptor, if there is one: lines are written to it directly, which is faster than the stream. */
  readonly fd?: number | undefined
}

/** Creates the server's logger (pino). Credentials in request headers are redacted. */
export async function makeLog({ level, format }: LogRules, output: LogOutput): Promise<Logger> {
  const options = { level, redact: ['req.headers.authorization', 'req.headers.cookie'] }
  if (format === 'json' || (format === 'auto' && output.isTTY !== true))
    return pino(options, output.fd === undefined ? output : pino.destination({ dest: output.fd, sync: false }))
  // Loaded only on a terminal, to keep the memory of a service small.
  const { default: pretty } = await import('pino-pretty')
  const look = { ignore: 'pid,hostname', translateTime: 'HH:MM:ss', sync: true }
  return pino(options, pretty({ ...look, destination: output.fd ?? output }))
}
