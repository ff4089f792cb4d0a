import type { IncomingMessage } from 'node:http'
import type { AuditTrail } from '../../access/audit-trail.ts'
import type { Authenticator } from '../../access/authenticator.ts'
import { type ClientAddresses, networkOf } from '../../access/client-address.ts'
import type { Identity } from '../../access/identity.ts'
import { isFromThisMachine } from '../../access/loopback.ts'
import { type Action, mayAny } from '../../core/authorization.ts'
import type { Clock } from '../../core/clock.ts'
import { limited, type Refusal } from '../../core/errors.ts'
import { checkNotEnded, type Principal } from '../../core/principal.ts'
import { RateLimiter } from '../../core/rate-limiter.ts'

/** A request with who asks, once that is known: Fastify's has it as a decorator, an upgrade has a record of its own. */
export interface KnownRequest {
  readonly raw: IncomingMessage
  identity: Identity | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; undefined before the guard has let the request in, and on routes for everybody. */
    identity: Identity | undefined
  }
}

/**
 * Who a request is from that the guard has let in. To be asked after the last await: whoever is cut off meanwhile is
 * refused then.
 * @throws Refusal `unauthenticated` when the principal has ended
 */
export function principalOf({ identity, raw }: KnownRequest): Principal {
  if (!identity) throw new Error(`nothing guards the route of ${raw.method} ${raw.url?.split('?', 1)[0]}`)
  checkNotEnded(identity.principal)
  return identity.principal
}

/** How much one client may ask for. */
export interface CallLimits {
  readonly callsPerMinute: number
  readonly guestCallsPerMinute: number
  readonly commandsPerMinute: number
}

/** What the guard is handed. */
export interface RequestGuardParts {
  readonly authenticator: Authenticator
  readonly audit: AuditTrail
  readonly addresses: ClientAddresses
  readonly clock: Clock
  readonly limits: CallLimits
}

/**
 * Stands before every route: authentication (who asks), authorization (may they do such a thing at all) and the rate
 * limits of calls and commands; and keeps a record of whoever was refused.
 */
export class RequestGuard {
  readonly #parts: RequestGuardParts
  readonly #calls: RateLimiter
  readonly #guestCalls: RateLimiter
  readonly #commands: RateLimiter

  constructor(parts: RequestGuardParts) {
    this.#parts = parts
    const perMinute = (calls: number) => new RateLimiter({ amount: calls, period: 60_000 }, parts.clock)
    this.#calls = perMinute(parts.limits.callsPerMinute)
    this.#guestCalls = perMinute(parts.limits.guestCallsPerMinute)
    this.#commands = perMinute(parts.limits.commandsPerMinute)
  }

  /**
   * A hook for `onRequest`: lets a call in, before its body is read. Its handler asks `principalOf` who it was. It
   * throws a Refusal `unauthenticated`, `forbidden` or `limited`.
   */
  require(action: Action): (request: KnownRequest) => Promise<void> {
    return async (request) => {
      const principal = await this.authorize(request, action)
      this.#count(request.raw, principal, action)
    }
  }

  /** The same for what is no call: a frame is limited by its bytes. */
  requireUncounted(action: Action): (request: KnownRequest) => Promise<void> {
    return async (request) => {
      await this.authorize(request, action)
    }
  }

  /**
   * Who a request is from, if they may do such a thing at all. A connection that stays open is counted while it is
   * open.
   * @throws Refusal `unauthenticated`, `forbidden`
   */
  async authorize(request: KnownRequest, action: Action): Promise<Principal> {
    request.identity = await this.#parts.authenticator.identify(request.raw)
    return this.#parts.authenticator.allow(request.identity, action)
  }

  /** Who a call is from, whatever they may do. @throws Refusal `unauthenticated`, `forbidden`, `limited` */
  async identify(request: KnownRequest): Promise<Identity> {
    const identity = await this.#parts.authenticator.identify(request.raw)
    request.identity = identity
    this.#count(request.raw, identity.principal, 'view')
    return identity
  }

  /** CSRF: @throws Refusal `forbidden` if a page of another site has sent the request */
  checkSameSite({ raw }: KnownRequest): void {
    this.#parts.authenticator.checkSameSite(raw)
  }

  /** Whether the browser speaks HTTPS. */
  isSecure({ raw }: KnownRequest): boolean {
    return this.#parts.addresses.isSecure(raw)
  }

  /** The IP address that a request comes from. */
  addressOf({ raw }: KnownRequest): string {
    return this.#parts.addresses.of(raw)
  }

  /** The address, or for IPv6 its network: what limits of those go by of whom nothing else is known. */
  networkOf(request: KnownRequest): string {
    return networkOf(this.addressOf(request))
  }

  /** What the limit of connections that stay open goes by; undefined: the machine itself is not limited. */
  connectionsOf({ raw }: KnownRequest, principal: Principal): string | undefined {
    if (principal.kind === 'anonymous' && isFromThisMachine(raw)) return undefined
    return this.#clientOf(raw, principal)
  }

  /** Writes down that somebody was refused. */
  readonly noteRefusal = (request: KnownRequest, refusal: Refusal): void => {
    if (!RECORDED.has(refusal.code) || refusal.isAudited) return
    const { raw, identity } = request
    const method = raw.headers.upgrade === undefined ? raw.method : 'socket'
    // Without the query, which may hold a token.
    const target = `${method} ${raw.url?.split('?', 1)[0]}`
    const actor = { who: identity?.principal.name ?? 'somebody', address: this.addressOf(request) }
    this.#parts.audit.note(actor, { action: 'request', target, outcome: 'refused', detail: refusal.message })
  }

  /** What limits go by: the account, key or link; of people who have not signed in and of links also the address. */
  #clientOf(request: IncomingMessage, { id, kind }: Principal): string {
    return kind === 'anonymous' || kind === 'link' ? `${id} ${networkOf(this.#parts.addresses.of(request))}` : id
  }

  #count(request: IncomingMessage, principal: Principal, action: Action): void {
    const { callsPerMinute, guestCallsPerMinute, commandsPerMinute } = this.#parts.limits
    const client = this.#clientOf(request, principal)
    const isGuest = principal.kind !== 'key' && !mayAny(principal, 'command')
    const calls = isGuest ? this.#guestCalls.take(client) : this.#calls.take(client)
    if (calls > 0) throw tooMany(calls, `${isGuest ? guestCallsPerMinute : callsPerMinute} calls`)
    const commands = action === 'command' ? this.#commands.take(client) : 0
    if (commands > 0) throw tooMany(commands, `${commandsPerMinute} commands`)
  }
}

/** @param wait ms @param limit what may be done within a minute: "60 calls" */
export function tooMany(wait: number, limit: string): Refusal {
  return limited(wait, (seconds) => `At most ${limit} a minute; try again in ${seconds} s.`)
}

const RECORDED = new Set(['unauthenticated', 'forbidden', 'limited', 'unsupported'])
