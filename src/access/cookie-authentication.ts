import type { IncomingMessage } from 'node:http'
import type { Clock } from '../core/clock.ts'
import type { AccountCache } from './account-cache.ts'
import type { ActivePrincipals } from './active-principals.ts'
import { checkCookieRequest, type OriginRules } from './csrf.ts'
import { type Identity, identityOfSession } from './identity.ts'
import { sessionCookieOf } from './request-credentials.ts'
import { digestOf } from './secrets.ts'

/** What cookie authentication needs. */
export interface CookieParts {
  readonly rules: OriginRules
  readonly cache: AccountCache
  readonly principals: ActivePrincipals
  readonly clock: Clock
}

/** Authentication by the session cookie of the page. */
export class CookieAuthentication {
  readonly #parts: CookieParts

  constructor(parts: CookieParts) {
    this.#parts = parts
  }

  /**
   * @returns undefined when there is no cookie, or its session has ended
   * @throws Refusal `forbidden` if a page of another site may have sent the request (CSRF)
   */
  identify(request: IncomingMessage): Identity | undefined {
    const value = sessionCookieOf(request)
    const identity = value === undefined ? undefined : this.ofCookie(value)
    if (identity) checkCookieRequest(request, this.#parts.rules)
    return identity
  }

  /** The identity of a cookie. @returns undefined when its session has ended, as if there were no cookie */
  ofCookie(value: string): Identity | undefined {
    const { cache, clock } = this.#parts
    const session = cache.sessionByCookie(digestOf(value))
    const user = session && cache.user(session.userId)
    if (!session || !user?.isActive || session.expiresAt <= clock.now()) return undefined
    return identityOfSession(this.#parts, session, user)
  }
}
