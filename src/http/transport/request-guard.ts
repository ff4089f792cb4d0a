import type { IncomingMessage } from 'node:http'
import type { AuditTrail } from '../../access/audit-trail.ts'
import type { Authenticator } from '../../access/authenticator.ts'
import { type ClientAddresses, clientOf, networkOf } from '../../access/client-address.ts'
import type { Identity } from '../../access/identity.ts'
import { isFromThisMachine } from '../../access/loopback.ts'
import { authorizationOf, isMadeByPage } from '../../access/request-credentials.ts'
import { type Action, mayAny } from '../../core/authorization.ts'
import type { Clock } from '../../core/clock.ts'
import type { CommandRate } from '../../core/command-rate.ts'
import type { Counters } from '../../core/counters.ts'
import { Refusal, tooMany } from '../../core/errors.ts'
import type { Holder } from '../../core/held-bytes.ts'
import { checkNotEnded, hasPriority, type Principal } from '../../core/principal.ts'
import { RateLimiter } from '../../core/rate-limiter.ts'
import type { SharedUseOf } from '../../core/shared-use.ts'

/** A request with its identity once authenticated: a Fastify request (decorated), or a record made for an upgrade. */
export interface KnownRequest {
  readonly raw: IncomingMessage
  identity: Identity | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who makes the request; undefined before authentication and on public routes. */
    identity: Identity | undefined
    /** How to authenticate, as a refusal says it (`WWW-Authenticate`). */
    challenge: string
  }
}

/**
 * The principal of a request that has passed the guard. Call it after the last await, so that access revoked meanwhile
 * is noticed.
 * @throws Refusal `unauthenticated` when the principal has ended
 * @throws Error when no guard stands before the route
 */
export function principalOf({ identity, raw }: KnownRequest): Principal {
  if (!identity) throw new Error(`nothing guards the route of ${raw.method} ${raw.url?.split('?', 1)[0]}`)
  checkNotEnded(identity.principal)
  return identity.principal
}

/** Rate limits of one client. */
export interface CallLimits {
  readonly callsPerMinute: number
  readonly guestCallsPerMinute: number
  /** For each address, on routes that need no permission. */
  readonly publicCallsPerMinute: number
}

/** What the guard needs. */
export interface RequestGuardParts {
  readonly authenticator: Authenticator
  readonly audit: AuditTrail
  readonly addresses: ClientAddresses
  readonly clock: Clock
  readonly counters: Pick<Counters, 'limited'>
  readonly limits: CallLimits
  readonly commandRate: CommandRate
  /** What clients use at other servers of the installation, which counts too. */
  readonly sharedUse: SharedUseOf
}

/**
 * The request guard (middleware before every route): authentication, authorization of the action in general, rate
 * limits, and audit entries for refused requests.
 */
export class RequestGuard {
  readonly #parts: RequestGuardParts
  readonly #calls: RateLimiter
  readonly #guestCalls: RateLimiter
  readonly #publicCalls: RateLimiter

  constructor(parts: RequestGuardParts) {
    this.#parts = parts
    const { limits, clock, sharedUse } = parts
    const perMinute = (amount: number, limit: string) =>
      new RateLimiter({ amount, period: 60_000 }, clock, { shared: sharedUse(limit) })
    this.#calls = perMinute(limits.callsPerMinute, 'limits.calls_per_minute')
    this.#guestCalls = perMinute(limits.guestCallsPerMinute, 'limits.guest_calls_per_minute')
    this.#publicCalls = perMinute(limits.publicCallsPerMinute, 'limits.public_calls_per_minute')
  }

  /**
   * Makes an `onRequest` hook that authenticates, authorizes and rate-limits a call before its body is read. The
   * handler then gets the principal from `principalOf`. The hook throws a Refusal: `unauthenticated`, `forbidden` or
   * `limited`.
   */
  require(action: Action): (request: KnownRequest) => Promise<void> {
    return async (request) => {
      const principal = await this.authorize(request, action)
      this.#count(request.raw, principal)
    }
  }

  /**
   * The same for pictures: an `<img>`, `ffmpeg` or a recorder may know of no credentials but Basic authentication, of
   * which the password is the token then. A browser that was given one shows it on behalf of any page, as a cookie. One
   * that shows the password of a proxy in front is not asked for another: it would forget that one.
   * @param counting `uncounted`: without the call limit
   */
  requireForReader(
    action: Action,
    counting: 'counted' | 'uncounted' = 'counted',
  ): (request: KnownRequest & { challenge: string }) => Promise<void> {
    return async (request) => {
      const { raw } = request
      const shown = authorizationOf(raw)
      const token = this.#parts.authenticator.passwordTokenOf(raw)
      const isForeign = token === undefined && (shown?.kind === 'basic' || shown?.kind === 'foreign')
      if (!isForeign && !isMadeByPage(raw)) request.challenge = 'Basic realm="Belvedere", charset="UTF-8"'
      if (token !== undefined) this.checkSameSite(request)
      const principal = await this.authorize(request, action, token).catch((error: unknown) => {
        throw isForeign && isUnauthenticated(error) ? new Refusal('unauthenticated', error.message + NO_KEY) : error
      })
      if (counting === 'counted') this.#count(raw, principal)
    }
  }

  /**
   * The same for what is a command but is not in the registry of commands, which counts its own. The hook counts it
   * together with those.
   */
  requireCommand(): (request: KnownRequest) => Promise<void> {
    const require = this.require('command')
    return async (request) => {
      await require(request)
      this.#parts.commandRate.count(this.#clientOf(request.raw, principalOf(request)))
    }
  }

  /** The same without the call limit: for frames, which are limited by their bytes. */
  requireUncounted(action: Action): (request: KnownRequest) => Promise<void> {
    return async (request) => {
      await this.authorize(request, action)
    }
  }

  /**
   * Authenticates a request and checks that its principal may perform the action on anything at all. Not rate-limited:
   * long-lived connections are limited by the connection registry.
   * @param token where the protocol has a place of its own for it
   * @throws Refusal `unauthenticated`, `forbidden`
   */
  async authorize(request: KnownRequest, action: Action, token?: string): Promise<Principal> {
    request.identity = await this.#parts.authenticator.identify(request.raw, token)
    return this.#parts.authenticator.allow(request.identity, action)
  }

  /**
   * Authenticates and rate-limits a call that needs no permission.
   * @param given the token, where a route has a place of its own for it
   * @throws Refusal `unauthenticated`, `forbidden`, `limited`
   */
  async identify(request: KnownRequest, given?: string): Promise<Identity> {
    const identity = await this.#parts.authenticator.identify(request.raw, given)
    request.identity = identity
    this.#count(request.raw, identity.principal)
    return identity
  }

  /**
   * The `onRequest` hook of routes that need no permission and have a body: it rate-limits by address, before the body
   * is read. It throws a Refusal: `limited`.
   */
  readonly limitPublic = async (request: KnownRequest): Promise<void> => {
    const wait = this.#publicCalls.take(this.networkOf(request))
    const { publicCallsPerMinute } = this.#parts.limits
    if (wait > 0) throw tooMany(wait, `${publicCallsPerMinute} calls`, 'limits.public_calls_per_minute')
  }

  /** CSRF protection. @throws Refusal `forbidden` when a page of another site has sent the request */
  checkSameSite({ raw }: KnownRequest): void {
    this.#parts.authenticator.checkSameSite(raw)
  }

  /** The client's IP address, as seen by this server or a trusted proxy. */
  addressOf({ raw }: KnownRequest): string {
    return this.#parts.addresses.of(raw)
  }

  /** The client's IPv4 address or IPv6 network: the key of rate limits for unauthenticated clients. */
  networkOf(request: KnownRequest): string {
    return networkOf(this.addressOf(request))
  }

  /** For whom memory is held on account of a request: whoever has signed in or, before that, a visitor's address. */
  readonly holderOf = ({ raw, identity }: KnownRequest): Holder => {
    if (!identity) return { client: this.#clientOf(raw, { id: 'anonymous', kind: 'anonymous' }), isPrivileged: false }
    const { principal } = identity
    return { client: this.#clientOf(raw, principal), isPrivileged: hasPriority(principal) }
  }

  /** The key of the connection limit; undefined (not limited) for anonymous clients on this machine. */
  connectionsOf({ raw }: KnownRequest, principal: Principal): string | undefined {
    if (principal.kind === 'anonymous' && isFromThisMachine(raw)) return undefined
    return this.#clientOf(raw, principal)
  }

  /** Counts a refused request if a limit was the reason, and records it in the audit trail. */
  readonly noteRefusal = (request: KnownRequest, refusal: Refusal): void => {
    if (refusal.limit !== undefined) this.#parts.counters.limited(refusal.limit)
    if (!RECORDED.has(refusal.code) || refusal.isAudited) return
    const { raw, identity } = request
    const method = raw.headers.upgrade === undefined ? raw.method : 'socket'
    // Without the query, which may hold a token.
    const target = `${method} ${raw.url?.split('?', 1)[0]}`
    const actor = { who: identity?.principal.name ?? 'somebody', address: this.addressOf(request) }
    this.#parts.audit.note(actor, { action: 'request', target, outcome: 'refused', detail: refusal.message })
  }

  /** The key of rate limits. */
  #clientOf(request: IncomingMessage, principal: Pick<Principal, 'id' | 'kind'>): string {
    return clientOf(principal, this.#parts.addresses.of(request))
  }

  #count(request: IncomingMessage, principal: Principal): void {
    const { callsPerMinute, guestCallsPerMinute } = this.#parts.limits
    const client = this.#clientOf(request, principal)
    const isGuest = principal.kind !== 'key' && !mayAny(principal, 'command')
    const calls = isGuest ? this.#guestCalls.take(client) : this.#calls.take(client)
    if (calls > 0 && isGuest) throw tooMany(calls, `${guestCallsPerMinute} calls`, 'limits.guest_calls_per_minute')
    if (calls > 0) throw tooMany(calls, `${callsPerMinute} calls`, 'limits.calls_per_minute')
  }
}

/** For a camera whose password was mistyped: a sentence to go behind another. */
const NO_KEY = ' The password that was shown is no key of this server.'

function isUnauthenticated(error: unknown): error is Refusal {
  return error instanceof Refusal && error.code === 'unauthenticated'
}

const RECORDED = new Set(['unauthenticated', 'forbidden', 'limited', 'unsupported'])
