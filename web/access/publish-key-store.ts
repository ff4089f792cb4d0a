import { Listeners } from '../../src/core/listeners.ts'
import type { TextStorage } from '../browser-storage.ts'

/** The publish key stored in this browser; only in memory if the browser forbids storage. */
export class PublishKeyStore {
  readonly #storage: TextStorage | undefined
  readonly #listeners = new Listeners()
  #key: string | undefined

  /** @param storage the persistent storage, if allowed */
  constructor(storage: TextStorage | undefined) {
    this.#storage = storage
    this.refresh()
  }

  get current(): string | undefined {
    return this.#key
  }

  /** Stores the key; undefined or an empty one removes it. */
  set(key: string | undefined): void {
    const wanted = key?.trim() || undefined
    try {
      if (wanted === undefined) this.#storage?.removeItem(STORED_AS)
      else this.#storage?.setItem(STORED_AS, wanted)
    } catch {
      // Storage is full or forbidden: kept in memory until the page is closed.
    }
    this.#become(wanted)
  }

  /** Reads a change by another tab. */
  refresh(): void {
    try {
      this.#become(this.#storage?.getItem(STORED_AS) || undefined)
    } catch {
      // Keeps its value.
    }
  }

  /** Subscribes to changes. @returns a function that unsubscribes */
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
