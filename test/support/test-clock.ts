import type { Clock } from '../../src/core/clock.ts'

/** A clock that stands still until a test moves it. Both of its times are the same. */
export class TestClock implements Clock {
  readonly #timers = new Set<{ readonly at: number; readonly action: () => void }>()
  #now: number

  constructor(now = 1_800_000_000_000) {
    this.#now = now
  }

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

  /** Lets `ms` pass and calls what falls due, in order. */
  advance(ms: number): void {
    const until = this.#now + ms
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.#timers.delete(due)
      this.#now = Math.max(this.#now, due.at)
      due.action()
    }
    this.#now = until
  }
}
