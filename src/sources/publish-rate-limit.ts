import type { Clock } from '../core/clock.ts'
import { limited } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import { RateLimiter } from '../core/rate-limiter.ts'
import type { SharedUse } from '../core/shared-use.ts'

/** Rate limit for publishers, in bytes a second, averaged over two seconds and summed over all ways of publishing. */
export class PublishRateLimit {
  readonly #perSecond: number
  readonly #limiter: RateLimiter

  /** @param shared what publishers send to other servers of the installation */
  constructor(perSecond: number, clock: Clock, shared?: SharedUse) {
    this.#perSecond = perSecond
    this.#limiter = new RateLimiter({ amount: (perSecond * PERIOD_MS) / 1000, period: PERIOD_MS }, clock, { shared })
  }

  /** Counts bytes. @throws Refusal `limited` when the principal has sent too much; the bytes are not counted then */
  take({ id }: Principal, bytes: number): void {
    const wait = this.#limiter.take(id, bytes)
    if (wait === 0) return
    const limit = this.#perSecond.toLocaleString('en-US')
    throw limited(
      wait,
      (seconds) => `at most ${limit} bytes a second; try again in ${seconds} s`,
      'limits.publish_bytes_per_s',
    )
  }
}

const PERIOD_MS = 2000
