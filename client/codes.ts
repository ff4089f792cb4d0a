/*
 * Why a connection is in its state: a number for programs and a sentence for people. Numbers never change their
 * meaning; a new reason gets a new number.
 */

/** How a connection does. `connecting` lasts, over any number of attempts, until it works or is given up. */
export type LiveState = 'disconnected' | 'connecting' | 'connected'

/** Why a state was entered. */
export interface StateReason {
  /** One of `CONNECTING` or `DISCONNECTED`, depending on the state. */
  readonly code: number
  /** For people. The server's words where it said some. */
  readonly reason: string
}

/** Codes of the state `connecting`. */
export const CONNECTING = {
  /** `connect` was called. */
  called: 0,
  /** The connection broke, or could not be made. */
  transportClosed: 1,
  /** It was open, but nothing came over it any more. */
  noAnswer: 2,
  /** The network may be back: tried at once. */
  networkBack: 3,
  /** The server did not answer an attempt in time. */
  connectTimeout: 4,
  /** The server said that it goes down. */
  goingDown: 5,
} as const

/** Codes of the state `disconnected`. It lasts until `connect` is called again. */
export const DISCONNECTED = {
  /** `disconnect` or `close` was called. */
  called: 0,
  /** The server does not let this client in. Trying again would not help. */
  refused: 1,
  /** The server speaks another protocol than this client. */
  protocol: 2,
} as const
