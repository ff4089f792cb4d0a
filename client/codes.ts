/*
 * Why a connection is in its state: a code for programs and a sentence for people. Codes never change their meaning; a
 * new reason gets a new code.
 */

/** The state of a connection. `connecting` lasts, over any number of attempts, until one succeeds or it is given up. */
export type LiveState = 'disconnected' | 'connecting' | 'connected'

/** Why a state was entered. */
export interface StateReason {
  /** One of `CONNECTING` or `DISCONNECTED`, depending on the state. */
  readonly code: number
  /** A message for people: the server's, if it sent one. */
  readonly reason: string
}

/** Codes of the state `connecting`. */
export const CONNECTING = {
  /** `connect` was called. */
  called: 0,
  /** The connection was lost or could not be made. */
  transportClosed: 1,
  /** Heartbeat timeout: the connection was open, but nothing was received any more. */
  noAnswer: 2,
  /** The network may be back: retried at once. */
  networkBack: 3,
  /** The server did not answer an attempt in time. */
  connectTimeout: 4,
  /** The server announced its shutdown. */
  goingDown: 5,
} as const

/** Codes of the state `disconnected`. It lasts until `connect` is called again. */
export const DISCONNECTED = {
  /** `disconnect` or `close` was called. */
  called: 0,
  /** The server refused access. Retrying would not help. */
  refused: 1,
  /** The server speaks another protocol version. */
  protocol: 2,
} as const

/** The `reason` of an attempt that failed before the WebSocket was open, where the platform does not say why. */
export const NOT_OPENED = 'no connection could be made'
