import type { ApiKey, KeyScope, Role, ShareLink, User } from '../core/account-store.ts'
import { ACTIONS, type Action, ALL, type Grant, type Scope } from '../core/authorization.ts'

/** What is allowed without signing in. */
export type AnonymousPolicy = 'none' | 'view' | 'operate'

/**
 * Role-based access control (RBAC): the permissions of each role; docs/security.md has the table for users. All roles
 * but admin are limited to their labels. What belongs to no label is accessible to admins, and to keys and anonymous
 * users with access to all labels.
 */
export const ROLE_ACTIONS: Readonly<Record<Role, readonly Action[]>> = {
  guest: ['view'],
  user: ['view', 'publish', 'command', 'acknowledge'],
  model_manager: ['view', 'publish', 'command', 'acknowledge', 'edit_cameras'],
  admin: ACTIONS,
}

/** The permissions of API keys, within their label patterns. */
export const SCOPE_ACTIONS: Readonly<Record<KeyScope, readonly Action[]>> = {
  publish: ['publish'],
  view: ['view'],
  admin: ACTIONS,
}

/** The permissions of anonymous users, for all labels and for what belongs to no label. */
export const ANONYMOUS_ACTIONS: Readonly<Record<AnonymousPolicy, readonly Action[]>> = {
  none: [],
  view: ['view'],
  operate: ['view', 'command', 'acknowledge'],
}

/** The permissions of share links, for their streams. */
export const LINK_ACTIONS: readonly Action[] = ['view']

/** Among the labels of a user: all of them. What belongs to no label is not among these. */
export const ALL_LABELS = '*'

/** Whether a user has all labels: an admin, or one to whom all were given. */
export function hasAllLabels({ role, labels }: Pick<User, 'role' | 'labels'>): boolean {
  return role === 'admin' || labels.includes(ALL_LABELS)
}

/**
 * The grants of a user: those of the role, within the user's labels. None for a role that is unknown (of a later
 * version).
 */
export function userGrants(user: Pick<User, 'role' | 'labels'>): readonly Grant[] {
  return [{ actions: ROLE_ACTIONS[user.role] ?? [], scope: scopeOf(user) }]
}

function scopeOf(user: Pick<User, 'role' | 'labels'>): Scope {
  if (user.role === 'admin') return ALL
  return hasAllLabels(user) ? { kind: 'patterns', patterns: [ALL_LABELS] } : { kind: 'labels', labels: user.labels }
}

/**
 * The grants of an API key: those of its scope, for labels that match its patterns. None for a scope that is unknown
 * (of a later version).
 */
export function keyGrants({ scope, labels }: Pick<ApiKey, 'scope' | 'labels'>): readonly Grant[] {
  const isForAll = labels.includes('*')
  return [{ actions: SCOPE_ACTIONS[scope] ?? [], scope: isForAll ? ALL : { kind: 'patterns', patterns: labels } }]
}

/** The grants of a share link: its streams and nothing else. */
export function linkGrants({ streams }: Pick<ShareLink, 'streams'>): readonly Grant[] {
  return [{ actions: LINK_ACTIONS, scope: { kind: 'streams', streams } }]
}

/** The grants of anonymous users. */
export function anonymousGrants(policy: AnonymousPolicy): readonly Grant[] {
  return [{ actions: ANONYMOUS_ACTIONS[policy], scope: ALL }]
}

/** The grants of the publish key: publish anything, and whatever its holder may do anonymously. */
export function publishKeyGrants(anonymous: readonly Grant[]): readonly Grant[] {
  return [{ actions: ['publish'], scope: ALL }, ...anonymous]
}
