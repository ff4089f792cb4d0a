import { ROLES, type Role } from '../../../src/core/account-store.ts'
import { type Fields, listIn, numberIn, oneIn, textIn, textsIn } from '../../access/json-fields.ts'
import { request } from '../admin-request.ts'
import { keyOf, type MachineKey } from '../keys/api.ts'
import { type Link, linkOf } from '../links/api.ts'

/** A user account. Times are ms since 1970. */
export interface Account {
  readonly id: number
  readonly name: string
  readonly role: Role
  readonly isActive: boolean
  /** The labels that the user may see; an admin sees all. */
  readonly sites: readonly string[]
  readonly lastSeenAt: number | undefined
}

/** Loads all accounts, sorted by name. @throws HttpProblem */
export async function loadAccounts(signal: AbortSignal): Promise<Account[]> {
  return listIn(await request('GET', '/users', undefined, signal), 'users').map(accountOf)
}

/** The fields of a new user. */
export interface NewAccount {
  readonly name: string
  readonly password: string
  readonly role: Role
  readonly sites: readonly string[]
}

/** @throws HttpProblem 400 when the name is taken */
export async function addAccount({ name, password, role, sites }: NewAccount): Promise<void> {
  await request('POST', '/add_user', { username: name, password, role, labels: role === 'admin' ? [] : sites })
}

/** @param revokesCredentials whether what the user has made is revoked too @throws HttpProblem 409 for the last admin */
export async function deleteAccount(name: string, revokesCredentials: boolean): Promise<void> {
  await request('POST', '/delete_user', { username: name, revoke_credentials: revokesCredentials })
}

/** The keys and share links that a user has made. */
export interface Credentials {
  readonly keys: readonly MachineKey[]
  readonly links: readonly Link[]
}

/** Loads the keys and links that a user has made and that have not ended. @throws HttpProblem */
export async function loadCredentials(name: string, signal: AbortSignal): Promise<Credentials> {
  const answer = await request('GET', `/users/${encodeURIComponent(name)}/credentials`, undefined, signal)
  return { keys: listIn(answer, 'keys').map(keyOf), links: listIn(answer, 'links').map(linkOf) }
}

function accountOf(fields: Fields): Account {
  return {
    id: numberIn(fields, 'user_id') ?? 0,
    name: textIn(fields, 'username'),
    role: oneIn(fields, 'role', ROLES, 'guest'),
    isActive: fields.is_active === true,
    sites: textsIn(fields, 'labels'),
    lastSeenAt: numberIn(fields, 'last_seen_at'),
  }
}
