import type { ApiKey, KeyScope, Role, ShareLink, User } from '../core/account-store.ts'
import { ACTIONS, type Action, ALL, type Grant } from '../core/authorization.ts'

/** What people may do without signing in. */
export type AnonymousPolicy = 'none' | 'view' | 'operate'

/**
 * Role-based access control, who may do what: the one table (docs/security.md shows it to people). All but the admin
 * only within their labels; what belongs to no label is the admin's, and that of keys and visitors for whom all labels
 * are.
 */
export const ROLE_ACTIONS: Readonly<Record<Role, readonly Action[]>> = {
  guest: ['view'],
  user: ['view', 'publish', 'command', 'acknowledge'],
  model_manager: ['view', 'publish', 'command', 'acknowledge', 'edit_cameras'],
  admin: ACTIONS,
}

/** The same for keys of machines, within their label patterns. */
export const SCOPE_ACTIONS: Readonly<Record<KeyScope, readonly Action[]>> = {
  publish: ['publish'],
  view: ['view'],
  admin: ACTIONS,
}

/** The same for people who have not signed in, on all labels and on what belongs to none. */
export const ANONYMOUS_ACTIONS: Readonly<Record<AnonymousPolicy, readonly Action[]>> = {
  none: [],
  view: ['view'],
  operate: ['view', 'command', 'acknowledge'],
}

/** The same for share links, on their streams. */
export const LINK_ACTIONS: readonly Action[] = ['view']

/** What a user may: all that the role allows, within the user's labels; nothing by a role of a later version. */
export function userGrants({ role, labels }: Pick<User, 'role' | 'labels'>): readonly Grant[] {
  return [{ actions: ROLE_ACTIONS[role] ?? [], scope: role === 'admin' ? ALL : { kind: 'labels', labels } }]
}

/**
 * What a key may: all that its scope allows, on labels that fit its patterns; nothing by a scope of a later version.
 */
export function keyGrants({ scope, labels }: Pick<ApiKey, 'scope' | 'labels'>): readonly Grant[] {
  const isForAll = labels.includes('*')
  return [{ actions: SCOPE_ACTIONS[scope] ?? [], scope: isForAll ? ALL : { kind: 'patterns', patterns: labels } }]
}

/** What a share link may: its streams and nothing else. */
export function linkGrants({ streams }: Pick<ShareLink, 'streams'>): readonly Grant[] {
  return [{ actions: LINK_ACTIONS, scope: { kind: 'streams', streams } }]
}

/** What people may who have not signed in. */
export function anonymousGrants(policy: AnonymousPolicy): readonly Grant[] {
  return [{ actions: ANONYMOUS_ACTIONS[policy], scope: ALL }]
}

/** What the bootstrap key may: publish anything, and what anybody may who stands where its holder does. */
export function publishKeyGrants(anonymous: readonly Grant[]): readonly Grant[] {
  return [{ actions: ['publish'], scope: ALL }, ...anonymous]
}
