import { type AccountStore, ROLES, type Session, type User } from '../core/account-store.ts'
import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import type { AccountCache } from './account-cache.ts'
import type { AuditTrail } from './audit-trail.ts'
import type { LoginThrottle } from './login-throttle.ts'
import type { PasswordHasher } from './password-hasher.ts'
import { digestOf, randomText } from './secrets.ts'
import type { Tokens } from './tokens.ts'

/** The program that somebody signs in with. */
export interface ClientInfo {
  /** An IP address. */
  readonly address: string
  /** What the program calls itself. */
  readonly agent: string
}

/** A name and a password, as they were typed. */
export interface LoginCredentials {
  readonly username: string
  readonly password: string
}

/** What a program gets that has logged in. */
export interface TokenPair {
  readonly accessToken: string
  readonly refreshToken: string
}

/** What `Sessions` is handed. */
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

/** Signs people and programs in and out. */
export class Sessions {
  readonly #parts: SessionsParts

  constructor(parts: SessionsParts) {
    this.#parts = parts
  }

  /** Of a user, the newest first. */
  of(userId: number): readonly Session[] {
    const mine = this.#parts.cache.sessions.filter((session) => session.userId === userId)
    return mine.sort((a, b) => b.lastUsedAt - a.lastUsedAt)
  }

  /**
   * Signs a program in.
   * @throws Refusal `unauthenticated`, `forbidden` in the contract's words; `limited` after too many attempts
   */
  async login(credentials: LoginCredentials, client: ClientInfo): Promise<TokenPair & { readonly user: User }> {
    const user = await this.#check(credentials, client)
    const session = this.#newSession(user, client, undefined)
    const refresh = await this.#parts.tokens.refresh(user)
    // Signing takes a moment, and what came in between must not leave a sign-in behind.
    if (!this.#isAsBefore(user)) throw new Refusal('unauthenticated', 'Wrong username or password')
    await this.#keep(session, user, client, refresh.id)
    const accessToken = await this.#parts.tokens.access(user, session.id)
    return { accessToken, refreshToken: refresh.token, user }
  }

  /**
   * Signs somebody in on the page.
   * @returns what the cookie holds
   * @throws Refusal as `login`
   */
  async open(credentials: LoginCredentials, client: ClientInfo): Promise<string> {
    return this.openFor(await this.#check(credentials, client), client)
  }

  /**
   * A page session for somebody who has shown who they are.
   * @param user as they are now
   * @returns what the cookie holds
   */
  async openFor(user: User, client: ClientInfo): Promise<string> {
    const cookie = randomText(32)
    await this.#keep(this.#newSession(user, client, digestOf(cookie)), user, client)
    return cookie
  }

  /**
   * Refresh token rotation: gives a new pair of tokens for a refresh token, which is spent by it. One that is spent
   * already has been copied: the whole session is ended, whoever has its newest token.
   * @throws Refusal `unauthenticated` in the contract's words
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
    // Signing takes a moment: somebody may have signed out meanwhile, or used the same token.
    if (!cache.session(session.id) || !this.#isAsBefore(user)) throw unknown
    await store.addRefresh(session.id, next.id, next.expiresAt)
    const now = cache.session(session.id)
    if (!now) throw unknown
    cache.putSession({ ...now, expiresAt: next.expiresAt })
    return { accessToken: await tokens.access(user, session.id), refreshToken: next.token }
  }

  /** Ends the session of a refresh token; one that is not good is passed over. */
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
   * Makes sure that it is really the user who sits there.
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

  /** Ends sessions and closes all that was opened with them. @param reason a sentence for whoever is cut off */
  async end(sessions: readonly Session[], reason: string): Promise<void> {
    const ids = sessions.map(({ id }) => id)
    this.#parts.cache.removeSessions(ids, reason)
    await this.#parts.store.removeSessions(ids)
  }

  /** Ends the session that an access token or a cookie belongs to, as its user wished. */
  async close(session: Session, client: ClientInfo): Promise<void> {
    await this.end([session], 'signed out')
    const who = this.#parts.cache.user(session.userId)?.username ?? ''
    this.#parts.audit.note({ who, address: client.address }, { action: 'session.close' })
  }

  /** Revokes a token that was signed elsewhere. */
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
    // Again when it is its turn: of many at the same time only a few are no way around the wait.
    const check = () => throttle.check(username, address)
    check()
    const user = cache.userNamed(username)
    if (!(await passwords.verify(user?.passwordHash, password, check)) || !user) {
      throttle.failed(username, address)
      throw refused('unauthenticated', 'Wrong username or password')
    }
    throttle.succeeded(username, address)
    // Only who knows the password is told of these.
    if (!user.isActive) throw refused('forbidden', 'User account is inactive')
    if (!ROLES.includes(user.role)) throw refused('forbidden', 'User does not have the required role')
    // The password may have been changed, or the user removed, while it was being checked.
    if (!this.#isAsBefore(user)) throw refused('unauthenticated', 'Wrong username or password')
    return user
  }

  /** Whether a user who was let in would be still. */
  #isAsBefore({ id, passwordHash, role }: User): boolean {
    const now = this.#parts.cache.user(id)
    return now?.passwordHash === passwordHash && now.role === role && now.isActive
  }

  #newSession(user: User, { address, agent }: ClientInfo, cookieHash: string | undefined): Session {
    const now = this.#parts.clock.now()
    return {
      // Without a dot, which ends it in a token (`Tokens.readAccess`).
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
    // Programs that log in at each start and never out leave sessions behind.
    const old = this.of(user.id).slice(MOST_SESSIONS - 1)
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

/** How many sign-ins a user may have; the least used one goes. */
const MOST_SESSIONS = 1000
const MAX_AGENT = 300
