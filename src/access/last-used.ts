import type { AccountStore, ApiKey, Session, ShareLink } from '../core/account-store.ts'
import type { AccountIndex } from './account-index.ts'

/**
 * Collects which sessions, keys and links were used, and writes them in batches (write-behind): a write for each
 * request would cost more than the request.
 */
export class LastUsed {
  readonly #store: Pick<AccountStore, 'noteUse'>
  readonly #sessions = new Set<string>()
  /** Hashes, as for links. */
  readonly #keys = new Set<string>()
  readonly #links = new Set<string>()

  constructor(store: Pick<AccountStore, 'noteUse'>) {
    this.#store = store
  }

  session({ id }: Session): void {
    this.#sessions.add(id)
  }

  key({ hash }: ApiKey): void {
    this.#keys.add(hash)
  }

  link({ hash }: ShareLink): void {
    this.#links.add(hash)
  }

  /**
   * Writes the uses since the last call, with their current values.
   * @throws the store's error; these uses are then lost
   */
  async write({ sessions, keys, links }: Pick<AccountIndex, 'sessions' | 'keys' | 'links'>): Promise<void> {
    if (this.#sessions.size + this.#keys.size + this.#links.size === 0) return
    const used = {
      sessions: sessions.filter(({ id }) => this.#sessions.has(id)),
      keys: keys.filter(({ hash }) => this.#keys.has(hash)),
      links: links.filter(({ hash }) => this.#links.has(hash)),
    }
    for (const noted of [this.#sessions, this.#keys, this.#links]) noted.clear()
    await this.#store.noteUse(used)
  }
}

/** Whether a use is late enough after the last recorded one to be recorded. Times in ms since 1970. */
export function isUseNew(lastUsedAt: number | undefined, now: number): boolean {
  return now - (lastUsedAt ?? 0) >= RESOLUTION_MS
}

/** The resolution of last-used times, ms. */
const RESOLUTION_MS = 1000
