/** Paces frames (a rate limit by leaving some out): chooses from a camera's pictures those that make a steady rate, however fast the camera is. */
export class FramePacer {
  readonly #period: number
  #due = Number.NEGATIVE_INFINITY

  /** @param rate pictures a second, above 0 */
  constructor(rate: number) {
    this.#period = 1000 / rate
  }

  /**
   * Whether the picture of this moment is one to take.
   * @param now ms, of a clock that does not go back
   */
  take(now: number): boolean {
    // A camera's pictures do not come to the millisecond: one that is a little early is better than the next.
    if (now < this.#due - this.#period / 4) return false
    // What was missed is not made up for.
    this.#due = Math.max(this.#due + this.#period, now + this.#period / 2)
    return true
  }
}
