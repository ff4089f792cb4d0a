import { Listeners } from '../../src/core/listeners.ts'
import { localStorageIfAllowed, type TextStorage } from '../browser-storage.ts'

/** Who a new value is from: the user, here and now; the account, taken over; another tab. */
export type Origin = 'chosen' | 'taken' | 'elsewhere'

/** One thing that the browser remembers, as text. Kept in memory alone where the browser forbids storage. */
export class StoredText {
  /** In the storage. */
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

  /** undefined: nothing is remembered. */
  get text(): string | undefined {
    return this.#text
  }

  /** Remembers another value; undefined: none. Does nothing when it is the one it has. */
  set(text: string | undefined, origin: Origin): void {
    if (text === this.#text) return
    this.#text = text
    try {
      if (text === undefined) this.#storage?.removeItem(this.name)
      else this.#storage?.setItem(this.name, text)
    } catch {
      // Full or forbidden: it holds until the page is left.
    }
    this.#listeners.notify(origin)
  }

  /** From now on nothing is remembered beyond this page, and nothing of before is known. */
  detach(): void {
    this.#storage = undefined
    this.set(undefined, 'elsewhere')
  }

  /** Calls back after each change. @returns what ends it */
  subscribe(listener: (origin: Origin) => void): () => void {
    return this.#listeners.add(listener)
  }
}
