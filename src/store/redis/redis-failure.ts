/**
 * Why Redis did not do something, as a sentence for the operator, without the password. `unreachable`: there is no
 * connection. `timed_out`: it does not answer. `refused`: it answered that it will not.
 */
export class RedisFailure extends Error {
  readonly kind: 'unreachable' | 'timed_out' | 'refused'
  /** The first word of the answer of Redis, where it refused: "OOM", "NOPERM", "WRONGTYPE". */
  readonly code: string | undefined

  constructor(kind: RedisFailure['kind'], message: string, code?: string) {
    super(message)
    this.name = 'RedisFailure'
    this.kind = kind
    this.code = code
  }
}

/**
 * The failure that an error of the Redis client stands for.
 * @param address "127.0.0.1:6379", for the sentence
 */
export function failureOf(error: unknown, address: string): RedisFailure {
  if (error instanceof RedisFailure) return error
  const message = error instanceof Error ? error.message : String(error)
  const code = /^(?:ERR )?([A-Z]{4,}|OOM)\b/.exec(message)?.[1]
  if (FORBIDDEN_IN_SCRIPT.test(message)) return new RedisFailure('refused', refusalOfScript(address), 'NOPERM')
  const refusal = code === undefined ? undefined : REFUSALS[code]
  if (refusal) return new RedisFailure('refused', refusal(message, address), code)
  const name = error instanceof Error ? error.constructor.name : ''
  if (name === 'SimpleError' || name === 'BlobError' || name === 'ErrorReply')
    return new RedisFailure('refused', `Redis at ${address} refuses a command: ${withoutArguments(message)}`, code)
  const system = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason = SYSTEM_ERRORS[system] ?? (LOST.has(name) ? 'the connection was lost' : message)
  return new RedisFailure('unreachable', `Redis at ${address} cannot be reached: ${reason}`)
}

/** What Redis 7 says where the ACL allows a script, and not what it does (`NOPERM` is for what is sent itself). */
const FORBIDDEN_IN_SCRIPT = /^ERR The user executing the script can't/

function refusalOfScript(address: string): string {
  return `Redis at ${address} does not allow what a script does (the ACL that is needed: docs/redis.md)`
}

/** Of a command that Redis does not know it repeats what the command was given: the password, the beginning of a picture. */
function withoutArguments(message: string): string {
  return message.replace(/,? with args beginning with:.*$/s, '')
}

/** The failure of a command that was not answered. @param timeout ms */
export function timedOut(address: string, timeout: number): RedisFailure {
  return new RedisFailure('timed_out', `Redis at ${address} has not answered within ${timeout} ms`)
}

/** What Redis answers by the first word (https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors). */
const REFUSALS: Readonly<Record<string, (message: string, address: string) => string>> = {
  NOAUTH: (_message, address) => `Redis at ${address} wants a password (redis.password)`,
  WRONGPASS: (_message, address) => `Redis at ${address} does not accept the password (redis.username, redis.password)`,
  NOPERM: (message, address) =>
    `Redis at ${address} does not allow it: ${message.replace(/^NOPERM /, '')} (the ACL that is needed: docs/redis.md)`,
  OOM: (_message, address) => `Redis at ${address} is full (maxmemory): it stores nothing more`,
  MISCONF: (_message, address) => `Redis at ${address} stores nothing more, as it cannot save to its disk`,
  LOADING: (_message, address) => `Redis at ${address} is still loading its data`,
  READONLY: (_message, address) => `Redis at ${address} is a replica, which stores nothing`,
  MASTERDOWN: (_message, address) => `Redis at ${address} is a replica that has lost its master`,
  WRONGTYPE: () => 'a key in Redis holds something else than a stream',
  UNBLOCKED: () => 'Redis has ended the reading',
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (is it running?)',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ECONNRESET: 'the connection was lost',
  EPIPE: 'the connection was lost',
  ETIMEDOUT: 'the host does not answer',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the host',
}

/** Errors of the client that say no more than that. */
const LOST = new Set([
  'SocketClosedUnexpectedlyError',
  'DisconnectsClientError',
  'ClientClosedError',
  'ClientOfflineError',
  'AbortError',
])
