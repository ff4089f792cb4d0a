import { type Clock, every } from '../../core/clock.ts'
import { encodePing } from './command.ts'
import type { Patience } from './patience.ts'
import { ZmtpError } from './zmtp-error.ts'

/** What heartbeats need of their session. */
export interface HeartbeatParts {
  readonly clock: Clock
  readonly patience: Patience
  /** Sends bytes to the peer, which are not changed afterwards. */
  write(bytes: Uint8Array): void
  /**
   * Whether there are messages that the peer has not read: then it is neither sent PINGs, which would wait behind them,
   * nor expected to answer.
   */
  isBehind(): boolean
  /** The peer does what it must not, or does nothing at all: the session is over. Not called after that. */
  failed(error: ZmtpError): void
}

/** Sends PINGs to a peer of ZMTP 3.1 or newer, and notices that nothing comes from it. */
export class Heartbeat {
  readonly #parts: HeartbeatParts
  /** For how many intervals nothing has come: not a time, so that it does not matter if we are late ourselves. */
  #silentBeats = 0
  /** How long the peer will wait for us, ms: it is at least as dead to us as we would be to it. */
  #ttl = Number.POSITIVE_INFINITY
  /** PINGs of the peer since our last one. */
  #asked = 0
  /** Ends it. */
  readonly stop: () => void

  constructor(parts: HeartbeatParts) {
    this.#parts = parts
    this.stop = every(parts.clock, parts.patience.heartbeatInterval, () => this.#beat())
  }

  /** Something has come. */
  heard(): void {
    this.#silentBeats = 0
  }

  /**
   * The peer has sent a PING.
   * @param ttl how long it will wait for us, ms; 0: for ever
   * @throws ZmtpError if it does nothing else
   */
  asked(ttl: number): void {
    if (++this.#asked > MOST_PINGS + this.#parts.patience.heartbeatInterval)
      throw new ZmtpError('asks for an answer over and over')
    if (ttl > 0) this.#ttl = ttl
  }

  #beat(): void {
    const { patience, isBehind, write, failed } = this.#parts
    this.#asked = 0
    if (isBehind()) {
      this.#silentBeats = 0
      return
    }
    const most = Math.min(patience.heartbeatTimeout, this.#ttl)
    if (this.#silentBeats * patience.heartbeatInterval >= most) {
      failed(new ZmtpError(`has been silent for ${most / 1000} s, though it should answer heartbeats`))
      return
    }
    this.#silentBeats++
    write(encodePing(patience.heartbeatTimeout * TTL_TIMEOUTS))
  }
}

/** Peers may close the connection after so many of our timeouts without a PING: more than one, as we may be busy. */
const TTL_TIMEOUTS = 3
/** How often a peer may ask within an interval, beside once a ms: libzmq does so once in its own interval. */
const MOST_PINGS = 1000
