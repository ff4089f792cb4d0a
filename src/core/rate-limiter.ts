import type { Clock } from './clock.ts'
import { LruMap } from './lru-map.ts'
import type { SharedUse } from './shared-use.ts'

/** The limit for each client. */
export interface RateLimitRules {
  /** How much (of calls, bytes …) each client may take in a period. */
  readonly amount: number
  /** Length of a period in ms, from the first time the client took something. */
  readonly period: number
}

/** How a limiter is set up. */
export interface RateLimiterOptions {
  /** How many clients are remembered; default: 100,000. */
  readonly most?: number
  /** What clients use at other servers, which counts here too; default: the limit is that of this server alone. */
  readonly shared?: SharedUse | undefined
}

/**
 * A rate limiter with a token bucket for each client, refilled once a period. It counts anything: calls, bytes. Only
 * recent clients are remembered; a client that was forgotten starts with a full bucket.
 */
export class RateLimiter {
  readonly #rules: RateLimitRules
  readonly #clock: Clock
  /** What each client has left in its current period. */
  readonly #shares: LruMap<string, { readonly left: number; readonly since: number }>
  readonly #shared: SharedUse | undefined

  constructor(rules: RateLimitRules, clock: Clock, { most = 100_000, shared }: RateLimiterOptions = {}) {
    this.#rules = rules
    this.#clock = clock
    this.#shares = new LruMap(most)
    this.#shared = shared
    shared?.onUsed((client, some) => this.#chargeElsewhere(client, some))
  }

  /** How many ms to wait until the client may take `some`; 0: it may now. Takes nothing. */
  wait(client: string, some = 1): number {
    const { amount, period } = this.#rules
    const now = this.#clock.monotonic()
    const { left, since } = this.#shareOf(client, now)
    const missing = Math.min(some, amount) - left
    return missing > 0 ? since + Math.ceil(missing / amount) * period - now : 0
  }

  /**
   * Takes `some` from the client's bucket, if there is enough. A full bucket also gives more than it holds; the excess
   * is owed.
   * @returns 0 if it was taken, else the ms to wait before retrying
   */
  take(client: string, some = 1): number {
    const wait = this.wait(client, some)
    if (wait > 0) return wait
    this.#charge(client, some)
    this.#shared?.used(client, some)
    return 0
  }

  /** Whatever other servers say, nobody is kept out for longer than what very many of them could have let through. */
  #chargeElsewhere(client: string, some: number): void {
    const { left } = this.#shareOf(client, this.#clock.monotonic())
    this.#charge(client, Math.min(some, Math.max(0, left + MOST_OWED_PERIODS * this.#rules.amount)))
  }

  #charge(client: string, some: number): void {
    const { left, since } = this.#shareOf(client, this.#clock.monotonic())
    this.#shares.set(client, { left: left - some, since })
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

/** How many periods a client may owe at most for what other servers let through. */
const MOST_OWED_PERIODS = 100
