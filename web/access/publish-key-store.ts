/** Where the key is remembered: what is used of localStorage. */
export interface KeyStorage {
  getItem(name: string): string | null
  setItem(name: string, value: string): void
  removeItem(name: string): void
}

/** The publish key, as this browser knows it. Kept in memory alone where the browser forbids storage. */
export class PublishKeyStore {
  readonly #storage: KeyStorage | undefined
  readonly #listeners = new Set<() => void>()
  #key: string | undefined

  /** @param storage where it outlives the page */
  constructor(storage: KeyStorage | undefined) {
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
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #become(key: string | undefined): void {
    if (key === this.#key) return
    this.#key = key
    for (const listener of this.#listeners) listener()
  }
}

const STORED_AS = 'belvedere.publish-key'
