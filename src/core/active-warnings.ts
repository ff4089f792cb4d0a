/**
 * The active warnings of a stream: the names in its recent frames. Detectors miss an object now and then, so each name
 * is held for a while after the last frame that had it (debouncing): for a second or, of a stream with few frames a
 * second, until two frames in a row are without it. What the newest frame has stays for as long as frames come.
 */
export class ActiveWarnings {
  #names: readonly string[] = []
  /** When each was last seen (monotonic ms), in the order in which they appeared. */
  readonly #seen = new Map<string, number>()
  /** The same of names that are active no longer; the latest. */
  readonly #seenBefore = new Map<string, number>()
  #ofNewest: readonly string[] = []

  /** In the order in which they appeared. A new array after each change. */
  get names(): readonly string[] {
    return this.#names
  }

  /** When a frame last had that name, monotonic ms; of names that are active no longer only the latest are known. */
  seenAt(name: string): number | undefined {
    return this.#seen.get(name) ?? this.#seenBefore.get(name)
  }

  /** Adds the warnings of a frame. @param now monotonic ms */
  take(names: readonly string[], now: number): void {
    this.#ofNewest = names
    let isNew = false
    for (const name of names) {
      isNew ||= !this.#seen.has(name)
      this.#seen.set(name, now)
    }
    if (!isNew) return
    // Lines that contain numbers differ in each frame, so the oldest names are dropped.
    for (const [name, at] of this.#seen) if (this.#seen.size > MAX_WARNING_NAMES) this.#end(name, at)
    this.#names = [...this.#seen.keys()]
  }

  /**
   * Drops the names that recent frames no longer have.
   * @param now monotonic ms
   * @param isLive whether frames are coming in; of a silent stream nothing is known
   * @param intervalOf tells the usual time between two frames, ms; undefined while unknown
   */
  settle(now: number, isLive: boolean, intervalOf: () => number | undefined): void {
    if (this.#seen.size === 0) return
    const hold = Math.max(HOLD_MS, HOLD_INTERVALS * (intervalOf() ?? 0))
    for (const [name, at] of this.#seen)
      if (now - at > hold && !(isLive && this.#ofNewest.includes(name))) this.#end(name, at)
    if (this.#seen.size < this.#names.length) this.#names = [...this.#seen.keys()]
  }

  #end(name: string, at: number): void {
    this.#seen.delete(name)
    this.#seenBefore.delete(name)
    this.#seenBefore.set(name, at)
    const [oldest] = this.#seenBefore.keys()
    if (this.#seenBefore.size > MAX_WARNING_NAMES && oldest !== undefined) this.#seenBefore.delete(oldest)
  }
}

/**
 * How many names a frame or a stream may have: far above what any detector sends, and cheap to process for each frame.
 */
export const MAX_WARNING_NAMES = 20
/** How long a warning stays active at least after it was last seen, ms. */
const HOLD_MS = 1000
/** The same in usual intervals between two frames: the second frame without it may be a little late. */
const HOLD_INTERVALS = 2.5
