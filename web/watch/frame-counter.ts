import { SlidingWindow } from '../time/sliding-window.ts'

/** Over how long the frame rate is measured, ms. */
const WINDOW_MS = 3000

/** Counts the pictures that come: how many a second (the frame rate), and how many were skipped. */
export class FrameCounter {
  readonly #recent = new SlidingWindow(WINDOW_MS)
  #count = 0
  #skipped = 0
  #lastSkipped = 0

  /** @param now ms, of any clock that does not jump @param skipped frames of the stream before this one */
  took(now: number, skipped: number): void {
    this.#recent.add(now)
    this.#count++
    // What was skipped before the first picture was before anybody looked.
    this.#lastSkipped = this.#count === 1 ? 0 : skipped
    this.#skipped += this.#lastSkipped
  }

  /** Frames a second over the last seconds; undefined while there are too few to tell, as with one picture a minute. */
  rate(now: number): number | undefined {
    const interval = this.#recent.interval(now)
    return interval && 1000 / interval
  }

  /** Frames that came. */
  get count(): number {
    return this.#count
  }

  /** Frames that did not, of those published since the first. */
  get skipped(): number {
    return this.#skipped
  }

  /** Of these, right before the newest. */
  get lastSkipped(): number {
    return this.#lastSkipped
  }
}
