import type { AccountStore, ApiKey, Revocation, Session, ShareLink, SigningKey, User } from '../core/account-store.ts'
import type { ChangeFeed } from '../core/change-feed.ts'
import { type Clock, every, inTime } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { SerialQueue } from '../core/serial-queue.ts'
import { AccountIndex } from './account-index.ts'
import type { ActivePrincipals } from './active-principals.ts'
import { credentialOfSession } from './credential-ids.ts'
import { isUseNew, LastUsed } from './last-used.ts'
import { type PendingRevocation, PendingRevocations, type RevocationMark } from './pending-revocations.ts'
import { enforce, revokeLost, SIGNED_OUT, staleSessions } from './revocation.ts'

/** What the cache needs. */
export interface AccountCacheParts {
  readonly store: AccountStore
  /** Changes that others make in the store. */
  readonly changes: ChangeFeed
  readonly clock: Clock
  readonly log: Log
  readonly principals: ActivePrincipals
  /** How long a session lives without being used, ms. */
  readonly sessionLife: number
}

/**
 * In-memory cache of all accounts, so that authentication needs no database query. It is reloaded from the store after
 * each change, including those of the command line; whoever has lost access by a change is disconnected at once. What
 * is taken away here is in force at once and stored afterwards (`AccountChanges`).
 */
export class AccountCache {
  readonly #parts: AccountCacheParts
  #accounts = new AccountIndex()
  readonly #lastUsed: LastUsed
  readonly #pending: PendingRevocations
  /** Reads and writes of the store run one after another: what is stored next must see the result of what was before. */
  readonly #queue = new SerialQueue()
  /** Whether a reload is queued already. */
  #isReloadQueued = false
  /** The last reload after changes by others, until it is done. */
  #reloading: Promise<void> | undefined
  #cancelRetry: (() => void) | undefined
  readonly #cancels: (() => void)[] = []
  #isClosed = false

  constructor(parts: AccountCacheParts) {
    this.#parts = parts
    this.#lastUsed = new LastUsed(parts.store)
    const { store, clock, log } = parts
    this.#pending = new PendingRevocations({ store, clock, log, retry: () => this.#storeInBackground() })
  }

  /** Loads everything and subscribes to changes by others. @throws the store's error when it cannot be read */
  async open(): Promise<void> {
    const { changes, clock } = this.#parts
    // Before loading, or a change in between would be missed.
    this.#cancels.push(changes.subscribe('accounts', () => this.#queueReload()))
    try {
      await this.reload()
    } catch (error) {
      this.#stop()
      throw error
    }
    this.#cancels.push(every(clock, WRITE_MS, () => this.#writeLastUsed().catch(this.#failed)))
  }

  /** Stops, and writes what is pending. */
  async close(): Promise<void> {
    this.#stop()
    // A failure has been logged; there is no later.
    // One attempt of its own, since whatever waits may just have given up.
    await this.inTurn(() => this.writeRevocations(this.revocationMark)).catch(() => {})
    await this.#queue.run(() => this.#writeLastUsed()).catch(this.#failed)
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

  /** Newest first. */
  get signingKeys(): readonly SigningKey[] {
    return this.#accounts.signingKeys
  }

  user(id: number): User | undefined {
    return this.#accounts.user(id)
  }

  userByName(username: string): User | undefined {
    return this.#accounts.userByName(username)
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

  /** Records that a session was used now, which extends a cookie session. */
  touchSession(session: Session): void {
    const now = this.#parts.clock.now()
    if (!isUseNew(session.lastUsedAt, now)) return
    const expiresAt = session.cookieHash === undefined ? session.expiresAt : now + this.#parts.sessionLife
    this.putSession({ ...session, lastUsedAt: now, expiresAt })
    this.#lastUsed.session(session)
  }

  /** Records that an API key was used now. */
  touchKey(key: ApiKey): void {
    const now = this.#parts.clock.now()
    if (!isUseNew(key.lastUsedAt, now)) return
    this.#accounts.putKey({ ...key, lastUsedAt: now })
    this.#lastUsed.key(key)
  }

  /** Records that a share link was used now. */
  touchLink(link: ShareLink): void {
    const now = this.#parts.clock.now()
    if (!isUseNew(link.lastUsedAt, now)) return
    this.#accounts.putLink({ ...link, lastUsedAt: now })
    this.#lastUsed.link(link)
  }

  /** Adds or replaces a session that is already stored, without a reload: people log in often. */
  putSession(session: Session): void {
    this.#accounts.putSession(session)
    this.#parts.principals.extend(credentialOfSession(session.id), session.expiresAt)
  }

  /** Puts revocations in force that are stored already, and disconnects whoever has lost access. */
  apply(revocations: readonly Revocation[]): void {
    for (const revocation of revocations) enforce(revocation, this.#accounts, this.#parts.principals)
  }

  /** The same for revocations that are not stored yet; they stay in force until they are. */
  revoke(revocations: readonly Revocation[]): PendingRevocation {
    const pending = this.#pending.add(revocations)
    this.apply(revocations)
    return pending
  }

  /** The revocations up to now. */
  get revocationMark(): RevocationMark {
    return this.#pending.mark
  }

  /** Why revocations could not be stored, as a sentence for the operator; undefined if all are. */
  get problem(): string | undefined {
    return this.#pending.problem
  }

  /**
   * Stores the revocations up to now. If it fails it is retried.
   * @throws the store's error, also when an attempt fails while this one waits for its turn
   */
  storeRevocations(): Promise<void> {
    const mark = this.revocationMark
    return this.inTurn(() => this.writeRevocations(mark))
  }

  /** Runs `work` when no other work reads or writes the store. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#queue.run(work)
  }

  /** The same for those up to a mark, which was made when the turn was asked for; to be called `inTurn`. */
  async writeRevocations(mark: RevocationMark): Promise<void> {
    if (await this.#pending.write(mark)) await this.loadInTurn()
  }

  /**
   * Reloads everything and disconnects whoever has lost access. If it fails it is retried.
   * @throws the store's error
   */
  reload(): Promise<void> {
    return this.inTurn(() => this.loadInTurn())
  }

  /**
   * For whoever brings a credential that is not known: another server may just have stored it. Waits for what others have
   * changed, if anything, but not for long.
   * @returns whether there was something
   */
  async catchUp(): Promise<boolean> {
    const { changes, clock } = this.#parts
    changes.check()
    if (!this.#reloading) return false
    await inTime(clock, CATCH_UP_MS, this.#reloading, () => {})
    return true
  }

  /** A reload after changes by others; all changes until it starts share one reload. */
  #queueReload(): void {
    if (this.#isReloadQueued) return
    this.#isReloadQueued = true
    const reading = this.inTurn(() => {
      this.#isReloadQueued = false
      return this.loadInTurn()
    })
    const done = reading.catch(this.#failed).then(() => {
      if (this.#reloading === done) this.#reloading = undefined
    })
    this.#reloading = done
  }

  /** As `reload`, to be called `inTurn`. */
  async loadInTurn(): Promise<void> {
    const { store, clock, principals } = this.#parts
    this.#cancelRetry?.()
    try {
      // The last uses are not written first: while another process writes, revocations must take effect nevertheless.
      const state = await store.load()
      const before = this.#accounts
      this.#accounts = new AccountIndex(state)
      this.#lastUsed.carryOver(before, this.#accounts)
      // Or a right that was taken away here, but could not be stored yet, would be back.
      for (const revocation of this.#pending.all) this.#accounts.apply(revocation)
      const ids = staleSessions(before, this.#accounts)
      revokeLost(before, this.#accounts, principals)
      if (ids.length === 0) return
      this.revoke([{ kind: 'sessions', ids, reason: SIGNED_OUT }])
      this.#storeInBackground()
    } catch (error) {
      // Retry, since somebody may still have access here that was revoked there.
      if (!this.#isClosed) this.#cancelRetry = clock.after(RETRY_MS, () => this.#queueReload())
      throw error
    }
  }

  #storeInBackground(): void {
    // A failure is logged by the journal, and retried.
    this.storeRevocations().catch(() => {})
  }

  #writeLastUsed(): Promise<void> {
    return this.#lastUsed.write(this.#accounts)
  }

  #stop(): void {
    this.#isClosed = true
    this.#pending.stop()
    this.#cancelRetry?.()
    for (const cancel of this.#cancels) cancel()
  }

  readonly #failed = (error: unknown): void => {
    this.#parts.log.error({ err: error }, 'the accounts could not be read or written')
  }
}

/** The delay before the store is read again after a failure, ms. */
const RETRY_MS = 250
/** How long a request with an unknown credential waits for a reload, ms. */
const CATCH_UP_MS = 1000
/** How often the last uses are written, ms. */
const WRITE_MS = 30_000
