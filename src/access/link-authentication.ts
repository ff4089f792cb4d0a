import type { IncomingMessage } from 'node:http'
import type { ShareLink } from '../core/account-store.ts'
import type { Clock } from '../core/clock.ts'
import type { AccountCache } from './account-cache.ts'
import type { ActivePrincipals } from './active-principals.ts'
import { credentialOfLink } from './credential-ids.ts'
import { checkCookieRequest, type OriginRules } from './csrf.ts'
import type { Identity } from './identity.ts'
import type { InstanceCookie } from './instance-cookie.ts'
import { linkGrants } from './permissions.ts'
import { digestOf } from './secrets.ts'

/** What authentication by share links needs. */
export interface LinkParts {
  readonly rules: OriginRules
  /** Has the token of the link that was opened last in a browser where nobody is signed in. */
  readonly guestCookie: InstanceCookie
  readonly cache: AccountCache
  readonly principals: ActivePrincipals
  readonly clock: Clock
}

/** The reason for whoever has the token of a link that was revoked or has expired. */
export const LINK_ENDED = 'This link has ended.'

/** Authentication by a share link: by its token, or by the cookie that a browser got when the link was opened. */
export class LinkAuthentication {
  readonly #parts: LinkParts

  constructor(parts: LinkParts) {
    this.#parts = parts
  }

  /** @returns undefined when the link has ended */
  ofToken(token: string): Identity | undefined {
    const { cache, principals } = this.#parts
    const link = this.find(token)
    if (!link) return undefined
    cache.touchLink(link)
    const id = credentialOfLink(link.id)
    const { name, expiresAt, showsMetadata } = link
    return {
      principal: principals.of(id, () => ({
        id,
        name: `the link "${name}"`,
        kind: 'link',
        isShared: true,
        isPicturesOnly: !showsMetadata,
        grants: linkGrants(link),
        expiresAt,
      })),
    }
  }

  /** The link with that token; undefined when it has ended. */
  find(token: string): ShareLink | undefined {
    const { cache, clock } = this.#parts
    const link = cache.linkByHash(digestOf(token))
    return link && link.expiresAt > clock.now() ? link : undefined
  }

  /** Whether a request shows the cookie, of whatever link. */
  hasCookie(request: IncomingMessage): boolean {
    return this.#parts.guestCookie.valueIn(request) !== undefined
  }

  /**
   * @returns undefined when a request does not show the cookie, or its link has ended
   * @throws Refusal `forbidden` if a page of another site may have sent the request (CSRF)
   */
  ofCookie(request: IncomingMessage): Identity | undefined {
    const token = this.#parts.guestCookie.valueIn(request)
    const identity = token === undefined ? undefined : this.ofToken(token)
    if (identity) checkCookieRequest(request, this.#parts.rules)
    return identity
  }
}
