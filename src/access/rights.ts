import type { ApiKey, ShareLink, User } from '../core/accounts.ts'
import type { Action, Principal } from '../core/principal.ts'
import { fitsWildcard } from '../core/wildcard.ts'
import { ANONYMOUS_ACTIONS, type AnonymousPolicy, LINK_ACTIONS, ROLE_ACTIONS, SCOPE_ACTIONS } from './permissions.ts'

/** The part of a principal that says what it may. */
export type Rights = Pick<Principal, 'may' | 'mayAny'>

/** What a user may: all that the role allows, within the user's labels. */
export function userRights({ role, labels }: Pick<User, 'role' | 'labels'>): Rights {
  const actions = new Set(ROLE_ACTIONS[role])
  if (role === 'admin') return everywhere(actions)
  const mine = new Set(labels)
  return within(actions, (label) => mine.has(label))
}

/** What a key may: all that its scope allows, on labels that fit its patterns. */
export function keyRights({ scope, labels }: Pick<ApiKey, 'scope' | 'labels'>): Rights {
  const actions = new Set(SCOPE_ACTIONS[scope])
  if (labels.includes('*')) return everywhere(actions)
  return within(actions, (label) => labels.some((pattern) => fitsWildcard(pattern, label)))
}

/** What a share link may: its streams and nothing else. */
export function linkRights({ streams }: Pick<ShareLink, 'streams'>): Rights {
  const actions = new Set(LINK_ACTIONS)
  return {
    may: (action, { label, key }) =>
      actions.has(action) &&
      streams.some((stream) => stream.label === label && (stream.key === undefined || stream.key === key)),
    mayAny: (action, label) =>
      actions.has(action) && (label === undefined || streams.some((stream) => stream.label === label)),
  }
}

/** What people may who have not signed in. */
export function anonymousRights(policy: AnonymousPolicy): Rights {
  return everywhere(new Set(ANONYMOUS_ACTIONS[policy]))
}

/** What the bootstrap key may: publish anything, and what anybody may who stands where its holder does. */
export function publishKeyRights(anonymous: Rights): Rights {
  return {
    may: (action, target) => action === 'publish' || anonymous.may(action, target),
    mayAny: (action, label) => action === 'publish' || anonymous.mayAny(action, label),
  }
}

function everywhere(actions: ReadonlySet<Action>): Rights {
  return { may: (action) => actions.has(action), mayAny: (action) => actions.has(action) }
}

function within(actions: ReadonlySet<Action>, isMine: (label: string) => boolean): Rights {
  return {
    may: (action, { label }) => actions.has(action) && label !== undefined && isMine(label),
    mayAny: (action, label) => actions.has(action) && (label === undefined || isMine(label)),
  }
}
