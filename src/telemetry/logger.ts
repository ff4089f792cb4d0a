import type { Writable } from 'node:stream'
import { type Logger, pino, type SerializedError, stdSerializers } from 'pino'
import { maskSecrets } from '../core/url-secrets.ts'

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

/** Creates the server's logger (pino). Credentials in request headers and secrets in URLs are redacted. */
export async function makeLog({ level, format }: LogRules, output: LogOutput): Promise<Logger> {
  const options = {
    level,
    redact: ['req.headers.authorization', 'req.headers.cookie'],
    formatters: { log: maskedFields },
    serializers: { err: (error: Error) => maskedError(stdSerializers.err(error)) },
  }
  if (format === 'json' || (format === 'auto' && output.isTTY !== true))
    return pino(options, output.fd === undefined ? output : pino.destination({ dest: output.fd, sync: false }))
  // Loaded only on a terminal, to keep the memory of a service small.
  const { default: pretty } = await import('pino-pretty')
  const look = { ignore: 'pid,hostname', translateTime: 'HH:MM:ss', sync: true }
  return pino(options, pretty({ ...look, destination: output.fd ?? output }))
}

function maskedError({ aggregateErrors, ...fields }: SerializedError): Record<string, unknown> {
  return { ...maskedFields(fields), ...(aggregateErrors && { aggregateErrors: aggregateErrors.map(maskedError) }) }
}

/** With secrets masked in all texts; those of an error when it is serialized. */
function maskedFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => {
      if (typeof value === 'string') return [name, maskSecrets(value)]
      return [name, isPlain(value) ? maskedFields(value) : value]
    }),
  )
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
