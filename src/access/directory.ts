import type {
  AccountState,
  AccountStore,
  ApiKey,
  LastUse,
  Session,
  ShareLink,
  SigningKey,
  User,
} from '../core/accounts.ts'
import type { ChangeFeed } from '../core/change-feed.ts'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { Turns } from '../core/turns.ts'
import {
  credentialOfKey,
  credentialOfLink,
  credentialOfSession,
  credentialOfToken,
  principalOfUser,
} from './credentials.ts'
import type { Principals } from './principals.ts'

/** What the directory is handed. */
export interface DirectoryParts {
  readonly store: AccountStore
  /** What others change in the store. */
  readonly changes: ChangeFeed
  readonly clock: Clock
  readonly log: Log
  readonly principals: Principals
  /** How long a session lives without being used, ms. */
  readonly sessionLife: number
}

/**
 * All accounts at hand, so that saying who somebody is reads no database. It is what the store says, read again after
 * each change, also of the command line; who has lost rights by it is cut off at once.
 */
export class Directory {
  readonly #parts: DirectoryParts
  #users = new Map<number, User>()
  #usersByName = new Map<string, User>()
  #sessions = new Map<string, Session>()
  #sessionsByCookie = new Map<string, Session>()
  #keys = new Map<string, ApiKey>()
  #links = new Map<string, ShareLink>()
  #signingKeys: readonly SigningKey[] = []
  #revoked = new Map<string, number>()
  /** What was used since it was last written down: hashes of keys and links, ids of sessions. */
  readonly #used = { sessions: new Set<string>(), keys: new Set<string>(), links: new Set<string>() }
  readonly #turns = new Turns()
  /** Reading again waits for its turn. */
  #isAsked = false
  #cancelRetry: (() => void) | undefined
  readonly #cancels: (() => void)[] = []
  #isClosed = false

  constructor(parts: DirectoryParts) {
    this.#parts = parts
  }

  /** Reads everything, and from then on whatever others write. */
  async open(): Promise<void> {
    // First, or what is changed between reading and listening would be missed.
    this.#cancels.push(this.#parts.changes.subscribe('accounts', () => this.#readAgain()))
    try {
      await this.reload()
    } catch (error) {
      this.#stop()
      throw error
    }
    this.#every(NOTE_MS, () => this.#noteUse())
    this.#every(PURGE_MS, () => this.#purge())
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    this.#stop()
    await this.#turns.run(() => this.#noteUse())
  }

  get users(): readonly User[] {
    return [...this.#users.values()]
  }

  get sessions(): readonly Session[] {
    return [...this.#sessions.values()]
  }

  get keys(): readonly ApiKey[] {
    return [...this.#keys.values()]
  }

  get links(): readonly ShareLink[] {
    return [...this.#links.values()]
  }

  /** The newest first. */
  get signingKeys(): readonly SigningKey[] {
    return this.#signingKeys
  }

  user(id: number): User | undefined {
    return this.#users.get(id)
  }

  userNamed(username: string): User | undefined {
    return this.#usersByName.get(username)
  }

  session(id: string): Session | undefined {
    return this.#sessions.get(id)
  }

  sessionByCookie(cookieHash: string): Session | undefined {
    return this.#sessionsByCookie.get(cookieHash)
  }

  keyByHash(hash: string): ApiKey | undefined {
    return this.#keys.get(hash)
  }

  linkByHash(hash: string): ShareLink | undefined {
    return this.#links.get(hash)
  }

  isRevoked(tokenId: string): boolean {
    return this.#revoked.has(tokenId)
  }

  /** Remembers that a session was used now, which a cookie's lives on by. */
  touchSession(session: Session): void {
    const now = this.#parts.clock.now()
    if (now - session.lastUsedAt < USE_STEP_MS) return
    const expiresAt = session.cookieHash === undefined ? session.expiresAt : now + this.#parts.sessionLife
    this.putSession({ ...session, lastUsedAt: now, expiresAt })
    this.#used.sessions.add(session.id)
  }

  touchKey(key: ApiKey): void {
    const now = this.#parts.clock.now()
    if (now - (key.lastUsedAt ?? 0) < USE_STEP_MS) return
    this.#keys.set(key.hash, { ...key, lastUsedAt: now })
    this.#used.keys.add(key.hash)
  }

  touchLink(link: ShareLink): void {
    const now = this.#parts.clock.now()
    if (now - (link.lastUsedAt ?? 0) < USE_STEP_MS) return
    this.#links.set(link.hash, { ...link, lastUsedAt: now })
    this.#used.links.add(link.hash)
  }

  /** Takes over a session as the store has got it, without reading all again: people log in often. */
  putSession(session: Session): void {
    this.#sessions.set(session.id, session)
    if (session.cookieHash !== undefined) this.#sessionsByCookie.set(session.cookieHash, session)
    this.#parts.principals.extend(credentialOfSession(session.id), session.expiresAt)
    const user = this.#users.get(session.userId)
    if (user && (user.lastSeenAt ?? 0) < session.lastUsedAt) this.#putUser({ ...user, lastSeenAt: session.lastUsedAt })
  }

  /** The same for a token that was signed elsewhere and is revoked. */
  revokeToken(id: string, expiresAt: number): void {
    this.#revoked.set(id, expiresAt)
    this.#parts.principals.end(credentialOfToken(id), 'signed out')
  }

  /**
   * Ends sessions, the same way. To be called before the store is asked, so that nothing goes through meanwhile.
   * @param reason a sentence for whoever is cut off
   */
  removeSessions(ids: readonly string[], reason: string): void {
    for (const id of ids) {
      const session = this.#sessions.get(id)
      this.#sessions.delete(id)
      if (session?.cookieHash !== undefined) this.#sessionsByCookie.delete(session.cookieHash)
      this.#parts.principals.end(credentialOfSession(id), reason)
    }
  }

  /** Reads everything again and cuts off whoever has lost what it had. When it fails it is tried again. */
  reload(): Promise<void> {
    return this.#turns.run(() => this.#read())
  }

  /** The same for what others have changed: once for all that is heard until its turn comes. */
  #readAgain(): void {
    if (this.#isAsked) return
    this.#isAsked = true
    const reading = this.#turns.run(() => {
      this.#isAsked = false
      return this.#read()
    })
    reading.catch((error) => this.#parts.log.error({ err: error }, FAILED))
  }

  async #read(): Promise<void> {
    this.#cancelRetry?.()
    try {
      await this.#noteUse()
    } catch (error) {
      // While another process writes, reading goes on: who has lost a right must not keep it for that.
      this.#parts.log.error({ err: error }, 'it could not be written who was here last')
    }
    try {
      const strays = this.#take(await this.#parts.store.load())
      if (strays.length > 0) await this.#parts.store.removeSessions(strays)
    } catch (error) {
      // Somebody may still have here what was taken away there.
      if (!this.#isClosed) this.#cancelRetry = this.#parts.clock.after(RETRY_MS, () => this.#readAgain())
      throw error
    }
  }

  /**
   * @returns sign-ins that must go from the store, too: somebody signed in here by what the command line had just
   *   changed there
   */
  #take(state: AccountState): string[] {
    const before = { users: this.#users, sessions: this.#sessions, keys: this.#keys, links: this.#links }
    this.#users = new Map(state.users.map((user) => [user.id, user]))
    this.#usersByName = new Map(state.users.map((user) => [user.username, user]))
    this.#sessions = new Map(state.sessions.map((session) => [session.id, session]))
    this.#sessionsByCookie = new Map(
      state.sessions.flatMap((session) => (session.cookieHash === undefined ? [] : [[session.cookieHash, session]])),
    )
    this.#keys = new Map(state.keys.map((key) => [key.hash, key]))
    this.#links = new Map(state.links.map((link) => [link.hash, link]))
    this.#signingKeys = state.signingKeys
    this.#revoked = new Map(state.revokedTokens.map(({ id, expiresAt }) => [id, expiresAt]))
    const { principals } = this.#parts
    const strays: string[] = []
    for (const session of before.sessions.values()) {
      const [was, now] = [before.users.get(session.userId), this.#users.get(session.userId)]
      if (this.#sessions.has(session.id) && was?.validFrom !== now?.validFrom) strays.push(session.id)
    }
    for (const user of before.users.values()) {
      const reason = whyEnded(user, this.#users.get(user.id))
      if (reason !== undefined) principals.endAllOf(principalOfUser(user.id), reason)
    }
    for (const id of before.sessions.keys())
      if (!this.#sessions.has(id)) principals.end(credentialOfSession(id), 'signed out')
    for (const [hash, { id }] of before.keys)
      if (!this.#keys.has(hash)) principals.end(credentialOfKey(id), 'this key was revoked')
    for (const [hash, { id }] of before.links)
      if (!this.#links.has(hash)) principals.end(credentialOfLink(id), 'this link was revoked')
    this.removeSessions(strays, 'signed out')
    return strays
  }

  #putUser(user: User): void {
    this.#users.set(user.id, user)
    this.#usersByName.set(user.username, user)
  }

  async #noteUse(): Promise<void> {
    const { sessions, keys, links } = this.#used
    if (sessions.size + keys.size + links.size === 0) return
    const used: LastUse = {
      sessions: this.sessions.filter(({ id }) => sessions.has(id)),
      keys: this.keys.filter(({ hash }) => keys.has(hash)),
      links: this.links.filter(({ hash }) => links.has(hash)),
    }
    for (const one of [sessions, keys, links]) one.clear()
    await this.#parts.store.noteUse(used)
  }

  async #purge(): Promise<void> {
    const now = this.#parts.clock.now()
    await this.#parts.store.purge({
      tokens: now - DAY_MS,
      links: now - LINKS_SHOWN_MS,
      signingKeys: now - this.#parts.sessionLife - DAY_MS,
    })
    await this.reload()
  }

  #stop(): void {
    this.#isClosed = true
    this.#cancelRetry?.()
    for (const cancel of this.#cancels) cancel()
  }

  #every(ms: number, work: () => Promise<void>): void {
    const at = this.#cancels.length
    const again = () => {
      this.#cancels[at] = this.#parts.clock.after(ms, async () => {
        try {
          await work()
        } catch (error) {
          this.#parts.log.error({ err: error }, FAILED)
        }
        if (!this.#isClosed) again()
      })
    }
    again()
  }
}

/** How soon the store is read again when that has failed, ms. */
const RETRY_MS = 250
/** How often it is written when somebody was last here, ms. */
const NOTE_MS = 30_000
const PURGE_MS = 3_600_000
/** How exactly it is known when somebody was last here, ms. */
const USE_STEP_MS = 1000
const FAILED = 'the accounts could not be read or written'
const DAY_MS = 86_400_000
/** How long a link that has ended is still listed. */
const LINKS_SHOWN_MS = 7 * DAY_MS

/** Why what a user had opened must be closed; undefined: it need not. */
function whyEnded(before: User | undefined, now: User | undefined): string | undefined {
  if (!before) return undefined
  if (!now) return 'this account was removed'
  if (!now.isActive) return 'this account was disabled'
  if (now.passwordHash !== before.passwordHash) return 'the password of this account was changed'
  if (now.role !== before.role) return 'the role of this account was changed'
  if (now.username !== before.username) return 'this account was renamed'
  if (now.validFrom !== before.validFrom) return 'signed out'
  if (now.labels.join('\0') !== before.labels.join('\0')) return 'the sites of this account were changed'
  return undefined
}
