/** A sliding window of recent events, for measuring rates. Times are monotonic, ms. */
export class SlidingWindow {
  readonly #span: number
  readonly #entries: { readonly at: number; readonly size: number }[] = []

  /** @param span the length of the window, ms */
  constructor(span: number) {
    this.#span = span
  }

  /** Adds an event. @param size a value to sum up, such as bytes */
  add(now: number, size = 0): void {
    this.#entries.push({ at: now, size })
    this.#forget(now)
  }

  /** The number of events in the window. */
  count(now: number): number {
    this.#forget(now)
    return this.#entries.length
  }

  /** The sum of their sizes. */
  size(now: number): number {
    this.#forget(now)
    return this.#entries.reduce((sum, each) => sum + each.size, 0)
  }

  /**
   * The mean interval between events, ms, independent of where the window begins; undefined if there are too few.
   */
  interval(now: number): number | undefined {
    this.#forget(now)
    const [first] = this.#entries
    const last = this.#entries.at(-1)
    if (!first || !last || last.at <= first.at) return undefined
    return (last.at - first.at) / (this.#entries.length - 1)
  }

  #forget(now: number): void {
    while ((this.#entries[0]?.at ?? now) < now - this.#span) this.#entries.shift()
  }
}
