import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Action } from '../../core/authorization.ts'
import { Refusal } from '../../core/errors.ts'
import type { Principal } from '../../core/principal.ts'
import type { Endable, Registration, Transport } from './connection-registry.ts'
import { statusOf } from './error-handler.ts'
import type { KnownRequest } from './request-guard.ts'
import { refuseUpgrade, type UpgradeParts } from './upgrade.ts'

/**
 * A path and all below it whose upgrades are a library's (Engine.IO, say): it is handed the raw socket before the
 * handshake, and answers for it from then on.
 */
export interface HandOver {
  /** "/socket.io" */
  readonly path: string
  /** What whoever connects must be allowed to do. */
  readonly action: Action
  readonly transport: Transport
  /**
   * Takes over the socket. What it opens over it is registered, or the socket destroyed. It may throw a Refusal, before
   * it has written anything: the request is then answered with its status.
   */
  readonly take: (request: IncomingMessage, raw: Duplex, head: Buffer, peer: LibraryPeer) => void
}

/** Whoever connects by a library's own protocol. */
export interface LibraryPeer {
  readonly principal: Principal
  /**
   * Gives a connection of the peer its place among all others; a socket that one changes over to needs none of its own.
   * @throws Refusal `exhausted`, `limited`
   */
  register(connection: Endable): Registration
}

/** Hands upgrades over to libraries, and keeps the sockets that they have, to be cut at the end. */
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

  /** @returns whether the path is a library's, and the socket no longer the caller's */
  upgrade(path: string, request: IncomingMessage, raw: Duplex, head: Buffer): boolean {
    const handOver = this.#handOvers.find((each) => path === each.path || path.startsWith(`${each.path}/`))
    if (!handOver) return false
    void this.#handOver(request, raw, head, handOver)
    return true
  }

  /** Cuts what was handed over and is open still. */
  close(): void {
    for (const raw of this.#handedOver) raw.destroy()
  }

  async #handOver(request: IncomingMessage, raw: Duplex, head: Buffer, handOver: HandOver): Promise<void> {
    const { registry, authorize, clientOf, noteRefusal, log } = this.#parts
    const { path, action, transport, take } = handOver
    const known: KnownRequest = { raw: request, identity: undefined }
    try {
      registry.checkRoom()
      const principal = await authorize(known, action)
      // Meanwhile the peer may have gone, and the server have begun to go down.
      if (raw.destroyed) return
      if (registry.isClosing) {
        refuseUpgrade(raw, 503)
        return
      }
      const client = clientOf(known, principal)
      const register = (connection: Endable) => registry.add(connection, { principal, client, transport })
      this.#handedOver.add(raw)
      raw.on('close', () => this.#handedOver.delete(raw))
      take(request, raw, head, { principal, register })
    } catch (error) {
      if (error instanceof Refusal) noteRefusal(known, error)
      else log.error({ err: error, path }, 'a connection could not be let in')
      refuseUpgrade(raw, error instanceof Refusal ? statusOf(error.code) : 500)
    }
  }
}
