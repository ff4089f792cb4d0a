import type { Clock } from './clock.ts'

/**
 * Timeouts that are put off again and again (watchdogs), such as with each frame of each viewer. Putting one off costs no
 * timer: one for all of them looks every `resolution` ms, as long as any is set, whether its time has come.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #resolution: number
  /** Those that are set, and some that were lately. */
  #watched: Deadline[] = []
  #isTicking = false

  /** @param resolution how late an action may be, ms */
  constructor(clock: Clock, resolution: number) {
    this.#clock = clock
    this.#resolution = resolution
  }

  /** A deadline that is not set. */
  create(action: () => void): Deadline {
    return new Deadline(this.#clock, action, (deadline) => {
      this.#watched.push(deadline)
      this.#tickLater()
    })
  }

  #tickLater(): void {
    if (this.#isTicking) return
    this.#isTicking = true
    this.#clock.after(this.#resolution, this.#tick)
  }

  readonly #tick = (): void => {
    this.#isTicking = false
    const now = this.#clock.monotonic()
    const watched = this.#watched
    this.#watched = []
    for (const deadline of watched) if (deadline.isPending(now)) this.#watched.push(deadline)
    if (this.#watched.length > 0) this.#tickLater()
    // Last: an action may set deadlines, this one among them.
    for (const deadline of watched) deadline.actIfDue(now)
  }
}

/** One of them, made by `Deadlines.create`. */
export class Deadline {
  readonly #clock: Clock
  readonly #action: () => void
  readonly #watch: (deadline: Deadline) => void
  /** Monotonic, ms; undefined: none is set. */
  #at: number | undefined
  #isWatched = false

  constructor(clock: Clock, action: () => void, watch: (deadline: Deadline) => void) {
    this.#clock = clock
    this.#action = action
    this.#watch = watch
  }

  /** Calls the action in `delay` ms, once, instead of when it was to be called before. */
  set(delay: number): void {
    this.#at = this.#clock.monotonic() + delay
    if (this.#isWatched) return
    this.#isWatched = true
    this.#watch(this)
  }

  /** The action is not called, unless it is set again. */
  clear(): void {
    this.#at = undefined
  }

  /** For `Deadlines`: whether it is set to a later time; if not, it is watched no longer. */
  isPending(now: number): boolean {
    this.#isWatched = this.#at !== undefined && this.#at > now
    return this.#isWatched
  }

  /** For `Deadlines`. */
  actIfDue(now: number): void {
    if (this.#at === undefined || this.#at > now) return
    this.#at = undefined
    this.#action()
  }
}
