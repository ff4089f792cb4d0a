import type { ConnectionOptions } from './reconnecting-socket.ts'

/** Options of `LiveClient`: its connection and heartbeat. */
export interface LiveClientOptions extends ConnectionOptions {
  /** The heartbeat interval, at which the server's time is requested, ms, default 2500. */
  readonly clockPeriod?: number | undefined
  /**
   * The heartbeat timeout, after which the client reconnects, ms, default 6000: a dead connection looks like a still
   * picture.
   */
  readonly maxSilence?: number | undefined
  /** The local clock, ms since 1970, default `Date.now`. */
  readonly now?: (() => number) | undefined
}
