import type { Principal } from '../core/principal.ts'
import type { AccountCache } from './account-cache.ts'
import { credentialOfKey, principalIdOfUser } from './credential-ids.ts'

/**
 * The user to whom a key or link belongs that a principal makes: that user or, for a key, the owner of that key, so that
 * what is made with a user's key ends with what is the user's.
 * @returns the user's id; undefined when no user is behind it (the command line, a key of nobody)
 */
export function ownerOf({ id }: Principal, { users, keys }: Pick<AccountCache, 'users' | 'keys'>): number | undefined {
  const user = users.find((each) => principalIdOfUser(each.id) === id)
  return user?.id ?? keys.find((each) => credentialOfKey(each.id) === id)?.ownerId
}
