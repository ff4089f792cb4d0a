import type { Clock } from './clock.ts'
import { LruMap } from './lru-map.ts'

/** How much each client may have. */
export interface RateLimitRules {
  /** Of whatever is shared out, in each period. */
  readonly amount: number
  /** ms, from when the client first took something. */
  readonly period: number
}

/**
 * A rate limiter: shares something out to clients, each for itself, calls or bytes. Each has a token bucket that is
 * filled up once a period. It remembers the clients of late only; one that it has forgotten has rested.
 */
export class RateLimiter {
  readonly #rules: RateLimitRules
  readonly #clock: Clock
  /** What each has left of its period. */
  readonly #shares: LruMap<string, { readonly left: number; readonly since: number }>

  /** @param most how many clients are remembered */
  constructor(rules: RateLimitRules, clock: Clock, most = 100_000) {
    this.#rules = rules
    this.#clock = clock
    this.#shares = new LruMap(most)
  }

  /**
   * Takes some of it, if the client has so much left. More than a whole period's is given to whoever has all of that,
   * and owed afterwards.
   * @returns 0 if it was given, else after how many ms it will be
   */
  take(client: string, some = 1): number {
    const { amount, period } = this.#rules
    const now = this.#clock.monotonic()
    const { left, since } = this.#shareOf(client, now)
    const missing = Math.min(some, amount) - left
    if (missing > 0) return since + Math.ceil(missing / amount) * period - now
    this.#shares.set(client, { left: left - some, since })
    return 0
  }

  #shareOf(client: string, now: number): { readonly left: number; readonly since: number } {
    const { amount, period } = this.#rules
    const known = this.#shares.get(client)
    if (!known) return { left: amount, since: now }
    const periods = Math.floor((now - known.since) / period)
    const left = known.left + periods * amount
    return left >= amount
      ? { left: amount, since: periods > 0 ? now : known.since }
      : { left, since: known.since + periods * period }
  }
}
