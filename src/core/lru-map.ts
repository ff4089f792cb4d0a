/**
 * A map of limited size: when it is full, the entry that was set least recently is evicted (LRU). So whoever comes with
 * ever new keys takes no more memory than so many entries. Reading an entry does not make it recent.
 */
export class LruMap<Key, Value> {
  readonly #max: number
  /** The entry that was set least recently first. */
  readonly #entries = new Map<Key, Value>()

  /** @param max entries */
  constructor(max: number) {
    this.#max = max
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  has(key: Key): boolean {
    return this.#entries.has(key)
  }

  /** Sets an entry, which is then the most recent. @returns the entry that was evicted for it */
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

  /** The one that was set least recently first. */
  values(): Iterable<Value> {
    return this.#entries.values()
  }
}
