/*
 * Data model and store interface of accounts: users, sessions, API keys, share links, signing keys. The rules are in
 * `access/`. All times are ms since 1970 by this server's clock; `undefined` means never.
 */

/** From most to least privileged. */
export const ROLES = ['admin', 'model_manager', 'user', 'guest'] as const

/** A user's role; `access/permissions.ts` says what each may do. */
export type Role = (typeof ROLES)[number]

/** A user account with a name and a password. */
export interface User {
  readonly id: number
  readonly username: string
  /** Argon2id, in the PHC string format. */
  readonly passwordHash: string
  readonly role: Role
  readonly isActive: boolean
  /** Exact names (no wildcards), sorted. Ignored for an admin, who may access all labels. */
  readonly labels: readonly string[]
  readonly createdAt: number
  /** Tokens signed by others before this moment are no longer valid. */
  readonly validFrom: number
  /** When the user was last given another name: older tokens signed by others for that name are somebody else's. */
  readonly renamedAt: number | undefined
  /** When any session of theirs was last used. */
  readonly lastSeenAt: number | undefined
}

/**
 * A login session, valid until it expires or is ended: of a browser (a cookie) or of a program (access and refresh
 * tokens).
 */
export interface Session {
  readonly id: string
  readonly userId: number
  /** SHA-256 of the cookie, base64url; undefined for a session with tokens, which has no cookie. */
  readonly cookieHash: string | undefined
  readonly createdAt: number
  readonly lastUsedAt: number
  readonly expiresAt: number
  /** Where the login came from: its IP address and `User-Agent`. */
  readonly address: string
  readonly agent: string
}

/** What an API key may be used for. */
export type KeyScope = 'publish' | 'view' | 'admin'

/** A named API key for a machine. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  /** SHA-256 of the key, base64url. */
  readonly hash: string
  readonly scope: KeyScope
  /** Patterns of the labels it is valid for (`*` and `?` are wildcards). */
  readonly labels: readonly string[]
  readonly createdAt: number
  /** The name of its maker at that time. */
  readonly createdBy: string
  /**
   * The id of the user who made it, or whose key made it; undefined if no user did. It stays when the user is removed,
   * since ids are not given out again.
   */
  readonly ownerId: number | undefined
  readonly expiresAt: number | undefined
  readonly lastUsedAt: number | undefined
}

/** A stream or, without a key, all streams of a label. */
export interface SharedStream {
  readonly label: string
  readonly key?: string | undefined
}

/** A link that gives people without an account access to some streams. */
export interface ShareLink {
  readonly id: string
  readonly name: string
  /** SHA-256 of the link's token, base64url. */
  readonly hash: string
  readonly streams: readonly SharedStream[]
  /** Whether it shows all that came with the pictures: metadata, values, data of events. */
  readonly showsMetadata: boolean
  readonly createdAt: number
  /** The name of its maker at that time. */
  readonly createdBy: string
  /** As for a key. */
  readonly ownerId: number | undefined
  readonly expiresAt: number
  readonly lastUsedAt: number | undefined
}

/** A secret that tokens are signed with. The newest key signs; any of them verifies. */
export interface SigningKey {
  /** The `kid` in a token's header. */
  readonly id: string
  /** The HMAC key, as text: its UTF-8 bytes are used. */
  readonly secret: string
  readonly createdAt: number
}

/** Everything needed for authentication and authorization; small enough to be cached as a whole. */
export interface AccountState {
  /** Sorted by name, in the order of UTF-16 code units. */
  readonly users: readonly User[]
  readonly sessions: readonly Session[]
  readonly keys: readonly ApiKey[]
  readonly links: readonly ShareLink[]
  readonly signingKeys: readonly SigningKey[]
  /** Ids of access tokens that were revoked individually, and when they would have expired. */
  readonly revokedTokens: readonly { readonly id: string; readonly expiresAt: number }[]
}

/** The result of replacing a refresh token; `reused`: it is not the current one, so somebody has a copy of it. */
export type RefreshOutcome = 'replaced' | 'reused' | 'unknown'

/** A user to be added. */
export type NewUser = Omit<User, 'id' | 'renamedAt' | 'lastSeenAt'>

/** The fields of a user that can be changed. */
export type UserChange = Partial<Omit<User, 'id' | 'createdAt' | 'lastSeenAt'>>

/**
 * Something that is taken away from somebody. It is data, so that it can be in force before it is stored
 * (`access/pending-revocations.ts`). Applying one twice changes nothing more.
 */
export type Revocation =
  /** A user is disabled, demoted, given another password or other labels; not renamed. */
  | { readonly kind: 'user_changed'; readonly userId: number; readonly change: Omit<UserChange, 'username'> }
  /** A user is removed, with all their sessions and preferences. */
  | { readonly kind: 'user_removed'; readonly userId: number }
  /** All keys and links of a user are revoked. */
  | { readonly kind: 'credentials'; readonly ownerId: number }
  | { readonly kind: 'key'; readonly id: string }
  | { readonly kind: 'link'; readonly id: string }
  /** Sessions end, with their refresh tokens; `reason` is for whoever has something open with them, and is not stored. */
  | { readonly kind: 'sessions'; readonly ids: readonly string[]; readonly reason: string }
  /** A token signed by others is revoked; `expiresAt` is when it would have expired. */
  | { readonly kind: 'token'; readonly id: string; readonly expiresAt: number }

/**
 * Stores accounts. Every promise resolves once the change is stored, and rejects with the store's error otherwise. What
 * may give a right takes a `check`: whether it is still allowed, asked once nothing has to be waited for before it is
 * written. What it throws is thrown, and nothing is stored.
 */
export interface AccountStore {
  /** The current state of all accounts, read consistently. */
  load(): Promise<AccountState>
  /** Adds a user. @returns undefined if the name is taken, in whatever spelling (`nameId`) */
  addUser(user: NewUser, check: () => void): Promise<User | undefined>
  /** @returns false if the new name is taken */
  changeUser(id: number, change: UserChange, check: () => void): Promise<boolean>
  /**
   * Takes away all that the revocations say, or nothing.
   * @returns false if no active admin would be left, whatever other processes change at the same time: nothing is
   *   stored then
   */
  revoke(revocations: readonly Revocation[]): Promise<boolean>
  /** Adds a session. @param refreshId id of its first refresh token, for a session with tokens */
  addSession(session: Session, refreshId?: string): Promise<void>
  /**
   * Replaces the current refresh token of a session by the next one and extends the session until that expires. Atomic:
   * of concurrent calls with the same token only one replaces it.
   * @returns `reused` if it is not the current one, `unknown` if the session does not exist; then nothing changes
   */
  replaceRefresh(
    sessionId: string,
    refreshId: string,
    next: { readonly id: string; readonly expiresAt: number },
  ): Promise<RefreshOutcome>
  /** The session whose current refresh token this is; undefined if there is none. */
  sessionOfRefresh(refreshId: string): Promise<string | undefined>
  addKey(key: ApiKey, check: () => void): Promise<void>
  addLink(link: ShareLink, check: () => void): Promise<void>
  /** Adds a signing key, which signs from then on. */
  addSigningKey(key: SigningKey, check: () => void): Promise<void>
  /** The same if there is none yet. Atomic: of several servers that start at the same time, one adds its key. */
  addFirstSigningKey(key: SigningKey): Promise<void>
  /** Records when sessions, keys and links were last used. */
  noteUse(used: LastUse): Promise<void>
  /** Deletes what expired before these moments, and signing keys whose successor is older than that. */
  purge(before: { readonly tokens: number; readonly links: number; readonly signingKeys: number }): Promise<void>
  /** A user's preferences as stored (JSON text); undefined if there are none. */
  preferences(userId: number): Promise<string | undefined>
  /** Stores a user's preferences (JSON text). */
  setPreferences(userId: number, json: string, check: () => void): Promise<void>
}

/** The last use of sessions, keys and links. */
export interface LastUse {
  readonly sessions: readonly Pick<Session, 'id' | 'userId' | 'lastUsedAt' | 'expiresAt'>[]
  readonly keys: readonly Pick<ApiKey, 'id' | 'lastUsedAt'>[]
  readonly links: readonly Pick<ShareLink, 'id' | 'lastUsedAt'>[]
}
