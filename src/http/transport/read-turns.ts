/**
 * The turns of the event loop, and those who wait for the next one because they have had theirs: served one after
 * another, for a few milliseconds a turn, so that however many they are everybody else is served between.
 */
export class ReadTurns {
  #current = 0
  #isCounting = false
  readonly #waiting = new Set<() => void>()
  #isScheduled = false

  /** The number of this turn. */
  get current(): number {
    if (!this.#isCounting) {
      this.#isCounting = true
      setImmediate(() => {
        this.#current++
        this.#isCounting = false
      })
    }
    return this.#current
  }

  /** Calls `action` in a later turn. @returns cancels it */
  after(action: () => void): () => void {
    this.#waiting.add(action)
    this.#schedule()
    return () => this.#waiting.delete(action)
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#serve()
    })
  }

  #serve(): void {
    const until = performance.now() + SLICE_MS
    // Those that are added meanwhile wait for the next turn.
    let left = this.#waiting.size
    for (const action of this.#waiting) {
      this.#waiting.delete(action)
      action()
      if (--left === 0 || performance.now() >= until) break
    }
    this.#schedule()
  }
}

/** How long those who wait are served in one turn, ms. */
const SLICE_MS = 5
