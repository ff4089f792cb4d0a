/**
 * Frame pacing (frame-rate decimation): selects from a camera's pictures so that the result has a steady lower rate.
 */
export class FramePacer {
  readonly #period: number
  #due = Number.NEGATIVE_INFINITY

  /** @param rate the target, pictures per second, above 0 */
  constructor(rate: number) {
    this.#period = 1000 / rate
  }

  /**
   * Whether to take the current picture.
   * @param now monotonic time, ms
   */
  take(now: number): boolean {
    // Tolerates jitter: a picture that is slightly early is better than the next.
    if (now < this.#due - this.#period / 4) return false
    // Missed pictures are not caught up on.
    this.#due = Math.max(this.#due + this.#period, now + this.#period / 2)
    return true
  }
}
