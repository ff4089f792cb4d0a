/**
 * The active warnings of a stream: the names of those in its last frames. A detector that misses one now and then still
 * means it, so each is held for a moment after the last frame that had it (debouncing).
 */
export class ActiveWarnings {
  #names: readonly string[] = []
  /** When each was last seen, monotonic ms; in the order in which they came up. */
  readonly #seen = new Map<string, number>()

  /** In the order in which they came up. A new array after each change. */
  get names(): readonly string[] {
    return this.#names
  }

  /** Takes what a frame warns of. @param now monotonic ms */
  take(names: readonly string[], now: number): void {
    let isNew = false
    for (const name of names) {
      isNew ||= !this.#seen.has(name)
      this.#seen.set(name, now)
    }
    if (!isNew) return
    // Lines with numbers in them are new ones with each frame.
    for (const name of this.#seen.keys()) if (this.#seen.size > MOST_WARNING_NAMES) this.#seen.delete(name)
    this.#names = [...this.#seen.keys()]
  }

  /** Lets go of those that have not been seen for a moment. @param now monotonic ms */
  settle(now: number): void {
    for (const [name, at] of this.#seen) if (now - at > STANDS_MS) this.#seen.delete(name)
    if (this.#seen.size < this.#names.length) this.#names = [...this.#seen.keys()]
  }
}

/**
 * How many names one frame, or one stream, may have: far above what any detector sends, and little work for each frame.
 */
export const MOST_WARNING_NAMES = 20
const STANDS_MS = 1000
