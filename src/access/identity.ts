import type { Session, User } from '../core/account-store.ts'
import type { Refusal } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import type { AccountCache } from './account-cache.ts'
import type { ActivePrincipals } from './active-principals.ts'
import { credentialOfSession, principalIdOfUser } from './credential-ids.ts'
import { userGrants } from './permissions.ts'
import type { AccessClaims } from './tokens.ts'

/** Who a request is from. */
export interface Identity {
  readonly principal: Principal
  /** Whose account it is. */
  readonly user?: User | undefined
  /** The sign-in that it belongs to. */
  readonly session?: Session | undefined
  /** The token it showed, if that was signed elsewhere. */
  readonly foreignToken?: Pick<AccessClaims, 'id' | 'expiresAt'> | undefined
  /** Why somebody who has not signed in may not do more. */
  readonly why?: Refusal | undefined
}

/** Whoever uses a sign-in, by its cookie or a token of it; that it was used is remembered. */
export function identityOfSession(
  { cache, principals }: { readonly cache: AccountCache; readonly principals: ActivePrincipals },
  session: Session,
  user: User,
): Identity {
  cache.touchSession(session)
  return {
    principal: userPrincipal(principals, credentialOfSession(session.id), user, session.expiresAt),
    user,
    session,
  }
}

/**
 * The principal of a user.
 * @param credential what they have shown
 * @param expiresAt when that is no longer good, ms since 1970
 */
export function userPrincipal(
  principals: ActivePrincipals,
  credential: string,
  user: User,
  expiresAt: number,
): Principal {
  return principals.of(credential, () => ({
    id: principalIdOfUser(user.id),
    name: user.username,
    kind: 'user',
    grants: userGrants(user),
    expiresAt,
  }))
}
