import type { ApiKey, ShareLink, User } from '../core/accounts.ts'
import { ALL, type Grant } from '../core/rights.ts'
import { ANONYMOUS_ACTIONS, type AnonymousPolicy, LINK_ACTIONS, ROLE_ACTIONS, SCOPE_ACTIONS } from './permissions.ts'

/** What a user may: all that the role allows, within the user's labels; nothing by a role of a later version. */
export function userRights({ role, labels }: Pick<User, 'role' | 'labels'>): readonly Grant[] {
  return [{ actions: ROLE_ACTIONS[role] ?? [], scope: role === 'admin' ? ALL : { kind: 'labels', labels } }]
}

/** What a key may: all that its scope allows, on labels that fit its patterns; nothing by a scope of a later version. */
export function keyRights({ scope, labels }: Pick<ApiKey, 'scope' | 'labels'>): readonly Grant[] {
  const isForAll = labels.includes('*')
  return [{ actions: SCOPE_ACTIONS[scope] ?? [], scope: isForAll ? ALL : { kind: 'patterns', patterns: labels } }]
}

/** What a share link may: its streams and nothing else. */
export function linkRights({ streams }: Pick<ShareLink, 'streams'>): readonly Grant[] {
  return [{ actions: LINK_ACTIONS, scope: { kind: 'streams', streams } }]
}

/** What people may who have not signed in. */
export function anonymousRights(policy: AnonymousPolicy): readonly Grant[] {
  return [{ actions: ANONYMOUS_ACTIONS[policy], scope: ALL }]
}

/** What the bootstrap key may: publish anything, and what anybody may who stands where its holder does. */
export function publishKeyRights(anonymous: readonly Grant[]): readonly Grant[] {
  return [{ actions: ['publish'], scope: ALL }, ...anonymous]
}
