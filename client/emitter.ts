/** An event emitter: listeners by the name of the event. `Events` maps each name to what its listeners are told. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>()
  readonly #failed: (error: unknown, name: keyof Events) => void

  /** @param failed told of what a listener of `name` throws; the other listeners are told all the same */
  constructor(failed: (error: unknown, name: keyof Events) => void) {
    this.#failed = failed
  }

  /** Adds a listener. @returns takes it away again */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    // A function of its own for each call: the same listener may be added twice and taken away once.
    const added = (event: Events[Name]) => listener(event)
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(added))
    return () => {
      listeners.delete(added)
      if (listeners.size === 0 && this.#listeners.get(name) === listeners) this.#listeners.delete(name)
    }
  }

  /** Whether anybody listens. */
  isHeard(name: keyof Events): boolean {
    return this.#listeners.has(name)
  }

  /** Tells those that listen now; who is added meanwhile hears of the next. */
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    // What is kept under a name was added under it, so that it takes the event of that name.
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
