import { type ClockExchange, ClockOffset } from './clock-offset.ts'
import type { LiveClock } from './live-events.ts'
import { milliseconds } from './reconnecting-socket.ts'
import { ResponseTimeout } from './response-timeout.ts'

/** What a heartbeat asks for. */
export interface HeartbeatOptions {
  /** How often the server is asked its time, ms. */
  readonly period: number
  /** How long it may say nothing after a question, ms. */
  readonly maxSilence: number
  /** ms since 1970. */
  readonly now: () => number
  /** Asks the server its time; `t0` comes back. */
  readonly ask: (t0: number) => void
  /** Told that nothing came in time: the heartbeat timeout. */
  readonly timedOut: () => void
}

/**
 * The heartbeat of a connection: asks the server its time again and again, which synchronises the clock, and shows that the
 * server is still there. Without an answer in time the connection is dead (`ResponseTimeout`).
 */
export class Heartbeat {
  /** As set by the answers; kept while there is no connection. */
  readonly clock = new ClockOffset()
  readonly #options: HeartbeatOptions
  readonly #responseTimeout: ResponseTimeout
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @throws RangeError when a time is none */
  constructor(options: HeartbeatOptions) {
    milliseconds('clockPeriod', options.period)
    milliseconds('maxSilence', options.maxSilence)
    this.#options = options
    this.#responseTimeout = new ResponseTimeout(options.maxSilence, options.now, options.timedOut, () => this.#ask())
  }

  /** A connection works. */
  start(): void {
    this.stop()
    this.clock.restart()
    this.#beat()
  }

  /** It does not any more. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#responseTimeout.stop()
  }

  /** Something came, whatever it was. */
  heard(): void {
    this.#responseTimeout.heard()
  }

  /** The answer came. @returns how the clock stands if it was set by it */
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
