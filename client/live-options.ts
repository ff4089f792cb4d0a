import type { ConnectionOptions } from './reconnecting-socket.ts'

/** How a client connects, and how it looks after the connection. */
export interface LiveClientOptions extends ConnectionOptions {
  /** How often the server is asked its time, ms, default 2500. */
  readonly clockPeriod?: number | undefined
  /** Silence after which a connection is given up, ms, default 6000: a broken one looks like a still picture. */
  readonly maxSilence?: number | undefined
  /** ms since 1970, default `Date.now`. */
  readonly now?: (() => number) | undefined
}
