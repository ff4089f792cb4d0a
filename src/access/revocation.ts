import type { Revocation, User } from '../core/account-store.ts'
import type { AccountIndex } from './account-index.ts'
import type { ActivePrincipals } from './active-principals.ts'
import {
  credentialOfKey,
  credentialOfLink,
  credentialOfSession,
  credentialOfToken,
  principalIdOfUser,
} from './credential-ids.ts'

/*
 * Revocation: who has lost access by a change has their principals ended, which closes all that they have open.
 */

/** Takes away what a revocation says, and ends the principals of those who have lost access by it. */
export function enforce(revocation: Revocation, accounts: AccountIndex, principals: ActivePrincipals): void {
  switch (revocation.kind) {
    case 'user_changed':
    case 'user_removed': {
      const before = accounts.user(revocation.userId)
      accounts.apply(revocation)
      if (before) endUser(before, accounts.user(before.id), principals)
      return
    }
    case 'credentials': {
      const isTheirs = ({ ownerId }: { readonly ownerId: number | undefined }) => ownerId === revocation.ownerId
      const [keys, links] = [accounts.keys.filter(isTheirs), accounts.links.filter(isTheirs)]
      accounts.apply(revocation)
      for (const { id } of keys) principals.end(credentialOfKey(id), KEY_REVOKED)
      for (const { id } of links) principals.end(credentialOfLink(id), LINK_REVOKED)
      return
    }
    case 'key':
      accounts.apply(revocation)
      principals.end(credentialOfKey(revocation.id), KEY_REVOKED)
      return
    case 'link':
      accounts.apply(revocation)
      principals.end(credentialOfLink(revocation.id), LINK_REVOKED)
      return
    case 'sessions':
      accounts.apply(revocation)
      for (const id of revocation.ids) principals.end(credentialOfSession(id), revocation.reason)
      return
    case 'token':
      accounts.apply(revocation)
      principals.end(credentialOfToken(revocation.id), SIGNED_OUT)
  }
}

/**
 * Ends the principals of all who have lost access between two states of the accounts, each with the reason: after
 * changes by others, of which only the result is known.
 */
export function revokeLost(before: AccountIndex, now: AccountIndex, principals: ActivePrincipals): void {
  for (const user of before.users) endUser(user, now.user(user.id), principals)
  for (const { id } of before.sessions) if (!now.session(id)) principals.end(credentialOfSession(id), SIGNED_OUT)
  for (const { id, hash } of before.keys) if (!now.keyByHash(hash)) principals.end(credentialOfKey(id), KEY_REVOKED)
  for (const { id, hash } of before.links) if (!now.linkByHash(hash)) principals.end(credentialOfLink(id), LINK_REVOKED)
}

/**
 * The ids of stored sessions that must be ended: they were opened here with credentials that another process (the
 * command line) had just changed.
 */
export function staleSessions(before: AccountIndex, now: AccountIndex): string[] {
  const stale = before.sessions.filter(
    ({ id, userId }) => now.session(id) && before.user(userId)?.validFrom !== now.user(userId)?.validFrom,
  )
  return stale.map(({ id }) => id)
}

/** The reason for whoever's session, or token of others, was ended by signing out. */
export const SIGNED_OUT = 'signed out'
const KEY_REVOKED = 'this key was revoked'
const LINK_REVOKED = 'this link was revoked'

/** Ends everything that a user has open, if a change requires it. @param now undefined: the user was removed */
function endUser(before: User, now: User | undefined, principals: ActivePrincipals): void {
  const reason = whyRevoked(before, now)
  if (reason !== undefined) principals.endAllOf(principalIdOfUser(before.id), reason)
}

/** Why everything a user has open must be closed; undefined if it need not. */
function whyRevoked(before: User, now: User | undefined): string | undefined {
  if (!now) return 'this account was removed'
  if (!now.isActive) return 'this account was disabled'
  if (now.passwordHash !== before.passwordHash) return 'the password of this account was changed'
  if (now.role !== before.role) return 'the role of this account was changed'
  if (now.username !== before.username) return 'this account was renamed'
  if (now.validFrom !== before.validFrom) return SIGNED_OUT
  if (now.labels.join('\0') !== before.labels.join('\0')) return 'the sites of this account were changed'
  return undefined
}
