/** A typed event emitter. `Events` maps each event name to the type of its payload. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>()
  readonly #failed: (error: unknown, name: keyof Events) => void

  /** @param failed called with what a listener of `name` throws; the other listeners are still called */
  constructor(failed: (error: unknown, name: keyof Events) => void) {
    this.#failed = failed
  }

  /** Adds a listener. @returns a function that removes it */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    // Wrapped for each call, so that a listener added twice can be removed once.
    const added = (event: Events[Name]) => listener(event)
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(added))
    return () => {
      listeners.delete(added)
      if (listeners.size === 0 && this.#listeners.get(name) === listeners) this.#listeners.delete(name)
    }
  }

  /** Whether the event has listeners. */
  isHeard(name: keyof Events): boolean {
    return this.#listeners.has(name)
  }

  /** Calls the current listeners; one that is added meanwhile gets the next event. */
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    // Each listener was added under this name, so it takes the event of this name.
    const listeners = [...(this.#listeners.get(name) ?? [])] as ((event: Events[Name]) => void)[]
    for (const listener of listeners) {
      try {
        listener(event)
      } catch (error) {
        this.#failed(error, name)
      }
    }
  }
}
