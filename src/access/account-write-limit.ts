import type { Clock } from '../core/clock.ts'
import { limited } from '../core/errors.ts'
import { RateLimiter } from '../core/rate-limiter.ts'

/**
 * Rate limit for what users may have written about themselves: sign-ins, refreshes of all their sessions together, and
 * preferences. Each is a transaction, of some ten kilobytes on the disk.
 */
export class AccountWriteLimit {
  readonly #perMinute: number
  readonly #limiter: RateLimiter

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute
    this.#limiter = new RateLimiter({ amount: perMinute, period: 60_000 }, clock)
  }

  /** Counts a write. To be called right before it. @throws Refusal `limited` when the user has had too many */
  take({ id }: { readonly id: number }): void {
    const wait = this.#limiter.take(`${id}`)
    if (wait === 0) return
    const limit = 'limits.account_writes_per_minute'
    throw limited(
      wait,
      (seconds) =>
        `At most ${this.#perMinute} sign-ins, refreshes and preferences a minute (${limit}); try again in ${seconds} s.`,
      limit,
    )
  }
}
