import type { Clock } from '../core/clock.ts'
import { limited } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import { RateLimiter } from '../core/rate-limiter.ts'

/**
 * Rate limit of publishers: keeps each to its bytes a second, on the average of two seconds, whichever way it sends
 * them.
 */
export class PublishRateLimit {
  readonly #perSecond: number
  readonly #limiter: RateLimiter

  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond
    this.#limiter = new RateLimiter({ amount: (perSecond * PERIOD_MS) / 1000, period: PERIOD_MS }, clock)
  }

  /** @throws Refusal `limited` when it has sent too much of late; these bytes are not counted then */
  take({ id }: Principal, bytes: number): void {
    const wait = this.#limiter.take(id, bytes)
    if (wait === 0) return
    const limit = this.#perSecond.toLocaleString('en-US')
    throw limited(wait, (seconds) => `at most ${limit} bytes a second; try again in ${seconds} s`)
  }
}

const PERIOD_MS = 2000
