import type { Clock } from '../../core/clock.ts'
import type { RedisConnection } from './redis-connection.ts'

/**
 * The clock of Redis, from which the ids of entries come, in terms of ours: the two machines need not agree. Measured
 * again and again, as clocks are set.
 */
export class RedisClock {
  readonly #clock: Clock
  /** How far it is ahead of ours, ms. */
  #offset = 0
  #isMeasured = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Asks Redis for its time. @throws RedisFailure */
  async measure(connection: Pick<RedisConnection, 'send'>): Promise<void> {
    const asked = this.#clock.now()
    const reply = await connection.send(['TIME'])
    const answered = this.#clock.now()
    const [seconds, micros] = Array.isArray(reply) ? reply : []
    const time = Number(seconds) * 1000 + Number(micros) / 1000
    if (!Number.isFinite(time)) return
    // The answer was given at some time between: a slow one says little, and the better one before stands.
    const [least, most] = [time - answered, time - asked]
    if (!this.#isMeasured) this.#offset = (least + most) / 2
    this.#isMeasured = true
    this.#offset = Math.min(Math.max(this.#offset, least), most)
  }

  /** What it shows now: ms since 1970. */
  now(): number {
    return this.#clock.now() + this.#offset
  }

  /** What it shows when ours shows `time`, both in ms since 1970. */
  at(time: number): number {
    return time + this.#offset
  }

  /** How long ago it was that it showed `time`, ms; never in the future. */
  age(time: number): number {
    return Math.max(0, this.now() - time)
  }
}
