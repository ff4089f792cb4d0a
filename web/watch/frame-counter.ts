/** Over how long a rate is measured, ms. */
const WINDOW_MS = 3000

/** Counts the pictures that come: how many a second, and how many were skipped. */
export class FrameCounter {
  readonly #times: number[] = []
  #count = 0
  #skipped = 0
  #lastSkipped = 0

  /** @param now ms, of any clock that does not jump @param skipped frames of the stream before this one */
  took(now: number, skipped: number): void {
    this.#times.push(now)
    this.#forget(now)
    this.#count++
    // What was skipped before the first picture was before anybody looked.
    this.#lastSkipped = this.#count === 1 ? 0 : skipped
    this.#skipped += this.#lastSkipped
  }

  /** Frames a second over the last seconds; undefined while there are too few to tell, as with one picture a minute. */
  rate(now: number): number | undefined {
    this.#forget(now)
    const [first] = this.#times
    const last = this.#times.at(-1)
    if (first === undefined || last === undefined || last <= first) return undefined
    return ((this.#times.length - 1) * 1000) / (last - first)
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

  #forget(now: number): void {
    while ((this.#times[0] ?? now) < now - WINDOW_MS) this.#times.shift()
  }
}
