import type { Clock } from '../../../core/clock.ts'

/** Tells when something has not happened for a time. */
export class Watchdog {
  readonly #clock: Clock
  readonly #ms: number
  readonly #late: () => void
  #last: number
  #cancel: () => void

  /** @param ms how long it may take, from now on and from each time that it happens */
  constructor(clock: Clock, ms: number, late: () => void) {
    this.#clock = clock
    this.#ms = ms
    this.#late = late
    this.#last = clock.monotonic()
    this.#cancel = clock.after(ms, () => this.#look())
  }

  /** It has happened. */
  touch(): void {
    this.#last = this.#clock.monotonic()
  }

  stop(): void {
    this.#cancel()
  }

  /** One timer for many times that it happens. */
  #look(): void {
    const left = this.#last + this.#ms - this.#clock.monotonic()
    if (left > 0) this.#cancel = this.#clock.after(left, () => this.#look())
    else this.#late()
  }
}
