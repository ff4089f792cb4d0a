/**
 * How often frames usually come: the median of the last intervals between two, ms. One late frame does not move it. Known
 * from the third frame on: nobody can tell from one interval whether it was the usual one or a pause.
 */
export class MedianInterval {
  readonly #intervals: number[] = []
  /** Undefined: to be computed. */
  #median: number | undefined

  /** @param interval ms between two frames; 0 for any that is too short to matter */
  add(interval: number): void {
    this.#median = undefined
    this.#intervals.push(interval)
    if (this.#intervals.length > KEPT_INTERVALS) this.#intervals.shift()
  }

  /** Undefined before the second interval. */
  get value(): number | undefined {
    this.#median ??= medianOf(this.#intervals)
    return this.#median
  }

  /** Discards all, after a pause that must not count. */
  restart(): void {
    this.#intervals.length = 0
    this.#median = undefined
  }
}

/** Of how many intervals the median is. */
export const KEPT_INTERVALS = 31

/** Of an even number of intervals the longer one in the middle. */
function medianOf(intervals: readonly number[]): number | undefined {
  if (intervals.length < 2) return undefined
  return intervals.toSorted((a, b) => a - b)[intervals.length >> 1]
}
