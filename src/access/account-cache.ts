import type { AccountStore, ApiKey, Session, ShareLink, SigningKey, User } from '../core/account-store.ts'
import type { ChangeFeed } from '../core/change-feed.ts'
import { type Clock, every } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { SerialQueue } from '../core/serial-queue.ts'
import { AccountIndex } from './account-index.ts'
import type { ActivePrincipals } from './active-principals.ts'
import { credentialOfSession, credentialOfToken } from './credential-ids.ts'
import { purgeExpired } from './expiry.ts'
import { isUseNew, LastUsed } from './last-used.ts'
import { revokeLost, staleSessions } from './revocation.ts'

/** What the cache is handed. */
export interface AccountCacheParts {
  readonly store: AccountStore
  /** What others change in the store. */
  readonly changes: ChangeFeed
  readonly clock: Clock
  readonly log: Log
  readonly principals: ActivePrincipals
  /** How long a session lives without being used, ms. */
  readonly sessionLife: number
}

/**
 * The cache of all accounts, so that saying who somebody is reads no database. It is what the store says, read again
 * after each change, also of the command line; who has lost rights by it is cut off at once.
 */
export class AccountCache {
  readonly #parts: AccountCacheParts
  #accounts = new AccountIndex()
  readonly #lastUsed: LastUsed
  readonly #queue = new SerialQueue()
  /** Reading again waits for its turn. */
  #isAsked = false
  #cancelRetry: (() => void) | undefined
  readonly #cancels: (() => void)[] = []
  #isClosed = false

  constructor(parts: AccountCacheParts) {
    this.#parts = parts
    this.#lastUsed = new LastUsed(parts.store)
  }

  /** Reads everything, and from then on whatever others write. */
  async open(): Promise<void> {
    const { changes, clock } = this.#parts
    // First, or what is changed between reading and listening would be missed.
    this.#cancels.push(changes.subscribe('accounts', () => this.#readAgain()))
    try {
      await this.reload()
    } catch (error) {
      this.#stop()
      throw error
    }
    this.#cancels.push(
      every(clock, WRITE_MS, () => this.#writeLastUsed().catch(this.#failed)),
      every(clock, PURGE_MS, () => this.#purge().catch(this.#failed)),
    )
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    this.#stop()
    await this.#queue.run(() => this.#writeLastUsed())
  }

  get users(): readonly User[] {
    return this.#accounts.users
  }

  get sessions(): readonly Session[] {
    return this.#accounts.sessions
  }

  get keys(): readonly ApiKey[] {
    return this.#accounts.keys
  }

  get links(): readonly ShareLink[] {
    return this.#accounts.links
  }

  /** The newest first. */
  get signingKeys(): readonly SigningKey[] {
    return this.#accounts.signingKeys
  }

  user(id: number): User | undefined {
    return this.#accounts.user(id)
  }

  userNamed(username: string): User | undefined {
    return this.#accounts.userNamed(username)
  }

  session(id: string): Session | undefined {
    return this.#accounts.session(id)
  }

  sessionByCookie(cookieHash: string): Session | undefined {
    return this.#accounts.sessionByCookie(cookieHash)
  }

  keyByHash(hash: string): ApiKey | undefined {
    return this.#accounts.keyByHash(hash)
  }

  linkByHash(hash: string): ShareLink | undefined {
    return this.#accounts.linkByHash(hash)
  }

  isRevoked(tokenId: string): boolean {
    return this.#accounts.isRevoked(tokenId)
  }

  /** Remembers that a session was used now, which a cookie's lives on by. */
  touchSession(session: Session): void {
    const now = this.#parts.clock.now()
    if (!isUseNew(session.lastUsedAt, now)) return
    const expiresAt = session.cookieHash === undefined ? session.expiresAt : now + this.#parts.sessionLife
    this.putSession({ ...session, lastUsedAt: now, expiresAt })
    this.#lastUsed.session(session)
  }

  touchKey(key: ApiKey): void {
    const now = this.#parts.clock.now()
    if (!isUseNew(key.lastUsedAt, now)) return
    this.#accounts.putKey({ ...key, lastUsedAt: now })
    this.#lastUsed.key(key)
  }

  touchLink(link: ShareLink): void {
    const now = this.#parts.clock.now()
    if (!isUseNew(link.lastUsedAt, now)) return
    this.#accounts.putLink({ ...link, lastUsedAt: now })
    this.#lastUsed.link(link)
  }

  /** Takes over a session as the store has got it, without reading all again: people log in often. */
  putSession(session: Session): void {
    this.#accounts.putSession(session)
    this.#parts.principals.extend(credentialOfSession(session.id), session.expiresAt)
  }

  /** The same for a token that was signed elsewhere and is revoked. */
  revokeToken(id: string, expiresAt: number): void {
    this.#accounts.addRevokedToken(id, expiresAt)
    this.#parts.principals.end(credentialOfToken(id), 'signed out')
  }

  /**
   * Ends sessions, the same way. To be called before the store is asked, so that nothing goes through meanwhile.
   * @param reason a sentence for whoever is cut off
   */
  removeSessions(ids: readonly string[], reason: string): void {
    for (const id of ids) {
      this.#accounts.removeSession(id)
      this.#parts.principals.end(credentialOfSession(id), reason)
    }
  }

  /** Reads everything again and cuts off whoever has lost what it had. When it fails it is tried again. */
  reload(): Promise<void> {
    return this.#queue.run(() => this.#read())
  }

  /** The same for what others have changed: once for all that is heard until its turn comes. */
  #readAgain(): void {
    if (this.#isAsked) return
    this.#isAsked = true
    const reading = this.#queue.run(() => {
      this.#isAsked = false
      return this.#read()
    })
    reading.catch(this.#failed)
  }

  async #read(): Promise<void> {
    const { store, clock, log, principals } = this.#parts
    this.#cancelRetry?.()
    try {
      await this.#writeLastUsed()
    } catch (error) {
      // While another process writes, reading goes on: who has lost a right must not keep it for that.
      log.error({ err: error }, 'it could not be written who was here last')
    }
    try {
      const state = await store.load()
      const before = this.#accounts
      this.#accounts = new AccountIndex(state)
      const stale = staleSessions(before, this.#accounts)
      revokeLost(before, this.#accounts, principals)
      this.removeSessions(stale, 'signed out')
      if (stale.length > 0) await store.removeSessions(stale)
    } catch (error) {
      // Somebody may still have here what was taken away there.
      if (!this.#isClosed) this.#cancelRetry = clock.after(RETRY_MS, () => this.#readAgain())
      throw error
    }
  }

  #writeLastUsed(): Promise<void> {
    return this.#lastUsed.write(this.#accounts)
  }

  async #purge(): Promise<void> {
    const { store, clock, sessionLife } = this.#parts
    await purgeExpired(store, clock.now(), sessionLife)
    await this.reload()
  }

  #stop(): void {
    this.#isClosed = true
    this.#cancelRetry?.()
    for (const cancel of this.#cancels) cancel()
  }

  readonly #failed = (error: unknown): void => {
    this.#parts.log.error({ err: error }, 'the accounts could not be read or written')
  }
}

/** How soon the store is read again when that has failed, ms. */
const RETRY_MS = 250
/** How often it is written when somebody was last here, ms. */
const WRITE_MS = 30_000
const PURGE_MS = 3_600_000
