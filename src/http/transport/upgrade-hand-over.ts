import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Action } from '../../core/authorization.ts'
import { Refusal } from '../../core/errors.ts'
import { hasPriority, type Principal } from '../../core/principal.ts'
import type { ManagedConnection, Registration, Transport } from './connection-registry.ts'
import { statusOf } from './error-handler.ts'
import type { KnownRequest } from './request-guard.ts'
import { refuseUpgrade, type UpgradeParts } from './upgrade.ts'

/**
 * A path, with everything below it, whose upgrades are handled by a library such as Engine.IO: it gets the raw socket
 * before the handshake and owns it from then on.
 */
export interface HandOver {
  /** "/socket.io" */
  readonly path: string
  /** The action that the peer must be allowed. */
  readonly action: Action
  readonly transport: Transport
  /**
   * Takes over the socket; must register each connection it opens, or destroy the socket.
   * @throws Refusal only before anything was written: the request is then answered with its status
   */
  readonly take: (request: IncomingMessage, raw: Duplex, head: Buffer, peer: LibraryPeer) => void
}

/** The peer of a connection that speaks a library's own protocol. */
export interface LibraryPeer {
  readonly principal: Principal
  /**
   * Adds a connection of the peer to the registry. A socket that an existing connection moves to is not registered
   * again.
   * @throws Refusal `exhausted`, `limited`
   */
  register(connection: ManagedConnection): Registration
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

  /** Destroys the sockets that are still open. */
  close(): void {
    for (const raw of this.#handedOver) raw.destroy()
  }

  async #handOver(request: IncomingMessage, raw: Duplex, head: Buffer, handOver: HandOver): Promise<void> {
    const { registry, authorize, clientOf, holderOf, registered, noteRefusal, refusalDelay, log } = this.#parts
    const { path, action, transport, take } = handOver
    const known: KnownRequest = { raw: request, identity: undefined }
    try {
      registry.checkRoom()
      const principal = await authorize(known, action)
      // Meanwhile the peer may have disconnected, or shutdown begun.
      if (raw.destroyed) return
      if (registry.isClosing) {
        refuseUpgrade(raw, 503)
        return
      }
      const client = clientOf(known, principal)
      const holder = holderOf(known)
      const isPrivileged = hasPriority(principal)
      const register = (connection: ManagedConnection) => {
        const registration = registry.add(connection, { principal, client, holder, isPrivileged, transport })
        registered(request.socket)
        return registration
      }
      this.#handedOver.add(raw)
      raw.on('close', () => this.#handedOver.delete(raw))
      take(request, raw, head, { principal, register })
    } catch (error) {
      if (error instanceof Refusal) noteRefusal(known, error)
      else log.error({ err: error, path }, 'a connection could not be let in')
      await refusalDelay.wait(holderOf(known).client)
      refuseUpgrade(raw, error instanceof Refusal ? statusOf(error.code) : 500)
    }
  }
}
