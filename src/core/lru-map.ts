/**
 * A map of limited size that evicts the entry set least recently (LRU). So a client that keeps coming with new keys
 * cannot exhaust the memory. Reading does not make an entry recent.
 */
export class LruMap<Key, Value> {
  readonly #max: number
  /** In the order of setting, least recent first. */
  readonly #entries = new Map<Key, Value>()

  /** @param max the number of entries */
  constructor(max: number) {
    this.#max = max
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  has(key: Key): boolean {
    return this.#entries.has(key)
  }

  /** Sets an entry, which becomes the most recent. @returns the entry that was evicted for it */
  set(key: Key, value: Value): readonly [Key, Value] | undefined {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#max) return undefined
    const [oldest] = this.#entries
    if (oldest) this.#entries.delete(oldest[0])
    return oldest
  }

  delete(key: Key): void {
    this.#entries.delete(key)
  }

  /** The values, least recently set first. */
  values(): Iterable<Value> {
    return this.#entries.values()
  }
}
