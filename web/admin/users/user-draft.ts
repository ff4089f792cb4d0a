import { ROLES, type Role } from '../../../src/core/account-store.ts'
import { isTooShort } from '../../access/password-rule.ts'
import type { Method } from '../admin-request.ts'
import type { Account } from './api.ts'

/** The fields of the form. */
export interface UserDraft {
  readonly name: string
  /** Empty: unchanged. */
  readonly password: string
  readonly role: Role
  readonly sites: readonly string[]
  readonly isActive: boolean
}

/** The validation errors, as i18n keys of the namespace `admin`. */
export type UserDraftProblems = Partial<
  Record<keyof UserDraft, 'userNameMissing' | 'passwordMissing' | 'passwordShort'>
>

/** The initial values of the form. @param account undefined: a new user */
export function draftOf(account: Account | undefined): UserDraft {
  const { name = '', role = 'user', sites = [], isActive = true } = account ?? {}
  return { name, password: '', role, sites, isActive }
}

/** Validates the fields. @param options.isNew whether a password is required */
export function draftProblemsOf(draft: UserDraft, { isNew }: { isNew: boolean }): UserDraftProblems {
  const problems: UserDraftProblems = {}
  if (draft.name.trim() === '') problems.name = 'userNameMissing'
  if (draft.password === '') {
    if (isNew) problems.password = 'passwordMissing'
  } else if (isTooShort(draft.password)) problems.password = 'passwordShort'
  return problems
}

/** A request that changes one property of a user. */
export interface Change {
  /** The field it saves. */
  readonly field: keyof UserDraft
  readonly method: Method
  readonly path: string
  readonly body: unknown
}

/**
 * The requests that save the changes, in order. The name comes last, since the others address the user by the old one.
 * @param revokesCredentials whether what the user has made is revoked with the rights that are taken away
 */
export function changesOf(account: Account, draft: UserDraft, revokesCredentials = false): Change[] {
  const { name } = account
  const path = `/users/${encodeURIComponent(name)}`
  const changes: Change[] = []
  const put = (field: keyof UserDraft, to: string, body: unknown) =>
    changes.push({ field, method: 'PUT', path: to, body })
  const more = revokesCredentials && { revoke_credentials: true }
  if (draft.role !== account.role)
    put('role', `${path}/role`, { role: draft.role, ...(isDemoted(account, draft) && more) })
  if (draft.role !== 'admin' && !isSame(draft.sites, account.sites))
    put('sites', `${path}/labels`, { labels: draft.sites })
  if (draft.isActive !== account.isActive)
    put('isActive', '/set_user_active_status', {
      username: name,
      is_active: draft.isActive,
      ...(!draft.isActive && more),
    })
  if (draft.password !== '') put('password', '/update_password', { username: name, new_password: draft.password })
  const newName = draft.name.trim()
  if (newName !== name) put('name', '/update_username', { old_username: name, new_username: newName })
  return changes
}

/** Whether a user would see nothing: no sites, and not a role that sees all. */
export function seesNothing({ role, sites }: UserDraft): boolean {
  return role !== 'admin' && sites.length === 0
}

/** Whether a user is demoted or disabled. */
export function losesRights(account: Account, draft: UserDraft): boolean {
  return isDemoted(account, draft) || (account.isActive && !draft.isActive)
}

/** Whether admins would take the admin role from themselves or disable themselves. */
export function locksOut(account: Account, draft: UserDraft): boolean {
  return account.role === 'admin' && (draft.role !== 'admin' || !draft.isActive)
}

function isDemoted(account: Account, draft: UserDraft): boolean {
  return ROLES.indexOf(draft.role) > ROLES.indexOf(account.role)
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name) => others.includes(name))
}
