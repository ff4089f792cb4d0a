/** What happened in the last few seconds, for rates that are measured. Times are ms of a clock that does not go back. */
export class SlidingWindow {
  readonly #span: number
  readonly #entries: { readonly at: number; readonly size: number }[] = []

  /** @param span ms, for how long what happened counts */
  constructor(span: number) {
    this.#span = span
  }

  /** Something happened. @param size what is added up in `size`, bytes for instance */
  add(now: number, size = 0): void {
    this.#entries.push({ at: now, size })
    this.#forget(now)
  }

  /** How often something happened. */
  count(now: number): number {
    this.#forget(now)
    return this.#entries.length
  }

  /** The sum of the sizes. */
  size(now: number): number {
    this.#forget(now)
    return this.#entries.reduce((sum, each) => sum + each.size, 0)
  }

  /**
   * The mean time from one to the next, ms, which does not depend on where the window begins; undefined while there are
   * too few to tell.
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
