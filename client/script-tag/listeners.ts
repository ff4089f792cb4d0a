import { Emitter } from '../emitter.ts'

/** The `on` and `off` of script-tag clients. `Events` maps each event name to the type of its payload. */
export abstract class Listeners<Events extends object> {
  readonly #emitter = new Emitter<Events>((error, name) => {
    console.error(`A listener of "${String(name)}" failed:`, error)
  })
  /** For each event what removes its listeners. */
  readonly #removers = new Map<keyof Events, Map<unknown, () => void>>()

  /** Calls `listener` with the payload of each event of this name. A listener that is there already is not added again. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): this {
    const removers = this.#removers.get(name) ?? new Map<unknown, () => void>()
    this.#removers.set(name, removers)
    if (!removers.has(listener)) removers.set(listener, this.#emitter.on(name, listener))
    return this
  }

  /** Removes a listener. */
  off<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): this {
    const removers = this.#removers.get(name)
    removers?.get(listener)?.()
    removers?.delete(listener)
    return this
  }

  /** Whether the event has listeners. */
  protected isHeard(name: keyof Events): boolean {
    return this.#emitter.isHeard(name)
  }

  protected emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    this.#emitter.emit(name, event)
  }
}
