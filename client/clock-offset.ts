/**
 * The four timestamps of an NTP exchange, ms: request sent (`t0`) and response received (`t3`) by the local clock,
 * request received (`t1`) and response sent (`t2`) by the server's.
 */
export interface ClockExchange {
  readonly t0: number
  readonly t1: number
  readonly t2: number
  readonly t3: number
}

/**
 * Clock synchronisation: estimates the offset of the server's clock as NTP does (RFC 5905, section 8). The delays there
 * and back cannot be told apart, so an exchange is off by up to half its round trip, and the shortest is the most
 * accurate.
 */
export class ClockOffset {
  #offset: number | undefined
  #roundTrip: number | undefined
  /** The longest round trip at which a new exchange is accepted, ms. */
  #limit = Number.POSITIVE_INFINITY

  /** ms to add to the local clock to get the server's; undefined before the first exchange. */
  get offset(): number | undefined {
    return this.#offset
  }

  /** The round trip of the exchange that the offset comes from, ms. */
  get roundTrip(): number | undefined {
    return this.#roundTrip
  }

  /**
   * Adds an exchange.
   * @returns whether it was accepted, and so set the offset
   */
  add({ t0, t1, t2, t3 }: ClockExchange): boolean {
    const roundTrip = t3 - t0 - (t2 - t1)
    // NaN, or a clock was set during the exchange.
    if (!(roundTrip >= -RESOLUTION_MS)) return false
    const offset = (t1 - t0 + (t2 - t3)) / 2
    if (roundTrip > this.#limit && this.#agrees(offset, roundTrip)) {
      // Clocks drift: the older the accepted exchange, the more a new one may exceed it.
      this.#limit = this.#limit * LOOSENING + RESOLUTION_MS
      return false
    }
    this.#offset = offset
    this.#roundTrip = Math.max(0, roundTrip)
    this.#limit = this.#roundTrip
    return true
  }

  /** For a new connection, which may take another route: the next exchange is accepted whatever its round trip. */
  restart(): void {
    this.#limit = Number.POSITIVE_INFINITY
  }

  /** Whether both exchanges can be right within their errors. If not, a clock has been set since. */
  #agrees(offset: number, roundTrip: number): boolean {
    if (this.#offset === undefined || this.#roundTrip === undefined) return true
    return Math.abs(offset - this.#offset) <= (roundTrip + this.#roundTrip) / 2 + DRIFT_MS
  }
}

/** The resolution of the clocks, ms. */
const RESOLUTION_MS = 1
const LOOSENING = 1.5
/** The clock drift tolerated between two exchanges, ms. */
const DRIFT_MS = 20
