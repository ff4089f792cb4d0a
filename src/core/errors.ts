/**
 * An error that is expected and that nobody debugs, such as what a client or a sender did wrong. It has no stack trace: a
 * trace through promises takes V8 some 100 µs, which any client could cause as often as it likes.
 */
export class ExpectedError extends Error {
  constructor(message: string) {
    const traceLimit = Reflect.get(Error, TRACE_LIMIT)
    Reflect.set(Error, TRACE_LIMIT, 0)
    super(message)
    Reflect.set(Error, TRACE_LIMIT, traceLimit)
  }
}

/**
 * A request that is refused, with a sentence that says what was wrong and what is allowed. Thrown anywhere inside and
 * turned into the dialect's own error at the edge (an HTTP status, a text message, a close code).
 */
export class Refusal extends ExpectedError {
  readonly code: RefusalCode
  /** Seconds until it may be retried, for `limited`. */
  readonly retryAfter: number | undefined
  /** The setting whose limit was exceeded ("limits.watches"), for `limited`, `exhausted` and `too_large`. */
  readonly limit: string | undefined
  /** Whether the thrower has written it to the audit trail already, with more detail than the edge has. */
  isAudited = false

  constructor(code: RefusalCode, message: string, { retryAfter, limit }: RefusalOptions = {}) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.retryAfter = retryAfter
    this.limit = limit
  }
}

/** See the fields of `Refusal`. */
export interface RefusalOptions {
  readonly retryAfter?: number | undefined
  readonly limit?: string | undefined
}

/** Specific to V8; harmless elsewhere (https://v8.dev/docs/stack-trace-api). */
const TRACE_LIMIT = 'stackTraceLimit'

/** The kinds of refusals. `http/transport/error-handler.ts` maps each to an HTTP status. */
export type RefusalCode =
  /** The input is malformed. */
  | 'invalid'
  /** Something the request needs is missing. */
  | 'bad_request'
  /** The name is in use already. */
  | 'taken'
  /** It would leave the server in an unusable state. */
  | 'conflict'
  /** The media type of the content is not supported. */
  | 'unsupported'
  /** The input exceeds a size limit. */
  | 'too_large'
  /** The credentials are missing or not valid. */
  | 'unauthenticated'
  /** Authenticated, but not allowed. */
  | 'forbidden'
  /** It does not exist. */
  | 'not_found'
  /** This client exceeded a rate limit; it may retry later. */
  | 'limited'
  /** A limit of the whole server is reached; it may work later. */
  | 'exhausted'
  /** Not possible on this machine, or not until its operator has mended something. */
  | 'unavailable'
  /** Nothing came within the time that was given. */
  | 'timed_out'
  /** It cannot be stored now; the message says whether it is in force nevertheless. */
  | 'not_stored'

/**
 * The refusal for an exceeded rate limit.
 * @param wait ms until the client may retry
 * @param sentence builds the message from the seconds to wait, rounded up
 * @param limit the setting
 */
export function limited(wait: number, sentence: (seconds: number) => string, limit?: string): Refusal {
  const seconds = Math.ceil(wait / 1000)
  return new Refusal('limited', sentence(seconds), { retryAfter: seconds, limit })
}

/**
 * The same for a limit of so many a minute.
 * @param wait ms until the client may retry
 * @param allowed what is allowed per minute: "60 calls"
 * @param limit the setting
 */
export function tooMany(wait: number, allowed: string, limit: string): Refusal {
  return limited(wait, (seconds) => `At most ${allowed} a minute (${limit}); try again in ${seconds} s.`, limit)
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
