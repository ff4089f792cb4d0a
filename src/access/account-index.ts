import type { AccountState, ApiKey, Revocation, Session, ShareLink, SigningKey, User } from '../core/account-store.ts'
import { nameId } from '../core/stream-name.ts'

/** Lookup tables for accounts: by id, by name, and by the hashes of cookies, keys and links. Does no I/O. */
export class AccountIndex {
  readonly #users: Map<number, User>
  readonly #usersByName: Map<string, User>
  /** By `nameId`; of users from before it was asked for, whose names look the same, the last one. */
  readonly #usersByNameId: Map<string, User>
  readonly #sessions: Map<string, Session>
  readonly #sessionsByCookie: Map<string, Session>
  readonly #keys: Map<string, ApiKey>
  readonly #links: Map<string, ShareLink>
  readonly #revokedTokens: Map<string, number>
  /** Newest first. */
  readonly signingKeys: readonly SigningKey[]

  /** @param state as loaded from the store; empty if left out */
  constructor(state: AccountState = NOTHING) {
    this.#users = new Map(state.users.map((user) => [user.id, user]))
    this.#usersByName = new Map(state.users.map((user) => [user.username, user]))
    this.#usersByNameId = new Map(state.users.map((user) => [nameId(user.username), user]))
    this.#sessions = new Map(state.sessions.map((session) => [session.id, session]))
    this.#sessionsByCookie = new Map(
      state.sessions.flatMap((session) => (session.cookieHash === undefined ? [] : [[session.cookieHash, session]])),
    )
    this.#keys = new Map(state.keys.map((key) => [key.hash, key]))
    this.#links = new Map(state.links.map((link) => [link.hash, link]))
    this.#revokedTokens = new Map(state.revokedTokens.map(({ id, expiresAt }) => [id, expiresAt]))
    this.signingKeys = state.signingKeys
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

  user(id: number): User | undefined {
    return this.#users.get(id)
  }

  /** The user of that name, however it is spelled (`nameId`). */
  userByName(username: string): User | undefined {
    return this.#usersByName.get(username) ?? this.#usersByNameId.get(nameId(username))
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
    return this.#revokedTokens.has(tokenId)
  }

  /** Adds or replaces a session and updates when its user was last seen. */
  putSession(session: Session): void {
    this.#sessions.set(session.id, session)
    if (session.cookieHash !== undefined) this.#sessionsByCookie.set(session.cookieHash, session)
    const user = this.#users.get(session.userId)
    if (user && (user.lastSeenAt ?? 0) < session.lastUsedAt) this.#putUser({ ...user, lastSeenAt: session.lastUsedAt })
  }

  putKey(key: ApiKey): void {
    this.#keys.set(key.hash, key)
  }

  putLink(link: ShareLink): void {
    this.#links.set(link.hash, link)
  }

  /** Takes away what a revocation says; what is gone already is ignored. */
  apply(revocation: Revocation): void {
    switch (revocation.kind) {
      case 'user_changed': {
        const user = this.#users.get(revocation.userId)
        if (user) this.#putUser({ ...user, ...revocation.change })
        return
      }
      case 'user_removed':
        this.#removeUser(revocation.userId)
        return
      case 'credentials':
        removeWhere(this.#keys, ({ ownerId }) => ownerId === revocation.ownerId)
        removeWhere(this.#links, ({ ownerId }) => ownerId === revocation.ownerId)
        return
      case 'key':
        removeWhere(this.#keys, ({ id }) => id === revocation.id)
        return
      case 'link':
        removeWhere(this.#links, ({ id }) => id === revocation.id)
        return
      case 'sessions':
        for (const id of revocation.ids) this.#removeSession(id)
        return
      case 'token':
        this.#revokedTokens.set(revocation.id, revocation.expiresAt)
    }
  }

  #putUser(user: User): void {
    const before = this.#users.get(user.id)
    if (before && before.username !== user.username) this.#forgetName(before)
    this.#users.set(user.id, user)
    this.#usersByName.set(user.username, user)
    this.#usersByNameId.set(nameId(user.username), user)
  }

  #removeUser(id: number): void {
    const user = this.#users.get(id)
    if (!user) return
    this.#users.delete(id)
    this.#forgetName(user)
    for (const session of this.sessions) if (session.userId === id) this.#removeSession(session.id)
  }

  #forgetName({ id, username }: User): void {
    this.#usersByName.delete(username)
    const name = nameId(username)
    if (this.#usersByNameId.get(name)?.id === id) this.#usersByNameId.delete(name)
  }

  #removeSession(id: string): void {
    const session = this.#sessions.get(id)
    this.#sessions.delete(id)
    if (session?.cookieHash !== undefined) this.#sessionsByCookie.delete(session.cookieHash)
  }
}

function removeWhere<Value>(map: Map<string, Value>, condition: (value: Value) => boolean): void {
  for (const [key, value] of map) if (condition(value)) map.delete(key)
}

const NOTHING: AccountState = { users: [], sessions: [], keys: [], links: [], signingKeys: [], revokedTokens: [] }
