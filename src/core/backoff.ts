/**
 * Exponential backoff with jitter: how long to wait before trying again, longer each time, and never at the same moment
 * as everybody else.
 */
export class Backoff {
  readonly #minDelay: number
  readonly #maxDelay: number
  readonly #random: () => number
  #tries = 0

  /**
   * @param minDelay ms, the first
   * @param maxDelay ms, which doubling stops at
   * @param random 0 to below 1
   * @throws RangeError when these are no delays
   */
  constructor(minDelay = 500, maxDelay = 10_000, random: () => number = Math.random) {
    if (!(minDelay > 0 && minDelay <= maxDelay && maxDelay <= LONGEST))
      throw new RangeError(
        `minDelay and maxDelay must be milliseconds above 0, the first not above the second, not ${minDelay} and ${maxDelay}`,
      )
    this.#minDelay = minDelay
    this.#maxDelay = maxDelay
    this.#random = random
  }

  /** The next delay, ms: between half of what doubling gives and all of it. */
  next(): number {
    const delay = exponentialDelay(this.#tries++, this.#minDelay, this.#maxDelay)
    return delay * (0.5 + this.#random() / 2)
  }

  /** It works again: the next delay is the first. */
  reset(): void {
    this.#tries = 0
  }
}

/** Twice as long each time: the delay after so many tries before, from 0, in the unit of the other two. */
export function exponentialDelay(tries: number, minDelay: number, maxDelay: number): number {
  return Math.min(minDelay * 2 ** tries, maxDelay)
}

/** The longest that a timer can wait, ms. */
const LONGEST = 2 ** 31 - 1
