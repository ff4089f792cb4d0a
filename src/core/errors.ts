/**
 * A request that is refused, with the sentence that says what was wrong and what is allowed. Thrown anywhere inside,
 * turned into the dialect's own answer at the edge (an HTTP status, a text message, a close code).
 */
export class Refusal extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode, message: string) {
    super(message)
    this.name = 'Refusal'
    this.code = code
  }
}

/** What a refusal is about. `http/errors.ts` gives each its status. */
export type RefusalCode =
  /** The input does not have the form that is asked for. */
  | 'invalid'
  /** The input is larger than a limit. */
  | 'too_large'
  /** Nobody is known by the credentials given, or none were given. */
  | 'unauthenticated'
  /** Known, but not allowed. */
  | 'forbidden'
  /** There is no such thing. */
  | 'not_found'
  /** A limit of the server as a whole is reached; it may work later. */
  | 'exhausted'
  /** This machine lacks what it takes. */
  | 'unavailable'
  /** Waited as long as was asked, and it did not come. */
  | 'timed_out'
