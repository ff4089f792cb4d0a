import type { Clock } from './clock.ts'
import { tooMany } from './errors.ts'
import { RateLimiter } from './rate-limiter.ts'
import type { SharedUse } from './shared-use.ts'

/** How many commands each client may give in a minute, by all dialects together (`limits.commands_per_minute`). */
export class CommandRate {
  readonly #perMinute: number
  readonly #given: RateLimiter

  /** @param shared what clients give at other servers of the installation */
  constructor(perMinute: number, clock: Clock, shared?: SharedUse) {
    this.#perMinute = perMinute
    this.#given = new RateLimiter({ amount: perMinute, period: 60_000 }, clock, { shared })
  }

  /** Counts a command. @throws Refusal `limited` if the client has given too many */
  count(client: string): void {
    const wait = this.#given.take(client)
    if (wait > 0) throw tooMany(wait, `${this.#perMinute} commands`, 'limits.commands_per_minute')
  }
}
