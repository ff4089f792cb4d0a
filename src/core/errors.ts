/**
 * A request that is refused, with the sentence that says what was wrong and what is allowed. Thrown anywhere inside,
 * turned into the dialect's own answer at the edge (an HTTP status, a text message, a close code).
 *
 * It has no stack trace. It is no fault of ours, so nobody looks for its place; and a trace through promises takes V8
 * some 100 µs, which a stranger could make it do as often as they like.
 */
export class Refusal extends Error {
  readonly code: RefusalCode
  /** Seconds after which it may be tried again, for `limited`. */
  readonly retryAfter: number | undefined
  /** Whether whoever threw it has put it into the audit trail, with more than the edge would know. */
  isAudited = false

  constructor(code: RefusalCode, message: string, retryAfter?: number) {
    const limit = Reflect.get(Error, TRACE_LIMIT)
    Reflect.set(Error, TRACE_LIMIT, 0)
    super(message)
    Reflect.set(Error, TRACE_LIMIT, limit)
    this.name = 'Refusal'
    this.code = code
    this.retryAfter = retryAfter
  }
}

/** Of V8; where there is no such thing nothing is lost (https://v8.dev/docs/stack-trace-api). */
const TRACE_LIMIT = 'stackTraceLimit'

/** What a refusal is about. `http/transport/errors.ts` gives each its status. */
export type RefusalCode =
  /** The input does not have the form that is asked for. */
  | 'invalid'
  /** The request lacks what it is about. */
  | 'bad_request'
  /** A name is in use already. */
  | 'taken'
  /** It would leave the server in a state that nobody can want. */
  | 'conflict'
  /** Bytes of a kind that is not taken here. */
  | 'unsupported'
  /** The input is larger than a limit. */
  | 'too_large'
  /** Nobody is known by the credentials given, or none were given. */
  | 'unauthenticated'
  /** Known, but not allowed. */
  | 'forbidden'
  /** There is no such thing. */
  | 'not_found'
  /** This client has asked for more than its share; it may later. */
  | 'limited'
  /** A limit of the server as a whole is reached; it may work later. */
  | 'exhausted'
  /** This machine lacks what it takes. */
  | 'unavailable'
  /** Waited as long as was asked, and it did not come. */
  | 'timed_out'

/**
 * The refusal of whoever has asked for more than their share.
 * @param wait ms until it may be tried again
 * @param sentence makes the message of the seconds to wait, rounded up
 */
export function limited(wait: number, sentence: (seconds: number) => string): Refusal {
  const seconds = Math.ceil(wait / 1000)
  return new Refusal('limited', sentence(seconds), seconds)
}

/** What went wrong, in the words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
