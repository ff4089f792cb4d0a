import type { Clock } from '../../src/core/clock.ts'

/** The initial time of a manual clock, ms since 1970. */
export const START = 1_800_000_000_000

/**
 * A fake clock that only advances when a test says so; wall clock and monotonic time advance together, unless a test
 * sets the wall clock.
 */
export class ManualClock implements Clock {
  #now = START
  #ahead = 0
  readonly #timers = new Set<{ readonly at: number; readonly action: () => void }>()

  now(): number {
    return this.#now + this.#ahead
  }

  monotonic(): number {
    return this.#now
  }

  after(delay: number, action: () => void): () => void {
    const timer = { at: this.#now + delay, action }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** How many actions wait for their time. */
  get timers(): number {
    return this.#timers.size
  }

  /** Sets the wall clock forward by `ms`, or back. */
  setBy(ms: number): void {
    this.#ahead += ms
  }

  /** Advances by `ms`; each timer that falls due fires at its own time. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (let timer = this.#next(end); timer; timer = this.#next(end)) {
      this.#timers.delete(timer)
      this.#now = Math.max(this.#now, timer.at)
      timer.action()
    }
    this.#now = end
  }

  /** Advances by `ms` as on a machine that was suspended: each timer that fell due meanwhile fires once, at the end. */
  suspend(ms: number): void {
    this.#now += ms
    this.advance(0)
  }

  /** The first timer that falls due until then; of several the one that was set first. */
  #next(end: number) {
    let first: { readonly at: number; readonly action: () => void } | undefined
    for (const timer of this.#timers) if (timer.at <= end && (!first || timer.at < first.at)) first = timer
    return first
  }
}
