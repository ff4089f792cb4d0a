/** An exchange of times: asked at `t0` and answered at `t3` by the local clock, `t1` and `t2` by the server's. ms. */
export interface ClockExchange {
  readonly t0: number
  readonly t1: number
  readonly t2: number
  readonly t3: number
}

/**
 * Clock synchronisation: what the server's clock shows, as NTP tells it (RFC 5905, section 8). The way there and back cannot be told apart,
 * so an exchange is wrong by up to half its round trip, and the one with the shortest is the one to trust.
 */
export class ClockOffset {
  #offset: number | undefined
  #roundTrip: number | undefined
  /** What a new exchange must not exceed to be trusted, ms. */
  #limit = Number.POSITIVE_INFINITY

  /** ms to add to the local clock to get the server's. */
  get offset(): number | undefined {
    return this.#offset
  }

  /** ms, of the exchange that the offset comes from. */
  get roundTrip(): number | undefined {
    return this.#roundTrip
  }

  /**
   * Takes an exchange into account.
   * @returns whether the offset comes from it
   */
  add({ t0, t1, t2, t3 }: ClockExchange): boolean {
    const roundTrip = t3 - t0 - (t2 - t1)
    // Not even a number, or a clock was set while the question was under way.
    if (!(roundTrip >= -RESOLUTION_MS)) return false
    const offset = (t1 - t0 + (t2 - t3)) / 2
    if (roundTrip > this.#limit && this.#agrees(offset, roundTrip)) {
      // Clocks drift: an old exchange loses its weight.
      this.#limit = this.#limit * LOOSENING + RESOLUTION_MS
      return false
    }
    this.#offset = offset
    this.#roundTrip = Math.max(0, roundTrip)
    this.#limit = this.#roundTrip
    return true
  }

  /** Another connection may take another way: the next exchange counts, whatever its round trip. */
  restart(): void {
    this.#limit = Number.POSITIVE_INFINITY
  }

  /** Whether both can be right. If not, a clock has been set since. */
  #agrees(offset: number, roundTrip: number): boolean {
    if (this.#offset === undefined || this.#roundTrip === undefined) return true
    return Math.abs(offset - this.#offset) <= (roundTrip + this.#roundTrip) / 2 + DRIFT_MS
  }
}

/** How finely clocks are read, ms. */
const RESOLUTION_MS = 1
const LOOSENING = 1.5
/** How far two clocks may part while the better exchange still counts, ms. */
const DRIFT_MS = 20
