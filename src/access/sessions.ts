import { type AccountStore, ROLES, type Session, type User } from '../core/account-store.ts'
import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import type { AccountCache } from './account-cache.ts'
import type { AuditTrail } from './audit-trail.ts'
import type { LoginThrottle } from './login-throttle.ts'
import type { PasswordHasher } from './password-hasher.ts'
import { digestOf, randomText } from './secrets.ts'
import type { Tokens } from './tokens.ts'

/** The client that somebody signs in with. */
export interface ClientInfo {
  /** An IP address. */
  readonly address: string
  /** Its `User-Agent`. */
  readonly agent: string
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
  readonly passwords: PasswordHasher
  readonly tokens: Tokens
  readonly throttle: LoginThrottle
  readonly audit: AuditTrail
  readonly clock: Clock
  /** How long a session lives without being used, ms. */
  readonly life: number
}

/** Login sessions of people (cookie) and programs (tokens): login, refresh, logout. */
export class Sessions {
  readonly #parts: SessionsParts

  constructor(parts: SessionsParts) {
    this.#parts = parts
  }

  /** The sessions of a user, most recently used first. */
  of(userId: number): readonly Session[] {
    const mine = this.#parts.cache.sessions.filter((session) => session.userId === userId)
    return mine.sort((a, b) => b.lastUsedAt - a.lastUsedAt)
  }

  /**
   * Logs a program in.
   * @throws Refusal `unauthenticated` or `forbidden`, with the API contract's messages; `limited` after too many
   *   attempts
   */
  async login(credentials: LoginCredentials, client: ClientInfo): Promise<TokenPair & { readonly user: User }> {
    const user = await this.#check(credentials, client)
    const session = this.#newSession(user, client, undefined)
    const refresh = await this.#parts.tokens.refresh(user)
    // Signing takes a moment: what changed meanwhile must not leave a session behind.
    if (!this.#isAsBefore(user)) throw new Refusal('unauthenticated', 'Wrong username or password')
    await this.#keep(session, user, client, refresh.id)
    const accessToken = await this.#parts.tokens.access(user, session.id)
    return { accessToken, refreshToken: refresh.token, user }
  }

  /** Logs somebody in on the page. @returns the value of the cookie @throws Refusal as `login` */
  async open(credentials: LoginCredentials, client: ClientInfo): Promise<string> {
    return this.openFor(await this.#check(credentials, client), client)
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
   * again it has been copied, so the whole session is ended.
   * @throws Refusal `unauthenticated`, with the API contract's messages
   */
  async refresh(refreshToken: string, client: ClientInfo): Promise<TokenPair> {
    const { store, cache, tokens, audit, clock } = this.#parts
    const spent = await store.spendRefresh(await tokens.readRefresh(refreshToken), clock.now())
    const unknown = new Refusal('unauthenticated', 'Refresh token not recognised')
    if (spent.kind === 'unknown') throw unknown
    const session = cache.session(spent.sessionId)
    const user = session && cache.user(session.userId)
    if (!session || !user?.isActive) throw unknown
    if (spent.kind === 'reused') {
      await this.end([session], 'a refresh token of this session was used twice')
      const actor = { who: user.username, address: client.address }
      const detail = 'a spent refresh token was used again; its session is ended'
      throw audit.noteRefusal(actor, { action: 'token.reuse', outcome: 'refused', detail }, unknown)
    }
    const next = await tokens.refresh(user)
    // Signing takes a moment: the user may have signed out meanwhile, or the token been used again.
    if (!cache.session(session.id) || !this.#isAsBefore(user)) throw unknown
    await store.addRefresh(session.id, next.id, next.expiresAt)
    const now = cache.session(session.id)
    if (!now) throw unknown
    cache.putSession({ ...now, expiresAt: next.expiresAt })
    return { accessToken: await tokens.access(user, session.id), refreshToken: next.token }
  }

  /** Ends the session of a refresh token; an invalid token is ignored. */
  async closeByRefresh(refreshToken: string, client: ClientInfo): Promise<void> {
    const { store, cache, tokens } = this.#parts
    const id = await tokens.readRefresh(refreshToken).catch((error: unknown) => {
      if (error instanceof Refusal) return undefined
      throw error
    })
    const sessionId = id === undefined ? undefined : await store.sessionOfRefresh(id)
    const session = sessionId === undefined ? undefined : cache.session(sessionId)
    if (session) await this.close(session, client)
  }

  /**
   * Verifies the current password of a user who is signed in (re-authentication).
   * @throws Refusal `forbidden`; `limited` after too many attempts
   */
  async checkPassword(user: User, password: string, { address }: ClientInfo): Promise<void> {
    const { passwords, throttle } = this.#parts
    const check = () => throttle.check(user.username, address)
    check()
    if (await passwords.verify(user.passwordHash, password, check)) return
    throttle.failed(user.username, address)
    throw new Refusal('forbidden', 'The current password is wrong.')
  }

  /** Ends sessions and closes everything opened with them. @param reason a sentence for the client */
  async end(sessions: readonly Session[], reason: string): Promise<void> {
    const ids = sessions.map(({ id }) => id)
    this.#parts.cache.removeSessions(ids, reason)
    await this.#parts.store.removeSessions(ids)
  }

  /** Logs out: ends the session that an access token or a cookie belongs to. */
  async close(session: Session, client: ClientInfo): Promise<void> {
    await this.end([session], 'signed out')
    const who = this.#parts.cache.user(session.userId)?.username ?? ''
    this.#parts.audit.note({ who, address: client.address }, { action: 'session.close' })
  }

  /** Revokes an access token that was signed by others. */
  async revoke(token: { readonly id: string; readonly expiresAt: number }): Promise<void> {
    this.#parts.cache.revokeToken(token.id, token.expiresAt)
    await this.#parts.store.revokeToken(token.id, token.expiresAt)
  }

  async #check({ username, password }: LoginCredentials, { address }: ClientInfo): Promise<User> {
    const { cache, passwords, throttle, audit } = this.#parts
    const actor = { who: username, address }
    const refused = (code: 'unauthenticated' | 'forbidden', detail: string) => {
      const outcome = code === 'forbidden' ? 'refused' : 'failed'
      return audit.noteRefusal(actor, { action: 'session.open', outcome, detail }, new Refusal(code, detail))
    }
    // Checked again when it is its turn, so that concurrent attempts cannot bypass the wait.
    const check = () => throttle.check(username, address)
    check()
    const user = cache.userByName(username)
    if (!(await passwords.verify(user?.passwordHash, password, check)) || !user) {
      throttle.failed(username, address)
      throw refused('unauthenticated', 'Wrong username or password')
    }
    throttle.succeeded(username, address)
    // Only those who know the password may learn these reasons.
    if (!user.isActive) throw refused('forbidden', 'User account is inactive')
    if (!ROLES.includes(user.role)) throw refused('forbidden', 'User does not have the required role')
    // The password may have been changed, or the user removed, while it was being checked.
    if (!this.#isAsBefore(user)) throw refused('unauthenticated', 'Wrong username or password')
    return user
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
    if (old.length > 0) await this.end(old, 'there are newer sign-ins')
    await store.addSession(session, refreshId)
    cache.putSession(session)
    if (!this.#isAsBefore(user)) {
      await this.end([session], 'signed out')
      throw new Refusal('unauthenticated', 'Wrong username or password')
    }
    const detail = session.cookieHash === undefined ? 'tokens' : 'page'
    audit.note({ who: user.username, address: client.address }, { action: 'session.open', detail })
  }
}

/** The maximum number of sessions of a user; the least recently used ones are ended. */
const MAX_SESSIONS = 1000
/** The maximum length of a stored `User-Agent`, in characters. */
const MAX_AGENT = 300
