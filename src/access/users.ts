import { type AccountStore, ROLES, type Role, type User, type UserChange } from '../core/account-store.ts'
import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import { SerialQueue } from '../core/serial-queue.ts'
import { checkName } from '../core/stream-name.ts'
import type { AccountCache } from './account-cache.ts'
import type { AuditActor, AuditTrail } from './audit-trail.ts'
import { type HashRequester, MIN_PASSWORD_LENGTH, type PasswordHasher } from './password-hasher.ts'

/** A user to be added. */
export interface AddedUser {
  readonly username: string
  readonly password: string
  readonly role: Role
  readonly labels: readonly string[]
}

/** What `Users` needs. */
export interface UsersParts {
  readonly store: AccountStore
  readonly cache: AccountCache
  readonly passwords: PasswordHasher
  readonly audit: AuditTrail
  readonly clock: Clock
}

/**
 * User management: adds, changes and removes users. Whoever loses access by a change is disconnected before the call
 * returns.
 */
export class Users {
  readonly #parts: UsersParts
  /**
   * Changes run one after another: the second of two must see the result of the first, such as who is the last admin.
   */
  readonly #queue = new SerialQueue()

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

  /** Adds a user. @throws Refusal `invalid`; `taken` if the name is in use */
  async add(actor: AuditActor, { username, password, role, labels }: AddedUser): Promise<User> {
    const { store, cache, passwords, audit, clock } = this.#parts
    checkUsername('username', username)
    const now = clock.now()
    const added = await store.addUser({
      username,
      passwordHash: await passwords.hash(password, requesterOf(actor)),
      role: checkRole(role),
      isActive: true,
      labels: checkLabels(labels),
      createdAt: now,
      // A token signed by others for a former user of that name must not be valid.
      validFrom: now - CLOCK_SKEW_MS,
    })
    if (!added) throw new Refusal('taken', 'Failed to add user.')
    await cache.reload()
    audit.note(actor, { action: 'user.add', target: username, detail: role })
    return added
  }

  /** Removes a user. @throws Refusal `not_found`; `conflict` for the last admin */
  async remove(actor: AuditActor, username: string): Promise<void> {
    await this.#inTurn(username, 'Failed to delete user.', async (user) => {
      this.#keepAnAdmin(user, undefined)
      await this.#parts.store.removeUser(user.id)
      await this.#parts.cache.reload()
    })
    this.#parts.audit.note(actor, { action: 'user.remove', target: username })
  }

  /** Renames a user. @throws Refusal `not_found`; `taken`; `invalid` */
  async rename(actor: AuditActor, username: string, to: string): Promise<void> {
    const failure = 'Failed to update username.'
    await this.#inTurn(username, failure, async (user) => {
      checkUsername('new_username', to)
      if (!(await this.#parts.store.changeUser(user.id, { username: to }))) throw new Refusal('taken', failure)
      await this.#parts.cache.reload()
    })
    this.#parts.audit.note(actor, { action: 'user.rename', target: username, detail: `to ${to}` })
  }

  /**
   * Sets a user's password and, if given, role. Everything they have open is closed.
   * @param shown the user whose current password was verified: it must still be the same, since hashing takes a moment
   * @throws Refusal `not_found`; `invalid`; `conflict` for the last admin's role; `forbidden`
   */
  async setPassword(actor: AuditActor, username: string, password: string, role?: Role, shown?: User): Promise<void> {
    const failure = 'Failed to update password.'
    this.#find(username, failure)
    const passwordHash = await this.#parts.passwords.hash(password, requesterOf(actor, shown))
    const before = await this.#inTurn(username, failure, async (user) => {
      if (shown && (user.passwordHash !== shown.passwordHash || !user.isActive))
        throw new Refusal('forbidden', 'The current password is wrong.')
      const change = role === undefined ? {} : { role: checkRole(role) }
      this.#keepAnAdmin(user, change)
      await this.#signOut(user, { ...change, passwordHash })
      return user
    })
    this.#parts.audit.note(actor, { action: 'user.password', target: username })
    if (role !== undefined && role !== before.role)
      this.#parts.audit.note(actor, { action: 'user.role', target: username, detail: role })
  }

  /** Enables or disables a user. @throws Refusal `not_found`; `conflict` for the last admin */
  async setActive(actor: AuditActor, username: string, isActive: boolean): Promise<void> {
    await this.#inTurn(username, 'Failed to update active status.', async (user) => {
      this.#keepAnAdmin(user, { isActive })
      if (isActive) await this.#change(user, { isActive })
      else await this.#signOut(user, { isActive })
    })
    this.#parts.audit.note(actor, {
      action: 'user.active',
      target: username,
      detail: isActive ? 'enabled' : 'disabled',
    })
  }

  /** Sets a user's role. @throws Refusal `not_found`; `invalid`; `conflict` for the last admin */
  async setRole(actor: AuditActor, username: string, role: Role): Promise<void> {
    await this.#inTurn(username, `There is no user "${username}".`, async (user) => {
      this.#keepAnAdmin(user, { role: checkRole(role) })
      await this.#change(user, { role })
    })
    this.#parts.audit.note(actor, { action: 'user.role', target: username, detail: role })
  }

  /** Sets a user's labels. @returns them, sorted and without duplicates @throws Refusal `not_found`; `invalid` */
  async setLabels(actor: AuditActor, username: string, labels: readonly string[]): Promise<readonly string[]> {
    const checked = checkLabels(labels)
    await this.#inTurn(username, `There is no user "${username}".`, (user) => this.#change(user, { labels: checked }))
    this.#parts.audit.note(actor, { action: 'user.labels', target: username, detail: checked.join(', ') })
    return checked
  }

  /** Ends all sessions and tokens of a user. @throws Refusal `not_found` */
  async signOut(username: string): Promise<void> {
    await this.#inTurn(username, `There is no user "${username}".`, (user) => this.#signOut(user, {}))
  }

  async #change(user: User, change: UserChange): Promise<void> {
    await this.#parts.store.changeUser(user.id, change)
    await this.#parts.cache.reload()
  }

  /** Changes a user and invalidates all their sessions and tokens. */
  async #signOut(user: User, change: UserChange): Promise<void> {
    const { store, cache, clock } = this.#parts
    await store.changeUser(user.id, { ...change, validFrom: clock.now() })
    const sessions = cache.sessions.filter(({ userId }) => userId === user.id)
    await store.removeSessions(sessions.map(({ id }) => id))
    await cache.reload()
  }

  #inTurn<Result>(username: string, failure: string, work: (user: User) => Promise<Result>): Promise<Result> {
    return this.#queue.run(() => work(this.#find(username, failure)))
  }

  #find(username: string, failure: string): User {
    const user = this.#parts.cache.userByName(username)
    if (!user) throw new Refusal('not_found', failure)
    return user
  }

  /**
   * The last active admin must stay, or nobody could manage accounts.
   * @param change undefined: the user is to be removed
   */
  #keepAnAdmin(user: User, change: UserChange | undefined): void {
    const isAdmin = ({ role, isActive }: Pick<User, 'role' | 'isActive'>) => role === 'admin' && isActive
    if (!isAdmin(user) || (change && isAdmin({ ...user, ...change }))) return
    if (this.all.some((other) => other.id !== user.id && isAdmin(other))) return
    throw new Refusal('conflict', `"${user.username}" is the last active admin: make another one first.`)
  }
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

/** Who asks for the hash of a new password. @param owner whose own it is; undefined: an admin manages another's */
function requesterOf({ who }: AuditActor, owner?: User): HashRequester {
  return { client: `account ${who}`, isPrivileged: owner === undefined || owner.role === 'admin' }
}

const MAX_LABELS = 1000

/** How much older than its user a token signed by others may seem, because of clock skew, ms. */
const CLOCK_SKEW_MS = 10_000
