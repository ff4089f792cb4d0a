/** Something that waits for its turn. Its numbers are kept by the RoundRobin that it waits in. */
export interface Turn {
  /** When it was last served, as a count of all that was: the smallest is next. */
  turn: number
  /** Where it stands among those that wait, while it does. */
  place: number
  /** From when on it may be served, ms since 1970; 0: at once. */
  readonly dueAt: number
}

/**
 * Fair scheduling, round robin: of those that wait and are due, the one is next that was served longest ago, so that
 * none starves.
 */
export class RoundRobin<Waiting extends Turn> {
  /** In no order. */
  readonly #waiting: Waiting[] = []
  #served = 0

  /** How many wait, due or not. */
  get size(): number {
    return this.#waiting.length
  }

  /** It waits from now on; to be called once, until it is served or removed. */
  add(item: Waiting): void {
    item.place = this.#waiting.push(item) - 1
  }

  /**
   * Serves the one whose turn it is, which waits no more.
   * @param now ms since 1970
   * @returns undefined if none waits, or the time (ms since 1970) at which the first of those that wait will be due
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

  /** It waits no more. The last takes its place, since their order is of no importance. */
  remove(item: Waiting): void {
    const last = this.#waiting.pop()
    if (!last || last === item) return
    this.#waiting[item.place] = last
    last.place = item.place
  }
}
