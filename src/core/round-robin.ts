/** An item of a `RoundRobin`, which maintains `turn` and `place`. */
export interface Turn {
  /** When it was last served, as a running number: the smallest is next. */
  turn: number
  /** Its index among the waiting items, while it waits. */
  place: number
  /** The earliest time to serve it, ms since 1970; 0: at once. */
  readonly dueAt: number
}

/**
 * Fair scheduling (round robin): of the waiting items that are due, the one served longest ago is next, so that none
 * starves.
 */
export class RoundRobin<Waiting extends Turn> {
  /** Unordered. */
  readonly #waiting: Waiting[] = []
  #served = 0

  /** How many items wait, due or not. */
  get size(): number {
    return this.#waiting.length
  }

  /** Adds an item; to be called once, until it is served or removed. */
  add(item: Waiting): void {
    item.place = this.#waiting.push(item) - 1
  }

  /**
   * Takes out the item whose turn it is.
   * @param now ms since 1970
   * @returns undefined if none waits, or the time (ms since 1970) at which the first waiting item is due
   */
  next(now: number): Waiting | number | undefined {
    let best: Waiting | undefined
    let later = Number.POSITIVE_INFINITY
    for (const item of this.#waiting) {
      if (best && item.turn >= best.turn) continue
      const due = item.dueAt
      if (due <= now) best = item
      else later = Math.min(later, due)
    }
    if (!best) return later === Number.POSITIVE_INFINITY ? undefined : later
    best.turn = ++this.#served
    this.remove(best)
    return best
  }

  /** Removes an item. The last one takes its place, since the order does not matter. */
  remove(item: Waiting): void {
    const last = this.#waiting.pop()
    if (!last || last === item) return
    this.#waiting[item.place] = last
    last.place = item.place
  }
}
