import { type ClockExchange, ClockOffset } from './clock-offset.ts'
import type { LiveClock } from './live-events.ts'
import { milliseconds } from './reconnecting-socket.ts'
import { ResponseTimeout } from './response-timeout.ts'

/** What a heartbeat needs. */
export interface HeartbeatOptions {
  /** The interval of requests, ms. */
  readonly period: number
  /** The timeout: silence after a request, ms. */
  readonly maxSilence: number
  /** The local clock, ms since 1970. */
  readonly now: () => number
  /** Requests the server's time; the answer echoes `t0`. */
  readonly ask: (t0: number) => void
  /** Called on timeout. */
  readonly timedOut: () => void
}

/**
 * The heartbeat of a connection: requests the server's time at regular intervals, which synchronises the clock and
 * detects a dead connection (`ResponseTimeout`).
 */
export class Heartbeat {
  /** The server's clock, set by the answers; kept while disconnected. */
  readonly clock = new ClockOffset()
  readonly #options: HeartbeatOptions
  readonly #responseTimeout: ResponseTimeout
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @throws RangeError when `period` or `maxSilence` is out of range */
  constructor(options: HeartbeatOptions) {
    milliseconds('clockPeriod', options.period)
    milliseconds('maxSilence', options.maxSilence)
    this.#options = options
    this.#responseTimeout = new ResponseTimeout(options.maxSilence, options.now, options.timedOut, () => this.#ask())
  }

  /** Starts for a new connection. */
  start(): void {
    this.stop()
    this.clock.restart()
    this.#beat()
  }

  /** Stops: the connection is lost or closed. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#responseTimeout.stop()
  }

  /** Any message was received: the connection is alive. */
  heard(): void {
    this.#responseTimeout.heard()
  }

  /** The server's answer was received. @returns the new clock, if the answer has set it */
  answered({ t0, t1, t2 }: Omit<ClockExchange, 't3'>): LiveClock | undefined {
    const isSet = this.clock.add({ t0, t1, t2, t3: this.#options.now() })
    const { offset, roundTrip } = this.clock
    return isSet && offset !== undefined && roundTrip !== undefined ? { offset, roundTrip } : undefined
  }

  #beat(): void {
    this.#timer = setTimeout(() => this.#beat(), this.#options.period)
    this.#responseTimeout.asked()
    this.#ask()
  }

  #ask(): void {
    this.#options.ask(this.#options.now())
  }
}
