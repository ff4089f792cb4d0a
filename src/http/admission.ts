import type { IncomingMessage } from 'node:http'
import type { Audit } from '../access/audit.ts'
import { type ClientAddresses, networkOf } from '../access/client-address.ts'
import type { Gate, Identity } from '../access/gate.ts'
import { isFromThisMachine } from '../access/locality.ts'
import { Allowance } from '../core/allowance.ts'
import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import { type Action, mayAny } from '../core/rights.ts'

/** How much one client may ask for. */
export interface CallLimits {
  readonly callsPerMinute: number
  readonly guestCallsPerMinute: number
  readonly commandsPerMinute: number
}

/** What the admission is handed. */
export interface AdmissionParts {
  readonly gate: Gate
  readonly audit: Audit
  readonly addresses: ClientAddresses
  readonly clock: Clock
  readonly limits: CallLimits
}

/** A request, as Fastify has it. */
interface Request {
  readonly raw: IncomingMessage
}

/** Who a request is from; a Refusal if it may not do that, or too often. */
export type Admit = (request: Request, action: Action) => Promise<Principal>

/** Lets REST calls in: who is it, may they, not too often; and keeps a record of whoever was refused. */
export class Admission {
  readonly #parts: AdmissionParts
  readonly #names = new WeakMap<IncomingMessage, string>()
  readonly #calls: Allowance
  readonly #guestCalls: Allowance
  readonly #commands: Allowance

  constructor(parts: AdmissionParts) {
    this.#parts = parts
    const perMinute = (calls: number) => new Allowance({ amount: calls, period: 60_000 }, parts.clock)
    this.#calls = perMinute(parts.limits.callsPerMinute)
    this.#guestCalls = perMinute(parts.limits.guestCallsPerMinute)
    this.#commands = perMinute(parts.limits.commandsPerMinute)
  }

  /**
   * Who a call is from, if they may do that at all.
   * @throws Refusal `unauthenticated`, `forbidden`, `limited`
   */
  readonly admit: Admit = async (request, action) => {
    const principal = await this.admitUncounted(request.raw, action)
    this.#count(request.raw, principal, action)
    return principal
  }

  /**
   * The same of what is no call: a WebSocket is counted while it is open, a frame by its bytes.
   * @throws Refusal `unauthenticated`, `forbidden`
   */
  async admitUncounted(request: IncomingMessage, action: Action): Promise<Principal> {
    const { gate } = this.#parts
    const identity = await gate.identify(request)
    this.#names.set(request, identity.principal.name)
    return gate.allow(identity, action)
  }

  /** Who a call is from, whatever they may do. @throws Refusal `unauthenticated`, `forbidden`, `limited` */
  async identify(request: Request): Promise<Identity> {
    const identity = await this.#parts.gate.identify(request.raw)
    this.#names.set(request.raw, identity.principal.name)
    this.#count(request.raw, identity.principal, 'view')
    return identity
  }

  /** @throws Refusal `forbidden` if a page of another site has sent the request */
  checkPage({ raw }: Request): void {
    this.#parts.gate.checkPage(raw)
  }

  /** Whether the browser speaks HTTPS. */
  isSecure({ raw }: Request): boolean {
    return this.#parts.addresses.isSecure(raw)
  }

  /** The IP address that a request comes from. */
  addressOf(request: Request): string {
    return this.#parts.addresses.of(request.raw)
  }

  /** What limits go by: the account, key or link; of people who have not signed in and of links also the address. */
  clientOf(request: IncomingMessage, { id, kind }: Principal): string {
    return kind === 'anonymous' || kind === 'link' ? `${id} ${networkOf(this.#parts.addresses.of(request))}` : id
  }

  /** What the limit of connections that stay open goes by; undefined: the machine itself is not limited. */
  connectionsOf(request: IncomingMessage, principal: Principal): string | undefined {
    if (principal.kind === 'anonymous' && isFromThisMachine(request)) return undefined
    return this.clientOf(request, principal)
  }

  /** Writes down that somebody was refused. */
  noteRefusal(request: IncomingMessage, refusal: Refusal): void {
    if (!RECORDED.has(refusal.code) || this.#parts.audit.hasNoted(refusal)) return
    const who = this.#names.get(request) ?? 'somebody'
    const method = request.headers.upgrade === undefined ? request.method : 'socket'
    // Without the query, which may hold a token.
    const target = `${method} ${request.url?.split('?', 1)[0]}`
    const actor = { who, address: this.#parts.addresses.of(request) }
    this.#parts.audit.note(actor, { action: 'request', target, outcome: 'refused', detail: refusal.message })
  }

  #count(request: IncomingMessage, principal: Principal, action: Action): void {
    const { callsPerMinute, guestCallsPerMinute, commandsPerMinute } = this.#parts.limits
    const client = this.clientOf(request, principal)
    const isGuest = principal.kind !== 'key' && !mayAny(principal, 'command')
    const calls = isGuest ? this.#guestCalls.take(client) : this.#calls.take(client)
    if (calls > 0) throw tooMany(`At most ${isGuest ? guestCallsPerMinute : callsPerMinute} calls a minute`, calls)
    const commands = action === 'command' ? this.#commands.take(client) : 0
    if (commands > 0) throw tooMany(`At most ${commandsPerMinute} commands a minute`, commands)
  }
}

/** @param limit "At most 60 calls a minute" @param wait ms */
export function tooMany(limit: string, wait: number): Refusal {
  const seconds = Math.ceil(wait / 1000)
  return new Refusal('limited', `${limit}; try again in ${seconds} s.`, seconds)
}

const RECORDED = new Set(['unauthenticated', 'forbidden', 'limited', 'unsupported'])
