import { setMaxListeners } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Session, User } from '../core/accounts.ts'
import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import { type Action, type Grant, mayAny } from '../core/rights.ts'
import { KEY_PREFIX } from './api-keys.ts'
import {
  credentialOfKey,
  credentialOfLink,
  credentialOfSession,
  credentialOfToken,
  principalOfUser,
} from './credentials.ts'
import type { Directory } from './directory.ts'
import { forwardedBy, isFromThisMachine, isSameOrigin, type LocalNames, strangeHost, strangePage } from './locality.ts'
import type { AnonymousPolicy } from './permissions.ts'
import type { Principals } from './principals.ts'
import { anonymousRights, keyRights, linkRights, publishKeyRights, userRights } from './rights.ts'
import { digestOf, sameSecret } from './secrets.ts'
import { LINK_PREFIX } from './share-links.ts'
import { sessionCookieOf, tokenOf } from './shown.ts'
import type { AccessClaims, Tokens } from './tokens.ts'

/** Settings of the gate. */
export interface GateRules extends LocalNames {
  /** The bootstrap key: it may publish anything. */
  readonly publishKey: string
  /** What people may do who have not signed in; undefined: operate on this machine, nothing elsewhere. */
  readonly anonymous: AnonymousPolicy | undefined
}

/** What the gate needs of others. */
export interface GateParts {
  readonly rules: GateRules
  readonly directory: Directory
  readonly principals: Principals
  readonly tokens: Tokens
  readonly clock: Clock
}

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

/**
 * Says who requests are from: by the header `Authorization: Bearer`, by `?token=` on a GET or a socket (both take a
 * token, a key for machines, a share link, the publish key), by the page's cookie, or by where they come from. Reads no
 * database.
 */
export class Gate {
  readonly #parts: GateParts
  /** The end of everything that nobody can take away. */
  readonly #never = new AbortController()

  constructor(parts: GateParts) {
    this.#parts = parts
    // Every viewer listens to it.
    setMaxListeners(0, this.#never.signal)
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

  /**
   * Who a request is from, whatever they may do.
   * @throws Refusal `unauthenticated` for a token or key that is not good; `forbidden` for a page of another site
   */
  async identify(request: IncomingMessage): Promise<Identity> {
    const token = tokenOf(request)
    if (token !== undefined) return this.#byToken(token, request)
    return this.#byCookie(request) ?? this.#byPlace(request)
  }

  /** @throws Refusal `forbidden` if a page of another site has sent the request */
  checkPage(request: IncomingMessage): void {
    const strange = strangePage(request, { ...this.#parts.rules, allowedOrigins: [] })
    if (strange !== undefined) throw new Refusal('forbidden', strange)
  }

  /** Who has just signed in on the page. */
  ofCookie(value: string): Identity | undefined {
    const { directory, clock } = this.#parts
    const session = directory.sessionByCookie(digestOf(value))
    const user = session && directory.user(session.userId)
    // A sign-in that has ended counts for nothing: it is as if there were none.
    if (!session || !user?.isActive || session.expiresAt <= clock.now()) return undefined
    return this.#bySession(session, user)
  }

  async #byToken(token: string, request: IncomingMessage): Promise<Identity> {
    if (sameSecret(token, this.#parts.rules.publishKey)) return this.#publishKey(request)
    if (token.startsWith(KEY_PREFIX)) return this.#byKey(token)
    if (token.startsWith(LINK_PREFIX)) return this.#byLink(token)
    return this.#byAccessToken(token)
  }

  #publishKey(request: IncomingMessage): Identity {
    const here = this.#byPlace(request)
    const grants = publishKeyRights(here.principal.grants)
    return { principal: { ...PUBLISH_KEY, grants, ended: this.#never.signal } }
  }

  #byKey(secret: string): Identity {
    const { directory, principals, clock } = this.#parts
    const key = directory.keyByHash(digestOf(secret))
    if (!key) throw new Refusal('unauthenticated', 'This key is not known here; it may have been revoked.')
    if (key.expiresAt !== undefined && key.expiresAt <= clock.now())
      throw new Refusal('unauthenticated', 'This key has expired.')
    directory.touchKey(key)
    const id = credentialOfKey(key.id)
    const { name, expiresAt } = key
    return {
      principal: principals.of(id, () => ({
        id,
        name: `the key "${name}"`,
        kind: 'key',
        grants: keyRights(key),
        expiresAt,
      })),
    }
  }

  #byLink(token: string): Identity {
    const { directory, principals, clock } = this.#parts
    const link = directory.linkByHash(digestOf(token))
    if (!link || link.expiresAt <= clock.now()) throw new Refusal('unauthenticated', 'This link has ended.')
    directory.touchLink(link)
    const id = credentialOfLink(link.id)
    const { name, expiresAt } = link
    return {
      principal: principals.of(id, () => ({
        id,
        name: `the link "${name}"`,
        kind: 'link',
        grants: linkRights(link),
        expiresAt,
      })),
    }
  }

  async #byAccessToken(token: string): Promise<Identity> {
    const { directory, tokens, clock } = this.#parts
    const claims = await tokens.readAccess(token)
    const session = claims.sessionId === undefined ? undefined : directory.session(claims.sessionId)
    if (claims.sessionId !== undefined && !(session && session.expiresAt > clock.now()))
      throw new Refusal('unauthenticated', 'This token is no longer good: its session was ended.')
    const user = session ? directory.user(session.userId) : directory.userNamed(claims.username)
    if (!user?.isActive) throw new Refusal('unauthenticated', 'The account of this token was removed or disabled.')
    if (claims.role !== user.role)
      throw new Refusal('unauthenticated', 'The role of this account has changed: refresh the token.')
    if (session) return this.#bySession(session, user)
    // Whoever signs elsewhere may have given the same id to tokens of two users.
    const id = `${user.id} ${claims.id}`
    // Tokens tell whole seconds: one of the same second may be of before, so it does not count.
    if (directory.isRevoked(id) || claims.issuedAt < user.validFrom)
      throw new Refusal('unauthenticated', 'This token was revoked.')
    const principal = this.#ofUser(credentialOfToken(id), user, claims.expiresAt)
    return { principal, user, foreignToken: { id, expiresAt: claims.expiresAt } }
  }

  #byCookie(request: IncomingMessage): Identity | undefined {
    const value = sessionCookieOf(request)
    if (value === undefined) return undefined
    const identity = this.ofCookie(value)
    if (!identity) return undefined
    // Browsers send a cookie along whatever page asks, so it must be one of ours: SameSite alone is not all browsers'.
    const isRead = (request.method === 'GET' || request.method === 'HEAD') && request.headers.upgrade === undefined
    this.checkPage(request)
    if (!isRead && !isSameOrigin(request))
      throw new Refusal('forbidden', 'With a cookie this can be done from a page of this server only.')
    return identity
  }

  #bySession(session: Session, user: User): Identity {
    this.#parts.directory.touchSession(session)
    const principal = this.#ofUser(credentialOfSession(session.id), user, session.expiresAt)
    return { principal, user, session }
  }

  #ofUser(credential: string, user: User, expiresAt?: number): Principal {
    return this.#parts.principals.of(credential, () => ({
      id: principalOfUser(user.id),
      name: user.username,
      kind: 'user',
      grants: userRights(user),
      expiresAt,
    }))
  }

  #byPlace(request: IncomingMessage): Identity {
    const { rules } = this.#parts
    const isHere = isFromThisMachine(request)
    const policy = rules.anonymous ?? (isHere ? 'operate' : 'none')
    const strange = (isHere ? strangeHost(request, rules) : undefined) ?? strangePage(request, rules)
    if (strange !== undefined && policy !== 'none') return this.#nobody(new Refusal('forbidden', strange))
    if (policy === 'none') return this.#nobody(new Refusal('unauthenticated', whyNot(request)))
    return { principal: this.#anonymous(anonymousRights(policy)) }
  }

  #nobody(why: Refusal): Identity {
    return { principal: this.#anonymous(NOTHING), why }
  }

  #anonymous(grants: readonly Grant[]): Principal {
    return {
      id: 'anonymous',
      name: 'somebody who has not signed in',
      kind: 'anonymous',
      grants,
      ended: this.#never.signal,
    }
  }
}

const PUBLISH_KEY = { id: 'publish-key', name: 'the holder of the publish key', kind: 'key' } as const
const NOTHING = anonymousRights('none')

function needsMore(action: Action): Refusal {
  return new Refusal(
    'unauthenticated',
    action === 'publish'
      ? 'Publishing needs a key: send it as "Authorization: Bearer <key>".'
      : 'Sign in first: send "Authorization: Bearer <token>".',
  )
}

function whyNot(request: IncomingMessage): string {
  const header = forwardedBy(request)
  return header === undefined
    ? 'Sign in first: send "Authorization: Bearer <token>", or open the page.'
    : `Sign in first. The request was forwarded (it has the header ${header}), so it does not count as coming from this machine.`
}
