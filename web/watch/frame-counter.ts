import { SlidingWindow } from '../time/sliding-window.ts'

/** The window of the frame rate measurement, ms. */
const WINDOW_MS = 3000

/** Measures the frame rate of received pictures, and counts skipped frames. */
export class FrameCounter {
  readonly #recent = new SlidingWindow(WINDOW_MS)
  #count = 0
  #skipped = 0
  #lastSkipped = 0

  /** Adds a received picture. @param now monotonic time, ms @param skipped the frames skipped before it */
  took(now: number, skipped: number): void {
    this.#recent.add(now)
    this.#count++
    // Frames skipped before the first picture do not count.
    this.#lastSkipped = this.#count === 1 ? 0 : skipped
    this.#skipped += this.#lastSkipped
  }

  /** The frame rate per second over the window; undefined if there are too few pictures, as with one a minute. */
  rate(now: number): number | undefined {
    const interval = this.#recent.interval(now)
    return interval && 1000 / interval
  }

  /** The number of received frames. */
  get count(): number {
    return this.#count
  }

  /** The number of frames skipped since the first. */
  get skipped(): number {
    return this.#skipped
  }

  /** The number skipped right before the newest frame. */
  get lastSkipped(): number {
    return this.#lastSkipped
  }
}
