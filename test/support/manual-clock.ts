import type { Clock } from '../../src/core/clock.ts'

/** When a manual clock begins, ms since 1970. */
export const START = 1_800_000_000_000

/** A clock that stands still until a test moves it on. Both of its times pass alike. */
export class ManualClock implements Clock {
  #now = START
  readonly #timers = new Set<{ readonly at: number; readonly action: () => void }>()

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  after(delay: number, action: () => void): () => void {
    const timer = { at: this.#now + delay, action }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Lets `ms` pass: every timer that falls into them goes off at its own time. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (let timer = this.#next(end); timer; timer = this.#next(end)) {
      this.#timers.delete(timer)
      this.#now = Math.max(this.#now, timer.at)
      timer.action()
    }
    this.#now = end
  }

  #next(end: number) {
    const due = [...this.#timers].filter(({ at }) => at <= end)
    return due.sort((a, b) => a.at - b.at)[0]
  }
}
