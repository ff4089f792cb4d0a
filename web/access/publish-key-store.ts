import { Listeners } from '../../src/core/listeners.ts'
import type { TextStorage } from '../browser-storage.ts'

/** The publish key, as this browser knows it. Kept in memory alone where the browser forbids storage. */
export class PublishKeyStore {
  readonly #storage: TextStorage | undefined
  readonly #listeners = new Listeners()
  #key: string | undefined

  /** @param storage where it outlives the page */
  constructor(storage: TextStorage | undefined) {
    this.#storage = storage
    this.refresh()
  }

  get current(): string | undefined {
    return this.#key
  }

  /** Remembers the key; undefined or an empty one forgets it. */
  set(key: string | undefined): void {
    const wanted = key?.trim() || undefined
    try {
      if (wanted === undefined) this.#storage?.removeItem(STORED_AS)
      else this.#storage?.setItem(STORED_AS, wanted)
    } catch {
      // A full or forbidden storage: it is known until the page is closed.
    }
    this.#become(wanted)
  }

  /** Takes over what another tab has stored. */
  refresh(): void {
    try {
      this.#become(this.#storage?.getItem(STORED_AS) || undefined)
    } catch {
      // Stays what it is.
    }
  }

  /** Calls back after each change. @returns what ends it */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  #become(key: string | undefined): void {
    if (key === this.#key) return
    this.#key = key
    this.#listeners.notify()
  }
}

const STORED_AS = 'belvedere.publish-key'
