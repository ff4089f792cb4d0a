/*
 * What is kept of people, machines and guests who may see and do things, and the store that keeps it. The rules are in
 * `access/`; times are ms since 1970 by this server's clock, `undefined` means never.
 */

/** From the one who may do most. */
export const ROLES = ['admin', 'model_manager', 'user', 'guest'] as const

/** What somebody is here; what it allows is in `access/permissions.ts`. */
export type Role = (typeof ROLES)[number]

/** Somebody with a name and a password. */
export interface User {
  readonly id: number
  readonly username: string
  /** Argon2id, in the PHC string format. */
  readonly passwordHash: string
  readonly role: Role
  readonly isActive: boolean
  /** Whole names, no patterns, sorted. Means nothing for an admin, who has all. */
  readonly labels: readonly string[]
  readonly createdAt: number
  /** Tokens that were signed elsewhere before this moment are no longer good. */
  readonly validFrom: number
  /** When they last used a sign-in of theirs. */
  readonly lastSeenAt: number | undefined
}

/** One sign-in, from then until it is ended: on the page (a cookie) or by a program (a family of tokens). */
export interface Session {
  readonly id: string
  readonly userId: number
  /** SHA-256 of the cookie, base64url; undefined: it has tokens, no cookie. */
  readonly cookieHash: string | undefined
  readonly createdAt: number
  readonly lastUsedAt: number
  readonly expiresAt: number
  /** Where it came from: an IP address, and what the program calls itself. */
  readonly address: string
  readonly agent: string
}

/** What a key for machines opens. */
export type KeyScope = 'publish' | 'view' | 'admin'

/** A named key for a machine. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  /** SHA-256 of the key, base64url. */
  readonly hash: string
  readonly scope: KeyScope
  /** Labels it is good for, with `*` and `?`. */
  readonly labels: readonly string[]
  readonly createdAt: number
  readonly createdBy: string
  readonly expiresAt: number | undefined
  readonly lastUsedAt: number | undefined
}

/** A stream, or with no key all of a label. */
export interface SharedStream {
  readonly label: string
  readonly key?: string | undefined
}

/** A link for people without an account. */
export interface ShareLink {
  readonly id: string
  readonly name: string
  /** SHA-256 of the link's token, base64url. */
  readonly hash: string
  readonly streams: readonly SharedStream[]
  readonly createdAt: number
  readonly createdBy: string
  readonly expiresAt: number
  readonly lastUsedAt: number | undefined
}

/** A secret that tokens are signed with. The newest signs, all verify. */
export interface SigningKey {
  /** Its name in a token's header. */
  readonly id: string
  /** Text; its UTF-8 bytes are the key. */
  readonly secret: string
  readonly createdAt: number
}

/** All that is needed to say who somebody is and what they may do: small enough to be kept at hand as a whole. */
export interface AccountState {
  /** By their names, in the order of UTF-16 code units. */
  readonly users: readonly User[]
  readonly sessions: readonly Session[]
  readonly keys: readonly ApiKey[]
  readonly links: readonly ShareLink[]
  readonly signingKeys: readonly SigningKey[]
  /** Ids of access tokens that were revoked one by one, and when they would have expired. */
  readonly revokedTokens: readonly { readonly id: string; readonly expiresAt: number }[]
}

/** What became of a refresh token that somebody showed. */
export type SpentToken =
  | { readonly kind: 'fresh'; readonly sessionId: string }
  /** It had been spent before: somebody has a copy. */
  | { readonly kind: 'reused'; readonly sessionId: string }
  | { readonly kind: 'unknown' }

/** A new user. */
export type NewUser = Omit<User, 'id' | 'lastSeenAt'>

/** The fields of a user that can change. */
export type UserChange = Partial<Omit<User, 'id' | 'createdAt' | 'lastSeenAt'>>

/** Keeps accounts. Every method settles when it is stored, and rejects with the store's error when it cannot be. */
export interface AccountStore {
  load(): Promise<AccountState>
  /** @returns undefined if the name is taken */
  addUser(user: NewUser): Promise<User | undefined>
  /** @returns false if the new name is taken */
  changeUser(id: number, change: UserChange): Promise<boolean>
  /** Also removes their sessions and preferences. */
  removeUser(id: number): Promise<void>
  /** @param refreshId the first refresh token of a session of tokens */
  addSession(session: Session, refreshId?: string): Promise<void>
  /** Also removes their refresh tokens. */
  removeSessions(ids: readonly string[]): Promise<void>
  /** Marks a refresh token as spent; of two at the same time only one is fresh. */
  spendRefresh(refreshId: string, now: number): Promise<SpentToken>
  /** The session that a refresh token belongs to, spent or not. */
  sessionOfRefresh(refreshId: string): Promise<string | undefined>
  /** The next refresh token of a session, which lives on until then. */
  addRefresh(sessionId: string, refreshId: string, expiresAt: number): Promise<void>
  revokeToken(id: string, expiresAt: number): Promise<void>
  addKey(key: ApiKey): Promise<void>
  removeKey(id: string): Promise<void>
  addLink(link: ShareLink): Promise<void>
  removeLink(id: string): Promise<void>
  addSigningKey(key: SigningKey): Promise<void>
  noteUse(used: LastUse): Promise<void>
  /** Forgets what expired before these moments. */
  purge(before: { readonly tokens: number; readonly links: number; readonly signingKeys: number }): Promise<void>
  /** A user's preferences as they were stored: JSON text. */
  preferences(userId: number): Promise<string | undefined>
  setPreferences(userId: number, json: string): Promise<void>
}

/** What was used, as it is since then. */
export interface LastUse {
  readonly sessions: readonly Pick<Session, 'id' | 'userId' | 'lastUsedAt' | 'expiresAt'>[]
  readonly keys: readonly Pick<ApiKey, 'id' | 'lastUsedAt'>[]
  readonly links: readonly Pick<ShareLink, 'id' | 'lastUsedAt'>[]
}
