import type { IncomingMessage } from 'node:http'
import type { ShareLink } from '../core/account-store.ts'
import { type Action, mayAny } from '../core/authorization.ts'
import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import type { AccountCache } from './account-cache.ts'
import type { ActivePrincipals } from './active-principals.ts'
import { AnonymousAccess, type AnonymousRules } from './anonymous-access.ts'
import { BearerAuthentication } from './bearer-authentication.ts'
import { CookieAuthentication, type CookieIdentity } from './cookie-authentication.ts'
import { checkSameSite } from './csrf.ts'
import type { Identity } from './identity.ts'
import type { InstanceCookie } from './instance-cookie.ts'
import { LINK_ENDED, LinkAuthentication } from './link-authentication.ts'
import { authorizationOf, tokenOf } from './request-credentials.ts'
import type { SessionCookie } from './session-cookie.ts'
import type { Tokens } from './tokens.ts'

/** Settings of the authenticator. */
export interface AuthenticatorRules extends AnonymousRules {
  /** The bootstrap key, which may publish anything. */
  readonly publishKey: string
}

/** What the authenticator needs. */
export interface AuthenticatorParts {
  readonly rules: AuthenticatorRules
  readonly sessionCookie: SessionCookie
  readonly guestCookie: InstanceCookie
  readonly cache: AccountCache
  readonly principals: ActivePrincipals
  readonly tokens: Tokens
  readonly clock: Clock
}

/**
 * Authentication: determines who a request is from. It uses the header `Authorization: Bearer`, `?token=` on a GET
 * request or a WebSocket (both take an access token, API key, share link or the publish key), the session cookie,
 * the address the request comes from (anonymous access), or else the cookie of a guest of a share link. Needs no database query, except for a credential that is not
 * known: another server may just have stored it.
 */
export class Authenticator {
  readonly #anonymous: AnonymousAccess
  readonly #bearer: BearerAuthentication
  readonly #cookie: CookieAuthentication
  readonly #links: LinkAuthentication
  readonly #cache: AccountCache
  readonly #rules: AuthenticatorRules

  constructor({ rules, ...parts }: AuthenticatorParts) {
    this.#anonymous = new AnonymousAccess(rules)
    this.#links = new LinkAuthentication({ ...parts, rules })
    this.#bearer = new BearerAuthentication({
      ...parts,
      publishKey: rules.publishKey,
      anonymous: this.#anonymous,
      links: this.#links,
    })
    this.#cookie = new CookieAuthentication({ ...parts, rules })
    this.#rules = rules
    this.#cache = parts.cache
  }

  /**
   * Authenticates a request; does not check what it may do.
   * @param given the token, where a protocol has a place of its own for it; it goes before those of the request
   * @throws Refusal `unauthenticated` for an invalid token or key; `forbidden` for a page of another site (CSRF)
   */
  async identify(request: IncomingMessage, given?: string): Promise<Identity> {
    const token = given ?? tokenOf(request)
    if (token !== undefined) return this.#byToken(token, request)
    const identity = this.#cookie.identify(request)
    if (identity) return identity
    const isUnknown = this.#cookie.isUnknown(request)
    const known = isUnknown && (await this.#cache.catchUp()) ? this.#cookie.identify(request) : undefined
    return known ?? this.#guestOr(this.#anonymous.identify(request), request)
  }

  /**
   * The token that a request shows as the password of Basic authentication, for routes that take it from there.
   * @returns undefined if it shows none, or one for somebody else, such as a proxy in front
   */
  passwordTokenOf(request: IncomingMessage): string | undefined {
    const shown = authorizationOf(request)
    return shown?.kind === 'basic' && this.#bearer.isToken(shown.password) ? shown.password : undefined
  }

  /** The cookie of a share link only gives: whoever may view without it is who they are. */
  async #guestOr(visitor: Identity, request: IncomingMessage): Promise<Identity> {
    if (mayAny(visitor.principal, 'view') || !this.#links.hasCookie(request)) return visitor
    const guest = this.#links.ofCookie(request)
    if (guest) return guest
    const known = (await this.#cache.catchUp()) ? this.#links.ofCookie(request) : undefined
    if (known || visitor.why?.code === 'forbidden') return known ?? visitor
    return { ...visitor, why: new Refusal('unauthenticated', LINK_ENDED) }
  }

  async #byToken(token: string, request: IncomingMessage): Promise<Identity> {
    try {
      return await this.#bearer.identify(token, request)
    } catch (error) {
      const isUnknown = error instanceof Refusal && error.code === 'unauthenticated'
      if (isUnknown && (await this.#cache.catchUp())) return this.#bearer.identify(token, request)
      throw error
    }
  }

  /**
   * Checks that an identity may perform the action on anything at all.
   * @throws Refusal `unauthenticated` when the request has no credentials and needs some; `forbidden` when its
   *   credentials do not allow the action, or a page of another site sent it
   */
  allow({ principal, why }: Identity, action: Action): Principal {
    if (mayAny(principal, action)) return principal
    if (principal.kind === 'anonymous') throw why ?? needsMore(action)
    if (action === 'administer') throw new Refusal('forbidden', 'Admin role required.')
    throw why ?? new Refusal('forbidden', `${principal.name} may not ${action.replaceAll('_', ' ')}.`)
  }

  /** @throws Refusal `forbidden` if a page of another site sent the request (CSRF) */
  checkSameSite(request: IncomingMessage): void {
    checkSameSite(request, this.#rules)
  }

  /** The identity of a session cookie, for somebody who has just signed in; undefined if the session has ended. */
  ofCookie(value: string): Identity | undefined {
    return this.#cookie.ofCookie({ value, name: 'current' })
  }

  /** The share link with that token; undefined if it has ended. */
  findLink(token: string): ShareLink | undefined {
    return this.#links.find(token)
  }

  /** The session that the request's browser has, and by which cookie; whichever page has sent the request. */
  findCookie(request: IncomingMessage): CookieIdentity | undefined {
    return this.#cookie.find(request)
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
