import type { IncomingMessage } from 'node:http'
import type { Clock } from '../core/clock.ts'
import type { AccountCache } from './account-cache.ts'
import type { ActivePrincipals } from './active-principals.ts'
import { checkCookieRequest, type OriginRules } from './csrf.ts'
import { type Identity, identityOfSession } from './identity.ts'
import { digestOf } from './secrets.ts'
import type { SessionCookie, ShownCookie } from './session-cookie.ts'

/** What cookie authentication needs. */
export interface CookieParts {
  readonly rules: OriginRules
  readonly sessionCookie: SessionCookie
  readonly cache: AccountCache
  readonly principals: ActivePrincipals
  readonly clock: Clock
}

/** Who a request is from by its session cookie, and by which one. */
export interface CookieIdentity {
  readonly identity: Identity
  readonly cookie: ShownCookie
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
    const found = this.find(request)
    if (found) checkCookieRequest(request, this.#parts.rules)
    return found?.identity
  }

  /** Whether a request shows a cookie that is not known. */
  isUnknown(request: IncomingMessage): boolean {
    return this.#parts.sessionCookie.shownBy(request).length > 0 && this.find(request) === undefined
  }

  /** The session that a request's browser has, whichever page has sent the request. @returns undefined when there is none */
  find(request: IncomingMessage): CookieIdentity | undefined {
    for (const cookie of this.#parts.sessionCookie.shownBy(request)) {
      const identity = this.ofCookie(cookie)
      if (identity) return { identity, cookie }
    }
    return undefined
  }

  /** The identity of a cookie. @returns undefined when its session has ended, as if there were no cookie */
  ofCookie({ value, name }: ShownCookie): Identity | undefined {
    const { cache, clock, sessionCookie } = this.#parts
    const session = cache.sessionByCookie(digestOf(value))
    const user = session && cache.user(session.userId)
    if (!session || !user?.isActive || session.expiresAt <= clock.now()) return undefined
    // Any other server of the host could have set the former name: it counts for whoever had it when it changed.
    if (name === 'former' && session.createdAt > sessionCookie.namedAt) return undefined
    return identityOfSession(this.#parts, session, user)
  }
}
