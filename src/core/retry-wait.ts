import type { Clock } from './clock.ts'

/** A wait before something is tried again, which can be shortened. */
export class RetryWait {
  readonly #clock: Clock
  readonly #again: () => void
  /** Not before, monotonic ms. */
  readonly #earliest: number
  /** Monotonic ms. */
  #due: number
  #cancel = () => {}

  /**
   * @param times after which delay to try again, and the least that it is ever shortened to, ms; Infinity: never
   * @param again tries again
   */
  constructor(clock: Clock, { delay, least }: { readonly delay: number; readonly least: number }, again: () => void) {
    this.#clock = clock
    this.#again = again
    const now = clock.monotonic()
    this.#earliest = now + least
    this.#due = Math.max(now + delay, this.#earliest)
    this.#schedule()
  }

  /** Whether it ends only if it is cancelled. */
  get isForever(): boolean {
    return this.#due === Number.POSITIVE_INFINITY
  }

  /** How long it still takes, ms. */
  get left(): number {
    return Math.max(0, this.#due - this.#clock.monotonic())
  }

  /** From now on it takes no longer than this, ms, unless that is too soon. */
  shorten(delay: number): void {
    const due = Math.max(this.#clock.monotonic() + delay, this.#earliest)
    if (due >= this.#due) return
    this.#due = due
    this.#cancel()
    this.#schedule()
  }

  /** Ends it without another try. */
  cancel(): void {
    this.#cancel()
  }

  #schedule(): void {
    if (!this.isForever) this.#cancel = this.#clock.after(this.left, this.#again)
  }
}
