/**
 * Exponential backoff with jitter: how long to wait before the next attempt, longer after each failure, and never in
 * step with other clients.
 */
export class Backoff {
  readonly #minDelay: number
  readonly #maxDelay: number
  readonly #random: () => number
  #tries = 0

  /**
   * @param minDelay the first delay, ms
   * @param maxDelay the upper limit, ms
   * @param random returns 0 to below 1
   * @throws RangeError unless 0 < minDelay <= maxDelay <= 2^31 - 1
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

  /** The next delay, ms: a random value between half of the exponential delay and all of it. */
  next(): number {
    const delay = exponentialDelay(this.#tries++, this.#minDelay, this.#maxDelay)
    return delay * (0.5 + this.#random() / 2)
  }

  /** To be called after a success: the next delay is the first one again. */
  reset(): void {
    this.#tries = 0
  }
}

/**
 * The exponential delay before a retry: `minDelay`, doubled with each earlier retry up to `maxDelay`.
 * @param tries how many retries there were before, from 0
 * @returns in the unit of `minDelay` and `maxDelay`
 */
export function exponentialDelay(tries: number, minDelay: number, maxDelay: number): number {
  return Math.min(minDelay * 2 ** tries, maxDelay)
}

/** The longest delay of a timer, ms. */
const LONGEST = 2 ** 31 - 1
