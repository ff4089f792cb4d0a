import type { IncomingMessage } from 'node:http'
import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import type { AccountCache } from './account-cache.ts'
import type { ActivePrincipals } from './active-principals.ts'
import type { AnonymousAccess } from './anonymous-access.ts'
import { KEY_PREFIX } from './api-keys.ts'
import { credentialOfKey, credentialOfToken } from './credential-ids.ts'
import { type Identity, identityOfSession, userPrincipal } from './identity.ts'
import { LINK_ENDED, type LinkAuthentication } from './link-authentication.ts'
import { keyGrants, publishKeyGrants } from './permissions.ts'
import { comparerOf, digestOf } from './secrets.ts'
import { LINK_PREFIX } from './share-links.ts'
import type { Tokens } from './tokens.ts'

/** What bearer authentication needs. */
export interface BearerParts {
  /** The bootstrap key, which may publish anything. */
  readonly publishKey: string
  readonly cache: AccountCache
  readonly principals: ActivePrincipals
  readonly tokens: Tokens
  readonly clock: Clock
  readonly links: LinkAuthentication
  /** A holder of the publish key may also do what is allowed anonymously. */
  readonly anonymous: AnonymousAccess
}

/** Authentication by a bearer token: the publish key, an API key, a share link, or an access token. */
export class BearerAuthentication {
  readonly #parts: BearerParts
  readonly #isPublishKey: (token: string) => boolean

  constructor(parts: BearerParts) {
    this.#parts = parts
    this.#isPublishKey = comparerOf(parts.publishKey)
  }

  /** @throws Refusal `unauthenticated`, saying why the token is not valid */
  async identify(token: string, request: IncomingMessage): Promise<Identity> {
    if (this.#isPublishKey(token)) return this.#byPublishKey(request)
    if (token.startsWith(KEY_PREFIX)) return this.#byKey(token)
    if (token.startsWith(LINK_PREFIX)) return this.#byLink(token)
    return this.#byAccessToken(token)
  }

  /**
   * Whether a text is meant as a token of this server, valid or not, rather than as a password for somebody else. Access
   * tokens do not count: they are too short-lived to be given as a password.
   */
  isToken(text: string): boolean {
    return text.startsWith(KEY_PREFIX) || text.startsWith(LINK_PREFIX) || this.#isPublishKey(text)
  }

  #byPublishKey(request: IncomingMessage): Identity {
    // As for anonymous access: it cannot be revoked.
    const { principal, why } = this.#parts.anonymous.identify(request)
    const { grants, ended } = principal
    // To sign in would not help who has a key.
    const whyNotMore = why?.code === 'forbidden' ? why : undefined
    return { principal: { ...PUBLISH_KEY, grants: publishKeyGrants(grants), ended }, why: whyNotMore }
  }

  #byKey(secret: string): Identity {
    const { cache, principals, clock } = this.#parts
    const key = cache.keyByHash(digestOf(secret))
    if (!key) throw new Refusal('unauthenticated', 'This key is not known here; it may have been revoked.')
    if (key.expiresAt !== undefined && key.expiresAt <= clock.now())
      throw new Refusal('unauthenticated', 'This key has expired.')
    cache.touchKey(key)
    const id = credentialOfKey(key.id)
    const { name, expiresAt } = key
    return {
      principal: principals.of(id, () => ({
        id,
        name: `the key "${name}"`,
        kind: 'key',
        grants: keyGrants(key),
        expiresAt,
      })),
    }
  }

  #byLink(token: string): Identity {
    const identity = this.#parts.links.ofToken(token)
    if (!identity) throw new Refusal('unauthenticated', LINK_ENDED)
    return identity
  }

  async #byAccessToken(token: string): Promise<Identity> {
    const { cache, principals, tokens, clock } = this.#parts
    const claims = await tokens.readAccess(token)
    const session = claims.sessionId === undefined ? undefined : cache.session(claims.sessionId)
    if (claims.sessionId !== undefined && !(session && session.expiresAt > clock.now()))
      throw new Refusal('unauthenticated', 'This token is no longer good: its session was ended.')
    const user = session ? cache.user(session.userId) : cache.userByName(claims.username)
    if (!user?.isActive) throw new Refusal('unauthenticated', 'The account of this token was removed or disabled.')
    if (claims.role !== user.role)
      throw new Refusal('unauthenticated', 'The role of this account has changed: refresh the token.')
    if (session) return identityOfSession(this.#parts, session, user)
    // Others may have signed tokens of two users with the same id.
    const id = `${user.id} ${claims.id}`
    // Tokens have whole seconds: one from the same second may be older than the change, so it is not accepted. One from
    // before a renaming was signed for another user, who had the name then.
    const validFrom = Math.max(user.validFrom, user.renamedAt ?? 0)
    if (cache.isRevoked(id) || claims.issuedAt < validFrom)
      throw new Refusal('unauthenticated', 'This token was revoked.')
    const principal = userPrincipal(principals, credentialOfToken(id), user, claims.expiresAt)
    return { principal, user, foreignToken: { id, expiresAt: claims.expiresAt } }
  }
}

const PUBLISH_KEY = { id: 'publish-key', name: 'the holder of the publish key', kind: 'key' } as const
