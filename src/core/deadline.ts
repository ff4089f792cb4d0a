import type { Clock } from './clock.ts'

/**
 * A timeout that is put off again and again (a watchdog), such as with each frame: that costs no timer. The one that it
 * has looks, once it fires, whether the time has come, and goes on if not.
 */
export class Deadline {
  readonly #clock: Clock
  readonly #action: () => void
  /** Monotonic, ms; undefined: none is set. */
  #at: number | undefined
  /** When the timer fires; monotonic. */
  #firesAt = Number.POSITIVE_INFINITY
  #cancelTimer: (() => void) | undefined

  constructor(clock: Clock, action: () => void) {
    this.#clock = clock
    this.#action = action
  }

  /** Calls the action in `delay` ms, once, instead of when it was to be called before. */
  set(delay: number): void {
    const at = this.#clock.monotonic() + delay
    this.#at = at
    if (at >= this.#firesAt) return
    this.#cancelTimer?.()
    this.#arm(delay, at)
  }

  /** The action is not called, unless it is set again. */
  clear(): void {
    this.#at = undefined
  }

  /** The same for good: its timer is given back. */
  close(): void {
    this.#at = undefined
    this.#firesAt = Number.POSITIVE_INFINITY
    this.#cancelTimer?.()
  }

  #arm(delay: number, at: number): void {
    this.#firesAt = at
    this.#cancelTimer = this.#clock.after(delay, this.#fire)
  }

  readonly #fire = (): void => {
    this.#firesAt = Number.POSITIVE_INFINITY
    const at = this.#at
    if (at === undefined) return
    const left = at - this.#clock.monotonic()
    if (left > 0) {
      this.#arm(left, at)
      return
    }
    this.#at = undefined
    this.#action()
  }
}
