/**
 * The active warnings of a stream: the names in its recent frames. Detectors miss an object now and then, so each name
 * is held for a second after the last frame that had it (debouncing).
 */
export class ActiveWarnings {
  #names: readonly string[] = []
  /** When each was last seen (monotonic ms), in the order in which they appeared. */
  readonly #seen = new Map<string, number>()

  /** In the order in which they appeared. A new array after each change. */
  get names(): readonly string[] {
    return this.#names
  }

  /** Adds the warnings of a frame. @param now monotonic ms */
  take(names: readonly string[], now: number): void {
    let isNew = false
    for (const name of names) {
      isNew ||= !this.#seen.has(name)
      this.#seen.set(name, now)
    }
    if (!isNew) return
    // Lines that contain numbers differ in each frame, so the oldest names are dropped.
    for (const name of this.#seen.keys()) if (this.#seen.size > MAX_WARNING_NAMES) this.#seen.delete(name)
    this.#names = [...this.#seen.keys()]
  }

  /** Drops the names that have not been seen for a second. @param now monotonic ms */
  settle(now: number): void {
    for (const [name, at] of this.#seen) if (now - at > HOLD_MS) this.#seen.delete(name)
    if (this.#seen.size < this.#names.length) this.#names = [...this.#seen.keys()]
  }
}

/**
 * How many names a frame or a stream may have: far above what any detector sends, and cheap to process for each frame.
 */
export const MAX_WARNING_NAMES = 20
/** How long a warning stays active after it was last seen, ms. */
const HOLD_MS = 1000
