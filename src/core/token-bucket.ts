/** Settings of a token bucket. */
export interface TokenBucketRules {
  /** How many tokens are added each second. */
  readonly perSecond: number
  /** How many it holds when full, and begins with: what may be taken in one burst. */
  readonly capacity: number
}

/**
 * A token bucket that is refilled continuously. What is taken may exceed what is left: then it is owed, and nothing
 * more should be taken until `wait` says so. For the work of one connection; `RateLimiter` is for calls of clients that
 * come and go.
 */
export class TokenBucket {
  readonly #rules: TokenBucketRules
  #tokens: number
  #at: number

  /** @param now monotonic time, ms */
  constructor(rules: TokenBucketRules, now: number) {
    this.#rules = rules
    this.#tokens = rules.capacity
    this.#at = now
  }

  /** Takes tokens, or gives them back (a negative number). */
  take(tokens: number, now: number): void {
    this.#refill(now)
    this.#tokens = Math.min(this.#tokens - tokens, this.#rules.capacity)
  }

  /** How many ms to wait until a token is there; 0: there is one. */
  wait(now: number): number {
    this.#refill(now)
    const missing = 1 - this.#tokens
    return missing < ROUNDING ? 0 : Math.ceil(((missing - ROUNDING) * 1000) / this.#rules.perSecond)
  }

  #refill(now: number): void {
    const { perSecond, capacity } = this.#rules
    this.#tokens = Math.min(this.#tokens + ((now - this.#at) * perSecond) / 1000, capacity)
    this.#at = now
  }
}

/** Fractions of a token below this come from rounding. */
const ROUNDING = 1e-6
