import { type Clock, every } from './clock.ts'

/**
 * The clock by which old entries are deleted. What is deleted cannot come back, so a wall clock that is wrong must not
 * decide it alone: this one is never later than the newest time that was stored when the run began, plus the time that
 * has passed since. And nothing is deleted in the first hour, in which a machine without a battery learns the time.
 */
export class Retention {
  readonly #clock: Clock
  readonly #newest: number
  readonly #begin: number

  /** @param newest the newest time that is stored, ms since 1970; undefined if there is none */
  constructor(clock: Clock, newest: number | undefined) {
    this.#clock = clock
    this.#newest = newest ?? clock.now()
    this.#begin = clock.monotonic()
  }

  /** ms since 1970, too early rather than too late. */
  now(): number {
    const passed = this.#clock.monotonic() - this.#begin
    return Math.min(this.#clock.now(), this.#newest + passed)
  }

  /** Calls `purge` with `now()` every hour, first after one hour. @returns stops */
  hourly(purge: (now: number) => void): () => void {
    return every(this.#clock, PERIOD_MS, () => purge(this.now()))
  }
}

const PERIOD_MS = 3_600_000
