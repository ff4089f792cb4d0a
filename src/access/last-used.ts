import type { AccountStore, ApiKey, Session, ShareLink } from '../core/account-store.ts'
import type { AccountIndex } from './account-index.ts'

/**
 * Remembers which sessions, keys and links were used, and writes it all in one go now and then (write-behind): a write
 * for each request would cost more than the request.
 */
export class LastUsed {
  readonly #store: Pick<AccountStore, 'noteUse'>
  readonly #sessions = new Set<string>()
  /** Hashes, as of links. */
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
   * Writes what was used since the last time, as it is now.
   * @throws the store's error; what was used is then forgotten
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

/** Whether a use is worth noting, so long after the last one that was. Times in ms since 1970. */
export function isUseNew(lastUsedAt: number | undefined, now: number): boolean {
  return now - (lastUsedAt ?? 0) >= STEP_MS
}

/** How exactly it is known when somebody was last here, ms. */
const STEP_MS = 1000
