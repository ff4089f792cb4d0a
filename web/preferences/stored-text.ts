import { Listeners } from '../../src/core/listeners.ts'
import { localStorageIfAllowed, type TextStorage } from '../browser-storage.ts'

/** The origin of a change: the user in this tab (`chosen`), the account (`taken`), another tab (`elsewhere`). */
export type Origin = 'chosen' | 'taken' | 'elsewhere'

/** A text in `localStorage`, with change notifications; only in memory if the browser forbids storage. */
export class StoredText {
  /** Its key in the storage. */
  readonly name: string
  #storage: TextStorage | undefined
  readonly #listeners = new Listeners<[origin: Origin]>()
  #text: string | undefined

  constructor(name: string, storage: TextStorage | undefined = localStorageIfAllowed()) {
    this.name = name
    this.#storage = storage
    try {
      this.#text = storage?.getItem(name) ?? undefined
    } catch {
      this.#storage = undefined
    }
  }

  /** The stored text; undefined if there is none. */
  get text(): string | undefined {
    return this.#text
  }

  /** Stores a new value; undefined removes it. Does nothing if it is unchanged. */
  set(text: string | undefined, origin: Origin): void {
    if (text === this.#text) return
    this.#text = text
    try {
      if (text === undefined) this.#storage?.removeItem(this.name)
      else this.#storage?.setItem(this.name, text)
    } catch {
      // Storage is full or forbidden: kept in memory until the page is closed.
    }
    this.#listeners.notify(origin)
  }

  /** Detaches from the storage: forgets the stored value and keeps later ones only in memory. */
  detach(): void {
    this.#storage = undefined
    this.set(undefined, 'elsewhere')
  }

  /** Subscribes to changes. @returns a function that unsubscribes */
  subscribe(listener: (origin: Origin) => void): () => void {
    return this.#listeners.add(listener)
  }
}
