import type { IncomingMessage } from 'node:http'
import { type Action, mayAny } from '../core/authorization.ts'
import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import type { AccountCache } from './account-cache.ts'
import type { ActivePrincipals } from './active-principals.ts'
import { AnonymousAccess, type AnonymousRules } from './anonymous-access.ts'
import { BearerAuthentication } from './bearer-authentication.ts'
import { CookieAuthentication } from './cookie-authentication.ts'
import { checkSameSite } from './csrf.ts'
import type { Identity } from './identity.ts'
import { tokenOf } from './request-credentials.ts'
import type { Tokens } from './tokens.ts'

/** Settings of the authenticator. */
export interface AuthenticatorRules extends AnonymousRules {
  /** The bootstrap key: it may publish anything. */
  readonly publishKey: string
}

/** What the authenticator needs of others. */
export interface AuthenticatorParts {
  readonly rules: AuthenticatorRules
  readonly cache: AccountCache
  readonly principals: ActivePrincipals
  readonly tokens: Tokens
  readonly clock: Clock
}

/**
 * Authentication, saying who a request is from: by the header `Authorization: Bearer`, by `?token=` on a GET or a
 * socket (both take a token, a key for machines, a share link, the publish key), by the page's cookie, or by where it
 * comes from. Reads no database.
 */
export class Authenticator {
  readonly #anonymous: AnonymousAccess
  readonly #bearer: BearerAuthentication
  readonly #cookie: CookieAuthentication

  constructor({ rules, ...parts }: AuthenticatorParts) {
    this.#anonymous = new AnonymousAccess(rules)
    this.#bearer = new BearerAuthentication({ ...parts, publishKey: rules.publishKey, anonymous: this.#anonymous })
    this.#cookie = new CookieAuthentication(parts)
  }

  /**
   * Who a request is from, whatever they may do.
   * @throws Refusal `unauthenticated` for a token or key that is not good; `forbidden` for a page of another site
   */
  async identify(request: IncomingMessage): Promise<Identity> {
    const token = tokenOf(request)
    if (token !== undefined) return this.#bearer.identify(token, request)
    return this.#cookie.identify(request) ?? this.#anonymous.identify(request)
  }

  /**
   * Somebody who is known, if they may do such a thing at all.
   * @throws Refusal `unauthenticated` when nothing that we know was shown and it takes that; `forbidden` when what was
   *   shown does not allow the action, or a page of another site sent the request
   */
  allow({ principal, why }: Identity, action: Action): Principal {
    if (mayAny(principal, action)) return principal
    if (principal.kind === 'anonymous') throw why ?? needsMore(action)
    if (action === 'administer') throw new Refusal('forbidden', 'Admin role required.')
    throw new Refusal('forbidden', `${principal.name} may not ${action.replaceAll('_', ' ')}.`)
  }

  /** @throws Refusal `forbidden` if a page of another site has sent the request */
  checkSameSite(request: IncomingMessage): void {
    checkSameSite(request)
  }

  /** Whose cookie that is, of somebody who has just signed in on the page, say; undefined: its sign-in has ended. */
  ofCookie(value: string): Identity | undefined {
    return this.#cookie.ofCookie(value)
  }
}

function needsMore(action: Action): Refusal {
  return new Refusal(
    'unauthenticated',
    action === 'publish'
      ? 'Publishing needs a key: send it as "Authorization: Bearer <key>".'
      : 'Sign in first: send "Authorization: Bearer <token>".',
  )
}
