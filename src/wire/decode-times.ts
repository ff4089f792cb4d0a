/**
 * Tells when pictures are to be decoded, where only is known when each is shown and in which order they come: rising, and
 * not after they are shown as far as it is known how many are reordered.
 */
export class DecodeTimes {
  #depth = 0
  /** The times of the last pictures that no time of decoding was made of, rising; as many as may be reordered. */
  #pending: number[] = []
  #highest = Number.NEGATIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY

  /** @param depth how many pictures may come before one that is shown earlier; where it is not known, it is learnt */
  reorder(depth: number | undefined): void {
    if (depth !== undefined) this.#depth = Math.min(depth, DEEPEST)
  }

  /** The time of decoding of the next picture, µs. @param pts when it is shown, whole µs */
  next(pts: number): number {
    if ((pts < this.#highest && this.#depth === 0) || pts < this.#last) this.#depth = Math.min(this.#depth + 1, DEEPEST)
    this.#highest = Math.max(this.#highest, pts)
    this.#pending.push(pts)
    this.#pending.sort((one, other) => one - other)
    const earliest = this.#pending[0] ?? pts
    // The first ones have to be decoded before any is shown.
    const missing = this.#depth + 1 - this.#pending.length
    while (this.#pending.length > this.#depth) this.#pending.shift()
    const wanted = missing > 0 ? earliest - missing * STEP : earliest
    this.#last = Math.max(wanted, this.#last + 1)
    return this.#last
  }
}

const DEEPEST = 16
/** µs */
const STEP = 1000
