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
  /** The user's account, if there is one. */
  readonly user?: User | undefined
  /** The session it belongs to. */
  readonly session?: Session | undefined
  /** The access token, if it was signed by others. */
  readonly foreignToken?: Pick<AccessClaims, 'id' | 'expiresAt'> | undefined
  /** Why a request may not do more whose rights depend on where it comes from: anonymous, or with the publish key. */
  readonly why?: Refusal | undefined
}

/** The identity of a session, used with its cookie or an access token; records the use. */
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
 * @param credential id of the credential that was used
 * @param expiresAt when the credential expires, ms since 1970
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
