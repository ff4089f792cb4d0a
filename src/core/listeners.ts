/**
 * Those who want to know of something (the observer pattern). `Told` is what they are told: nothing, where they look
 * for themselves.
 */
export class Listeners<Told extends readonly unknown[] = []> {
  readonly #listeners = new Set<(...told: Told) => void>()

  /** How many there are. */
  get size(): number {
    return this.#listeners.size
  }

  /** Adds one. @returns takes it away again */
  add(listener: (...told: Told) => void): () => void {
    // A function of its own for each call: the same listener may be added twice and taken away once.
    const added = (...told: Told) => listener(...told)
    this.#listeners.add(added)
    return () => {
      this.#listeners.delete(added)
    }
  }

  /**
   * Tells all that are there now; not who is added, nor who is taken away, by one before it. What one throws is thrown.
   */
  notify(...told: Told): void {
    for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener(...told)
  }

  /** Takes all away. */
  clear(): void {
    this.#listeners.clear()
  }
}
