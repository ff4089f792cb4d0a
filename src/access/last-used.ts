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

  /** Carries uses that are not written yet over to accounts that were loaded without them. */
  carryOver(from: AccountIndex, to: AccountIndex): void {
    for (const id of this.#sessions) {
      const [used, loaded] = [from.session(id), to.session(id)]
      if (!used || !loaded) continue
      const expiresAt = Math.max(used.expiresAt, loaded.expiresAt)
      to.putSession({ ...loaded, lastUsedAt: used.lastUsedAt, expiresAt })
    }
    for (const hash of this.#keys) {
      const [used, loaded] = [from.keyByHash(hash), to.keyByHash(hash)]
      if (used && loaded) to.putKey({ ...loaded, lastUsedAt: used.lastUsedAt })
    }
    for (const hash of this.#links) {
      const [used, loaded] = [from.linkByHash(hash), to.linkByHash(hash)]
      if (used && loaded) to.putLink({ ...loaded, lastUsedAt: used.lastUsedAt })
    }
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
