import type { User } from '../core/account-store.ts'
import type { AccountIndex } from './account-index.ts'
import type { ActivePrincipals } from './active-principals.ts'
import { credentialOfKey, credentialOfLink, credentialOfSession, principalIdOfUser } from './credential-ids.ts'

/*
 * Revocation: finds who has lost access by a change, by comparing the accounts before and after it.
 */

/** Ends the principals of all who have lost access, each with the reason. */
export function revokeLost(before: AccountIndex, now: AccountIndex, principals: ActivePrincipals): void {
  for (const user of before.users) {
    const reason = whyRevoked(user, now.user(user.id))
    if (reason !== undefined) principals.endAllOf(principalIdOfUser(user.id), reason)
  }
  for (const { id } of before.sessions) if (!now.session(id)) principals.end(credentialOfSession(id), 'signed out')
  for (const { id, hash } of before.keys)
    if (!now.keyByHash(hash)) principals.end(credentialOfKey(id), 'this key was revoked')
  for (const { id, hash } of before.links)
    if (!now.linkByHash(hash)) principals.end(credentialOfLink(id), 'this link was revoked')
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

/** Why everything a user has open must be closed; undefined if it need not. */
function whyRevoked(before: User, now: User | undefined): string | undefined {
  if (!now) return 'this account was removed'
  if (!now.isActive) return 'this account was disabled'
  if (now.passwordHash !== before.passwordHash) return 'the password of this account was changed'
  if (now.role !== before.role) return 'the role of this account was changed'
  if (now.username !== before.username) return 'this account was renamed'
  if (now.validFrom !== before.validFrom) return 'signed out'
  if (now.labels.join('\0') !== before.labels.join('\0')) return 'the sites of this account were changed'
  return undefined
}
