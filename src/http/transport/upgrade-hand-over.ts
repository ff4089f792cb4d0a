import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Refusal } from '../../core/errors.ts'
import type { Holder } from '../../core/held-bytes.ts'
import { hasPriority } from '../../core/principal.ts'
import type { ConnectionBudget } from './connection-budget.ts'
import type { ManagedConnection, Registration, Transport } from './connection-registry.ts'
import { statusOf } from './error-handler.ts'
import { type KnownRequest, principalOf } from './request-guard.ts'
import { refuseUpgrade, type UpgradeParts } from './upgrade.ts'

/**
 * A path, with everything below it, whose upgrades are handled by a library such as Engine.IO: it gets the raw socket
 * before the handshake and owns it from then on.
 */
export interface HandOver {
  /** "/socket.io" */
  readonly path: string
  /**
   * Takes over the socket, or destroys it. Nobody has asked yet whose it is: a protocol may say so only later. Then the
   * connection is added with `HandOvers.register`.
   * @throws Refusal only before anything was written: the request is then answered with its status
   */
  readonly take: (request: KnownRequest, raw: Duplex, head: Buffer) => void | Promise<void>
}

/** Hands upgrades over to libraries and tracks their sockets, to destroy them at shutdown. */
export class HandOvers {
  readonly #parts: UpgradeParts
  readonly #handOvers: HandOver[] = []
  readonly #handedOver = new Set<Duplex>()

  constructor(parts: UpgradeParts) {
    this.#parts = parts
  }

  add(handOver: HandOver): void {
    this.#handOvers.push(handOver)
  }

  /** @returns whether a library has taken over the socket; if not it is still the caller's */
  upgrade(path: string, request: IncomingMessage, raw: Duplex, head: Buffer): boolean {
    const handOver = this.#handOvers.find((each) => path === each.path || path.startsWith(`${each.path}/`))
    if (!handOver) return false
    void this.#handOver(request, raw, head, handOver)
    return true
  }

  /**
   * Adds a connection of a library to the registry. A socket that a connection moves to later is not added again.
   * @param request its first one, which has an identity by now
   * @throws Refusal `exhausted`, `limited`; `unauthenticated` when the principal has ended
   */
  register(request: KnownRequest, connection: ManagedConnection, transport: Transport): Registration {
    const { registry, clientOf, holderOf } = this.#parts
    const principal = principalOf(request)
    return registry.add(connection, {
      principal,
      client: clientOf(request, principal),
      holder: holderOf(request),
      isPrivileged: hasPriority(principal),
      transport,
    })
  }

  /** A connection of the registry uses a socket, which is no HTTP connection any more. */
  counted(socket: Socket): void {
    this.#parts.registered(socket)
  }

  /** What a connection may make the server do of which nobody knows yet whose it is. */
  visitorBudget(holder: Holder): ConnectionBudget {
    return this.#parts.registry.visitorBudget(holder)
  }

  /** Destroys the sockets that are still open. */
  close(): void {
    for (const raw of this.#handedOver) raw.destroy()
  }

  async #handOver(request: IncomingMessage, raw: Duplex, head: Buffer, { path, take }: HandOver): Promise<void> {
    const { registry, holderOf, noteRefusal, refusalDelay, log } = this.#parts
    const known: KnownRequest = { raw: request, identity: undefined }
    this.#handedOver.add(raw)
    raw.on('close', () => this.#handedOver.delete(raw))
    try {
      registry.checkRoom()
      await take(known, raw, head)
    } catch (error) {
      if (error instanceof Refusal) noteRefusal(known, error)
      else log.error({ err: error, path }, 'a connection could not be let in')
      await refusalDelay.wait(holderOf(known).client)
      refuseUpgrade(raw, error instanceof Refusal ? statusOf(error.code) : 500)
    }
  }
}
