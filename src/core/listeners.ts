/** A set of listeners (observer pattern). `Arguments` are the arguments that they are called with. */
export class Listeners<Arguments extends readonly unknown[] = []> {
  readonly #listeners = new Set<(...args: Arguments) => void>()

  /** The number of listeners. */
  get size(): number {
    return this.#listeners.size
  }

  /** Adds a listener. @returns removes it */
  add(listener: (...args: Arguments) => void): () => void {
    // Wrapped for each call, so that the same listener can be added twice and removed once.
    const added = (...args: Arguments) => listener(...args)
    this.#listeners.add(added)
    return () => {
      this.#listeners.delete(added)
    }
  }

  /**
   * Calls every current listener, except one that an earlier one has just added or removed. An exception of a listener
   * is passed on to the caller.
   */
  notify(...args: Arguments): void {
    for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener(...args)
  }

  /** Removes all listeners. */
  clear(): void {
    this.#listeners.clear()
  }
}
