import {
  type AccountStore,
  type Revocation,
  ROLES,
  type Role,
  type User,
  type UserChange,
} from '../core/account-store.ts'
import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import { checkNotEnded, hasPriority } from '../core/principal.ts'
import { checkName } from '../core/stream-name.ts'
import type { AccountCache } from './account-cache.ts'
import type { AccountChanges } from './account-changes.ts'
import { type Actor, checkAdministers } from './actor.ts'
import type { AuditedAction, AuditTrail } from './audit-trail.ts'
import { type HashRequester, MIN_PASSWORD_LENGTH, type PasswordHasher } from './password-hasher.ts'
import { ALL_LABELS } from './permissions.ts'
import { SIGNED_OUT } from './revocation.ts'
import { endOf } from './sessions.ts'

/** A user to be added. */
export interface AddedUser {
  readonly username: string
  readonly password: string
  readonly role: Role
  /** Whole labels, or `ALL_LABELS`; undefined: the default ones. */
  readonly labels: readonly string[] | undefined
}

/** Options of what takes rights away from a user. */
export interface TakingAway {
  /** Whether the user's keys and links are revoked with it; default: they live on. */
  readonly revokeCredentials?: boolean | undefined
}

/** What `Users` needs. */
export interface UsersParts {
  readonly store: AccountStore
  readonly cache: AccountCache
  readonly changes: AccountChanges
  readonly passwords: PasswordHasher
  /** The labels of users who are added without a word about theirs. */
  readonly defaultLabels: readonly string[]
  readonly audit: AuditTrail
  readonly clock: Clock
}

/**
 * User management: adds, changes and removes users. Whoever loses access by a change is disconnected before the call
 * returns its promise. The actor is asked right before each change, not only when the request came. All methods that
 * change something throw a Refusal `forbidden` or `unauthenticated` when the actor may not (any more), and `not_stored`
 * when the store fails: its message says whether the change is in force nevertheless (`AccountChanges`).
 */
export class Users {
  readonly #parts: UsersParts

  constructor(parts: UsersParts) {
    this.#parts = parts
  }

  /** Sorted by name. */
  get all(): readonly User[] {
    return this.#parts.cache.users
  }

  /** The user with that id; undefined if there is none. */
  byId(id: number): User | undefined {
    return this.#parts.cache.user(id)
  }

  /** The user with that name. @throws Refusal `not_found` */
  byName(username: string): User {
    return this.#find(username, missing(username))
  }

  /** Adds a user. @throws Refusal `invalid`; `taken` if the name is in use */
  async add(actor: Actor, { username, password, role, labels }: AddedUser): Promise<User> {
    const { store, changes, passwords, audit, clock, defaultLabels } = this.#parts
    checkUsername('username', username)
    // An admin has all, and none of them for the day when the role is another one.
    const given = labels ?? (role === 'admin' ? [] : defaultLabels)
    const wanted = { username, role: checkRole(role), labels: checkLabels(given), isActive: true }
    const passwordHash = await passwords.hash(password, requesterOf(actor))
    const added = await changes.grant(
      () => checkAdministers(actor),
      async (check) => {
        const now = clock.now()
        // A token signed by others for a former user of that name must not be valid.
        const added = { ...wanted, passwordHash, createdAt: now, validFrom: now - CLOCK_SKEW_MS }
        const user = await store.addUser(added, check)
        if (!user) throw new Refusal('taken', 'Failed to add user.')
        return user
      },
    )
    audit.note(actor, { action: 'user.add', target: username, detail: role })
    return added
  }

  /** Removes a user. @throws Refusal `not_found`; `conflict` for the last admin */
  async remove(actor: Actor, username: string, options?: TakingAway): Promise<void> {
    checkAdministers(actor)
    const user = this.#find(username, 'Failed to delete user.')
    this.#keepAnAdmin(user, undefined)
    const removal: Revocation = { kind: 'user_removed', userId: user.id }
    await this.#revoke(actor, user, [removal], [{ action: 'user.remove', target: username }], options)
  }

  /** Renames a user. @throws Refusal `not_found`; `taken`; `invalid` */
  async rename(actor: Actor, username: string, to: string): Promise<void> {
    const { store, changes, audit, clock } = this.#parts
    const failure = 'Failed to update username.'
    await changes.grant(
      () => {
        checkAdministers(actor)
        this.#find(username, failure)
        checkUsername('new_username', to)
      },
      async (check) => {
        const change = { username: to, renamedAt: clock.now() }
        const isRenamed = await store.changeUser(this.#find(username, failure).id, change, check)
        if (!isRenamed) throw new Refusal('taken', failure)
      },
    )
    audit.note(actor, { action: 'user.rename', target: username, detail: `to ${to}` })
  }

  /** Sets a user's password. Everything they have open is closed. @throws Refusal `not_found`; `invalid` */
  async setPassword(actor: Actor, username: string, password: string, options?: TakingAway): Promise<void> {
    const failure = 'Failed to update password.'
    this.#find(username, failure)
    const passwordHash = await this.#parts.passwords.hash(password, requesterOf(actor))
    checkAdministers(actor)
    const user = this.#find(username, failure)
    await this.#signOut(actor, user, { passwordHash }, [{ action: 'user.password', target: username }], options)
  }

  /**
   * Sets the actor's own password. Everything they have open is closed.
   * @param shown the actor's account when the current password was verified: it must still be the same, since hashing
   *   takes a moment
   * @returns the account as this has made it
   * @throws Refusal `forbidden` when it is not
   */
  async setOwnPassword(actor: Actor, shown: User, password: string): Promise<User> {
    const passwordHash = await this.#parts.passwords.hash(password, requesterOf(actor))
    checkNotEnded(actor.principal)
    const user = this.byId(shown.id)
    if (user?.passwordHash !== shown.passwordHash || !user.isActive)
      throw new Refusal('forbidden', 'The current password is wrong.')
    await this.#signOut(actor, user, { passwordHash }, [{ action: 'user.password', target: user.username }])
    return { ...user, passwordHash }
  }

  /** Enables or disables a user. @throws Refusal `not_found`; `conflict` for the last admin */
  async setActive(actor: Actor, username: string, isActive: boolean, options?: TakingAway): Promise<void> {
    checkAdministers(actor)
    const user = this.#find(username, 'Failed to update active status.')
    this.#keepAnAdmin(user, { isActive })
    const action = { action: 'user.active', target: username, detail: isActive ? 'enabled' : 'disabled' }
    if (isActive) await this.#change(actor, user, { isActive }, action, options)
    else await this.#signOut(actor, user, { isActive }, [action], options)
  }

  /** Sets a user's role. @throws Refusal `not_found`; `invalid`; `conflict` for the last admin */
  async setRole(actor: Actor, username: string, role: Role, options?: TakingAway): Promise<void> {
    checkAdministers(actor)
    const user = this.#find(username, missing(username))
    this.#keepAnAdmin(user, { role: checkRole(role) })
    await this.#change(actor, user, { role }, { action: 'user.role', target: username, detail: role }, options)
  }

  /** Sets a user's labels. @returns them, sorted and without duplicates @throws Refusal `not_found`; `invalid` */
  async setLabels(actor: Actor, username: string, labels: readonly string[]): Promise<readonly string[]> {
    checkAdministers(actor)
    const checked = checkLabels(labels)
    const user = this.#find(username, missing(username))
    const action = { action: 'user.labels', target: username, detail: checked.join(', ') }
    await this.#change(actor, user, { labels: checked }, action)
    return checked
  }

  /** Ends all sessions and tokens of the actor, who is a user. */
  async signOutEverywhere(actor: Actor, user: User): Promise<void> {
    checkNotEnded(actor.principal)
    await this.#signOut(actor, user, {}, [{ action: 'session.close', target: 'everywhere' }])
  }

  /** Changes a user. What takes anything away is in force at once, as a whole; anything else must be stored first. */
  async #change(actor: Actor, user: User, change: UserChange, action: AuditedAction, options?: TakingAway) {
    const { store, changes, audit } = this.#parts
    if (takesAway(user, change)) {
      await this.#revoke(actor, user, [{ kind: 'user_changed', userId: user.id, change }], [action], options)
      return
    }
    await changes.grant(
      () => {
        checkAdministers(actor)
        const now = this.byId(user.id)
        if (!now) throw new Refusal('not_found', missing(user.username))
        // Somebody else's change has been stored first, of which this would take something away.
        if (takesAway(now, change)) throw new Refusal('conflict', `"${now.username}" was changed meanwhile: try again.`)
      },
      (check) => store.changeUser(user.id, change, check),
    )
    audit.note(actor, action)
    // After what can fail as a whole.
    if (options?.revokeCredentials === true) await this.#revoke(actor, user, [], [], options)
  }

  /** Changes a user and invalidates all their sessions and tokens. */
  #signOut(actor: Actor, user: User, change: UserChange, actions: readonly AuditedAction[], options?: TakingAway) {
    const { cache, clock } = this.#parts
    const sessions = cache.sessions.filter(({ userId }) => userId === user.id)
    const changed: Revocation = { kind: 'user_changed', userId: user.id, change: { ...change, validFrom: clock.now() } }
    return this.#revoke(actor, user, [changed, endOf(sessions, SIGNED_OUT)], actions, options)
  }

  #revoke(
    actor: Actor,
    user: User,
    revocations: readonly Revocation[],
    actions: readonly AuditedAction[],
    { revokeCredentials = false }: TakingAway = {},
  ): Promise<void> {
    const { cache, changes } = this.#parts
    if (!revokeCredentials) return changes.revoke(revocations, { actor, actions })
    const isTheirs = ({ ownerId }: { readonly ownerId: number | undefined }) => ownerId === user.id
    const detail = `with what is taken from ${user.username}`
    const revoked = [
      ...cache.keys.filter(isTheirs).map(({ name }) => ({ action: 'key.revoke', target: name, detail })),
      ...cache.links.filter(isTheirs).map(({ name }) => ({ action: 'link.revoke', target: name, detail })),
    ]
    const all: Revocation[] = [...revocations, { kind: 'credentials', ownerId: user.id }]
    return changes.revoke(all, { actor, actions: [...actions, ...revoked] })
  }

  #find(username: string, failure: string): User {
    const user = this.#parts.cache.userByName(username)
    if (!user) throw new Refusal('not_found', failure)
    return user
  }

  /**
   * The last active admin must stay, or nobody could manage accounts. (The store checks it again, since other processes
   * may change accounts at the same time.)
   * @param change undefined: the user is to be removed
   */
  #keepAnAdmin(user: User, change: UserChange | undefined): void {
    const isAdmin = ({ role, isActive }: Pick<User, 'role' | 'isActive'>) => role === 'admin' && isActive
    if (!isAdmin(user) || (change && isAdmin({ ...user, ...change }))) return
    if (this.all.some((other) => other.id !== user.id && isAdmin(other))) return
    throw new Refusal('conflict', `"${user.username}" is the last active admin: make another one first.`)
  }
}

/** Whether a change of role or labels takes anything away. */
function takesAway(user: User, { role = user.role, labels = user.labels }: UserChange): boolean {
  const isKept = (label: string) => labels.includes(label) || labels.includes(ALL_LABELS)
  return ROLES.indexOf(role) > ROLES.indexOf(user.role) || !user.labels.every(isKept)
}

function missing(username: string): string {
  return `There is no user "${username}".`
}

/** Checks a password that a person chose. @throws Refusal `invalid` if it is shorter than `MIN_PASSWORD_LENGTH` */
export function checkNewPassword(field: string, password: string): string {
  if ([...password].length < MIN_PASSWORD_LENGTH)
    throw new Refusal('invalid', `${field}: at least ${MIN_PASSWORD_LENGTH} characters`)
  return password
}

function checkUsername(field: string, username: string): void {
  checkName(field, username)
  if (username !== username.trim()) throw new Refusal('invalid', `${field}: must not begin or end with a space`)
}

function checkRole(role: string): Role {
  const known = ROLES.find((each) => each === role)
  if (!known) throw new Refusal('invalid', `role: must be one of ${ROLES.join(', ')}`)
  return known
}

function checkLabels(labels: readonly string[]): readonly string[] {
  if (labels.length > MAX_LABELS) throw new Refusal('invalid', `labels: at most ${MAX_LABELS}`)
  return [...new Set(labels.map((label) => checkName('labels', label)))].sort()
}

/** Who asks for the hash of a new password. */
function requesterOf({ principal }: Actor): HashRequester {
  return { client: principal.id, isKnown: true, isPrivileged: hasPriority(principal) }
}

const MAX_LABELS = 1000

/** How much older than its user a token signed by others may seem, because of clock skew, ms. */
const CLOCK_SKEW_MS = 10_000
