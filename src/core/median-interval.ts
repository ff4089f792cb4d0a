/**
 * How often frames usually come: the median of the last intervals between two, ms. One late frame does not move it; but where
 * the last two intervals are both longer, the stream has become slower, and it is the shorter of these. Known from the third
 * frame on: nobody can tell from one interval whether it was the usual one or a pause.
 */
export class MedianInterval {
  readonly #intervals: number[] = []
  /** Undefined: to be computed. */
  #usual: number | undefined

  /** @param interval ms between two frames; 0 for any that is too short to matter */
  add(interval: number): void {
    this.#usual = undefined
    this.#intervals.push(interval)
    if (this.#intervals.length > KEPT_INTERVALS) this.#intervals.shift()
  }

  /** Undefined before the second interval. */
  get value(): number | undefined {
    this.#usual ??= usualOf(this.#intervals)
    return this.#usual
  }

  /** Discards all, after a pause that must not count. */
  restart(): void {
    this.#intervals.length = 0
    this.#usual = undefined
  }
}

/** Of how many intervals the median is. */
export const KEPT_INTERVALS = 31

/** The median is of an even number of intervals the longer one in the middle. */
function usualOf(intervals: readonly number[]): number | undefined {
  const [last, before] = [intervals.at(-1), intervals.at(-2)]
  if (last === undefined || before === undefined) return undefined
  const median = intervals.toSorted((a, b) => a - b)[intervals.length >> 1] ?? 0
  return Math.max(median, Math.min(last, before))
}
