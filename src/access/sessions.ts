import { type AccountStore, type Revocation, ROLES, type Session, type User } from '../core/account-store.ts'
import type { Clock } from '../core/clock.ts'
import { limited, Refusal } from '../core/errors.ts'
import { RateLimiter } from '../core/rate-limiter.ts'
import type { AccountCache } from './account-cache.ts'
import { type AccountChanges, ignoreNotStored } from './account-changes.ts'
import type { AccountWriteLimit } from './account-write-limit.ts'
import type { AuditTrail } from './audit-trail.ts'
import type { LoginThrottle } from './login-throttle.ts'
import type { PasswordHasher } from './password-hasher.ts'
import { SIGNED_OUT } from './revocation.ts'
import { digestOf, randomText } from './secrets.ts'
import type { RefreshClaims, Tokens } from './tokens.ts'

/** The client that somebody signs in with. */
export interface ClientInfo {
  /** An IP address. */
  readonly address: string
  /** Its `User-Agent`. */
  readonly agent: string
  /** Aborted when it disconnects before it has its answer. */
  readonly signal?: AbortSignal | undefined
}

/** User name and password as typed. */
export interface LoginCredentials {
  readonly username: string
  readonly password: string
}

/** The tokens of a program that has logged in. */
export interface TokenPair {
  readonly accessToken: string
  readonly refreshToken: string
}

/** What `Sessions` needs. */
export interface SessionsParts {
  readonly store: AccountStore
  readonly cache: AccountCache
  readonly changes: AccountChanges
  readonly passwords: PasswordHasher
  readonly tokens: Tokens
  readonly throttle: LoginThrottle
  readonly audit: AuditTrail
  readonly clock: Clock
  /** How long a session lives without being used, ms. */
  readonly life: number
  /** How often a session may exchange its refresh token. */
  readonly refreshesPerMinute: number
  readonly writeLimit: AccountWriteLimit
}

/** Login sessions of people (cookie) and programs (tokens): login, refresh, logout. */
export class Sessions {
  readonly #parts: SessionsParts
  /** By the session's id. */
  readonly #refreshes: RateLimiter

  constructor(parts: SessionsParts) {
    this.#parts = parts
    this.#refreshes = new RateLimiter({ amount: parts.refreshesPerMinute, period: 60_000 }, parts.clock)
  }

  /** The sessions of a user, most recently used first. */
  of(userId: number): readonly Session[] {
    const mine = this.#parts.cache.sessions.filter((session) => session.userId === userId)
    return mine.sort((a, b) => b.lastUsedAt - a.lastUsedAt)
  }

  /**
   * Logs a program in.
   * @throws Refusal `unauthenticated` or `forbidden`, with the API contract's messages; `limited` after too many
   *   attempts, or sign-ins of the user; the reason of the client's signal
   */
  async login(credentials: LoginCredentials, client: ClientInfo): Promise<TokenPair & { readonly user: User }> {
    const user = await this.#check(credentials, client)
    const session = this.#newSession(user, client, undefined)
    const refresh = await this.#parts.tokens.refresh(user, session.id)
    // Signing takes a moment: what changed meanwhile must not leave a session behind.
    if (!this.#isAsBefore(user)) throw new Refusal('unauthenticated', 'Wrong username or password')
    this.#parts.writeLimit.take(user)
    await this.#keep(session, user, client, refresh.id)
    const accessToken = await this.#parts.tokens.access(user, session.id)
    return { accessToken, refreshToken: refresh.token, user }
  }

  /** Logs somebody in on the page. @returns the value of the cookie @throws Refusal as `login` */
  async open(credentials: LoginCredentials, client: ClientInfo): Promise<string> {
    const user = await this.#check(credentials, client)
    this.#parts.writeLimit.take(user)
    return this.openFor(user, client)
  }

  /**
   * Opens a page session for an authenticated user.
   * @param user current state of the account
   * @returns the value of the cookie
   */
  async openFor(user: User, client: ClientInfo): Promise<string> {
    const cookie = randomText(32)
    await this.#keep(this.#newSession(user, client, digestOf(cookie)), user, client)
    return cookie
  }

  /**
   * Refresh token rotation: exchanges a refresh token for a new pair of tokens; it can be used only once. If it is used
   * again it has been copied, so the whole session is ended. A token names its session, of which only the current token
   * is kept: every other one has been used.
   * @throws Refusal `unauthenticated`, with the API contract's messages; `limited` when the session does so too often
   */
  async refresh(refreshToken: string, client: ClientInfo): Promise<TokenPair> {
    const { store, cache, tokens, audit } = this.#parts
    const spent = await tokens.readRefresh(refreshToken)
    const session = await this.#sessionOf(spent)
    const user = session && cache.user(session.userId)
    const unknown = new Refusal('unauthenticated', 'Refresh token not recognised')
    if (!session || !user?.isActive) throw unknown
    this.#checkRefreshRate(session)
    const next = await tokens.refresh(user, session.id)
    // Signing takes a moment: the user may have signed out meanwhile.
    if (!cache.session(session.id) || !this.#isAsBefore(user)) throw unknown
    this.#parts.writeLimit.take(user)
    const outcome = await store.replaceRefresh(session.id, spent.id, next)
    if (outcome === 'reused') {
      // In force even if it cannot be stored, and the answer is the same.
      await this.end([session], 'a refresh token of this session was used twice').catch(ignoreNotStored)
      const actor = { who: user.username, address: client.address }
      const detail = 'a spent refresh token was used again; its session is ended'
      throw audit.noteRefusal(actor, { action: 'token.reuse', outcome: 'refused', detail }, unknown)
    }
    // Another token may have been used again meanwhile, which ended the session.
    const now = cache.session(session.id)
    if (outcome === 'unknown' || !now) throw unknown
    cache.putSession({ ...now, expiresAt: next.expiresAt })
    return { accessToken: await tokens.access(user, session.id), refreshToken: next.token }
  }

  /** Ends the session of a refresh token; an invalid token is ignored. */
  async closeByRefresh(refreshToken: string, client: ClientInfo): Promise<void> {
    const token = await this.#parts.tokens.readRefresh(refreshToken).catch((error: unknown) => {
      if (error instanceof Refusal) return undefined
      throw error
    })
    const session = token && (await this.#sessionOf(token))
    if (session) await this.close(session, client)
  }

  /**
   * Verifies the current password of a user who is signed in (re-authentication).
   * @throws Refusal `forbidden`; `limited` after too many attempts; the reason of the client's signal
   */
  async checkPassword(user: User, password: string, { address, signal }: ClientInfo): Promise<void> {
    const { cache, passwords, throttle } = this.#parts
    const attempt = { address, signal, userId: user.id, isAdmin: user.role === 'admin', isSignedIn: true }
    const isRight = await throttle.run(attempt, (requester, gate) =>
      passwords.verify(cache.user(user.id)?.passwordHash, password, requester, gate),
    )
    if (!isRight) throw new Refusal('forbidden', 'The current password is wrong.')
  }

  /**
   * Ends sessions and closes everything opened with them.
   * @param reason a sentence for the client
   * @throws Refusal `not_stored` when it is in force only
   */
  end(sessions: readonly Session[], reason: string): Promise<void> {
    return this.#parts.changes.revoke([endOf(sessions, reason)])
  }

  /**
   * Logs out: ends the session that an access token or a cookie belongs to.
   * @throws Refusal `not_stored` when it is in force only
   */
  async close(session: Session, client: ClientInfo): Promise<void> {
    const { cache, changes } = this.#parts
    const actor = { who: cache.user(session.userId)?.username ?? '', address: client.address }
    await changes.revoke([endOf([session], SIGNED_OUT)], { actor, actions: [{ action: 'session.close' }] })
  }

  /** Revokes an access token that was signed by others. @throws Refusal `not_stored` when it is in force only */
  revoke(token: { readonly id: string; readonly expiresAt: number }): Promise<void> {
    return this.#parts.changes.revoke([{ kind: 'token', ...token }])
  }

  async #check({ username, password }: LoginCredentials, { address, signal }: ClientInfo): Promise<User> {
    const { cache, passwords, throttle, audit } = this.#parts
    const actor = { who: username, address }
    const refused = (code: 'unauthenticated' | 'forbidden', detail: string) => {
      const outcome = code === 'forbidden' ? 'refused' : 'failed'
      return audit.noteRefusal(actor, { action: 'session.open', outcome, detail }, new Refusal(code, detail))
    }
    let user = cache.userByName(username)
    const attempt = { address, signal, userId: user?.id, isAdmin: user?.role === 'admin' }
    const isRight = await throttle.run(attempt, (requester, gate) => {
      // The account may have changed during the wait.
      user = cache.userByName(username)
      return passwords.verify(user?.passwordHash, password, requester, gate)
    })
    if (!isRight || !user) throw refused('unauthenticated', 'Wrong username or password')
    // Only those who know the password may learn these reasons.
    if (!user.isActive) throw refused('forbidden', 'User account is inactive')
    if (!ROLES.includes(user.role)) throw refused('forbidden', 'User does not have the required role')
    // The password may have been changed, or the user removed, while it was being checked.
    if (!this.#isAsBefore(user)) throw refused('unauthenticated', 'Wrong username or password')
    return user
  }

  /** The session of a refresh token, if it has not ended. */
  async #sessionOf({ id, sessionId }: RefreshClaims): Promise<Session | undefined> {
    const known = sessionId ?? (await this.#parts.store.sessionOfRefresh(id))
    return known === undefined ? undefined : this.#parts.cache.session(known)
  }

  #checkRefreshRate({ id }: Session): void {
    const { refreshesPerMinute } = this.#parts
    const wait = this.#refreshes.take(id)
    if (wait <= 0) return
    const limit = 'limits.refreshes_per_minute'
    throw limited(
      wait,
      (seconds) => `At most ${refreshesPerMinute} refreshes a minute (${limit}); try again in ${seconds} s.`,
      limit,
    )
  }

  /** Whether the account is unchanged, so that the login still holds. */
  #isAsBefore({ id, passwordHash, role }: User): boolean {
    const now = this.#parts.cache.user(id)
    return now?.passwordHash === passwordHash && now.role === role && now.isActive
  }

  #newSession(user: User, { address, agent }: ClientInfo, cookieHash: string | undefined): Session {
    const now = this.#parts.clock.now()
    return {
      // Without a dot, which ends it in a token's id (`Tokens.readAccess`).
      id: randomText(16),
      userId: user.id,
      cookieHash,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: now + this.#parts.life,
      address,
      agent: agent.slice(0, MAX_AGENT),
    }
  }

  async #keep(session: Session, user: User, client: ClientInfo, refreshId?: string): Promise<void> {
    const { store, cache, audit } = this.#parts
    // Programs that log in at each start and never log out leave sessions behind.
    const old = this.of(user.id).slice(MAX_SESSIONS - 1)
    if (old.length > 0) await this.end(old, 'there are newer sign-ins').catch(ignoreNotStored)
    await store.addSession(session, refreshId)
    cache.putSession(session)
    if (!this.#isAsBefore(user)) {
      await this.end([session], SIGNED_OUT).catch(ignoreNotStored)
      throw new Refusal('unauthenticated', 'Wrong username or password')
    }
    const detail = session.cookieHash === undefined ? 'tokens' : 'page'
    audit.note({ who: user.username, address: client.address }, { action: 'session.open', detail })
  }
}

/** The revocation of sessions. @param reason a sentence for the client */
export function endOf(sessions: readonly Session[], reason: string): Revocation {
  return { kind: 'sessions', ids: sessions.map(({ id }) => id), reason }
}

/** The maximum number of sessions of a user; the least recently used ones are ended. */
const MAX_SESSIONS = 1000
/** The maximum length of a stored `User-Agent`, in characters. */
const MAX_AGENT = 300
