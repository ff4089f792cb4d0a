import type { IncomingMessage } from 'node:http'
import type { Clock } from '../core/clock.ts'
import type { AccountCache } from './account-cache.ts'
import type { ActivePrincipals } from './active-principals.ts'
import { checkCookieRequest } from './csrf.ts'
import { type Identity, identityOfSession } from './identity.ts'
import { sessionCookieOf } from './request-credentials.ts'
import { digestOf } from './secrets.ts'

/** What authentication by the cookie needs of others. */
export interface CookieParts {
  readonly cache: AccountCache
  readonly principals: ActivePrincipals
  readonly clock: Clock
}

/** Authentication by the page's session cookie. */
export class CookieAuthentication {
  readonly #parts: CookieParts

  constructor(parts: CookieParts) {
    this.#parts = parts
  }

  /**
   * @returns undefined when there is no cookie, or none of a sign-in that lasts
   * @throws Refusal `forbidden` if a page of another site may have sent the request
   */
  identify(request: IncomingMessage): Identity | undefined {
    const value = sessionCookieOf(request)
    const identity = value === undefined ? undefined : this.ofCookie(value)
    if (identity) checkCookieRequest(request)
    return identity
  }

  /** Whose cookie that is. @returns undefined when its sign-in has ended: it is as if there were none */
  ofCookie(value: string): Identity | undefined {
    const { cache, clock } = this.#parts
    const session = cache.sessionByCookie(digestOf(value))
    const user = session && cache.user(session.userId)
    if (!session || !user?.isActive || session.expiresAt <= clock.now()) return undefined
    return identityOfSession(this.#parts, session, user)
  }
}
