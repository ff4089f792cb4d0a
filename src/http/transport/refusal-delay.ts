import type { Clock } from '../../core/clock.ts'
import type { Counters } from '../../core/counters.ts'
import { RateLimiter } from '../../core/rate-limiter.ts'

/** What delaying refusals needs. */
export interface RefusalDelayParts {
  readonly clock: Clock
  readonly counters: Pick<Counters, 'limited'>
  /** How many requests of one client are refused at once each second; answers to more of them wait. */
  readonly perSecond: number
}

/**
 * Delays the answers to refused requests of a client that has many refused (tarpitting). Somebody who asks again as soon
 * as they are refused would otherwise make the server refuse thousands of requests a second. How many wait is bounded by
 * the limits of connections and pipelined requests.
 */
export class RefusalDelay {
  readonly #parts: RefusalDelayParts
  readonly #refused: RateLimiter
  readonly #waiting = new Set<() => void>()
  #isClosed = false

  constructor(parts: RefusalDelayParts) {
    this.#parts = parts
    this.#refused = new RateLimiter({ amount: parts.perSecond, period: 1000 }, parts.clock)
  }

  /** Counts a refused request. @returns until when its answer has to wait; undefined: not at all */
  wait(client: string): Promise<void> | undefined {
    if (this.#refused.take(client) === 0 || this.#isClosed) return undefined
    const { clock, counters } = this.#parts
    counters.limited('limits.refusals_per_s')
    return new Promise((resolve) => {
      const end = () => {
        cancel()
        this.#waiting.delete(end)
        resolve()
      }
      const cancel = clock.after(DELAY_MS, end)
      this.#waiting.add(end)
    })
  }

  /** At shutdown: nobody waits any more. */
  close(): void {
    this.#isClosed = true
    for (const end of this.#waiting) end()
  }
}

const DELAY_MS = 1000
