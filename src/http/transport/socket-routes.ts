import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Action } from '../../core/authorization.ts'
import { Refusal } from '../../core/errors.ts'
import type { Principal } from '../../core/principal.ts'
import type { SocketHandler } from '../../core/socket.ts'
import { checkName } from '../../core/stream-name.ts'
import { FAREWELL_MS, type Registration } from './connection-registry.ts'
import { namesIn } from './path-names.ts'
import type { KnownRequest } from './request-guard.ts'
import { ignoreError, refuseUpgrade, type UpgradeParts } from './upgrade.ts'
import { closeReason, WebSocketConnection } from './web-socket.ts'

/** A WebSocket route. */
export interface SocketRoute {
  /** Segments that begin with ":" are names: "/ws/stream/:label/:key". */
  readonly path: string
  /** What whoever connects must be allowed to do. */
  readonly action: Action
  /** The largest message that is read, in bytes; a larger one closes the socket with 1009. */
  readonly maxMessage: number
  /** What its sockets are closed with when the server goes down (RFC 6455, section 7.4). */
  readonly goodbye: 1001 | 1012
  readonly visit: SocketHandler
}

/** The WebSocket routes: makes the handshake, and hands each socket that is let in to its route. */
export class SocketRoutes {
  readonly #parts: UpgradeParts
  readonly #routes: { readonly route: SocketRoute; readonly segments: string[]; readonly server: WebSocketServer }[] =
    []

  constructor(parts: UpgradeParts) {
    this.#parts = parts
  }

  add(route: SocketRoute): void {
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: route.maxMessage,
    })
    this.#routes.push({ route, segments: route.path.split('/'), server })
  }

  /** @returns whether there is such a route, and the socket no longer the caller's */
  upgrade(path: string, request: IncomingMessage, raw: Duplex, head: Buffer): boolean {
    for (const { route, segments, server } of this.#routes) {
      const params = namesIn(path.split('/'), segments)
      if (params === undefined) continue
      if (params === 'malformed') {
        refuseUpgrade(raw, 400)
        return true
      }
      void this.#authorize(request, route, params).then((entry) =>
        server.handleUpgrade(request, raw, head, (ws) => {
          raw.off('error', ignoreError)
          if (entry instanceof Refusal) this.#turnAway(ws, entry)
          else this.#open(ws, raw, entry)
        }),
      )
      return true
    }
    return false
  }

  /** Who is let in, and to what: known before the handshake, so that whoever is refused takes no place. */
  async #authorize(
    request: IncomingMessage,
    route: SocketRoute,
    params: Record<string, string>,
  ): Promise<Entry | Refusal> {
    const { registry, authorize, clientOf, noteRefusal, log } = this.#parts
    const known: KnownRequest = { raw: request, identity: undefined }
    try {
      for (const [field, value] of Object.entries(params)) checkName(field, value)
      registry.checkRoom()
      const principal = await authorize(known, route.action)
      // Of the identity no more than that: it is kept for as long as the connection.
      known.identity = { principal }
      return { request: known, route, params, principal, client: clientOf(known, principal) }
    } catch (error) {
      if (!(error instanceof Refusal)) {
        log.error({ err: error, path: route.path }, 'a WebSocket could not be let in')
        return new Refusal('unavailable', 'internal error')
      }
      noteRefusal(known, error)
      return error
    }
  }

  #open(ws: WebSocket, raw: Duplex, { request, route, params, principal, client }: Entry): void {
    const { registry, clock, log, noteRefusal } = this.#parts
    const fail = (error: unknown) => {
      log.error({ err: error, path: route.path }, 'a WebSocket could not be served')
      connection.end('failure', 'internal error')
    }
    const connection = new WebSocketConnection(ws, raw, { goodbye: route.goodbye, now: clock.monotonic(), fail })
    let registration: Registration
    try {
      registration = registry.add(connection, { principal, client, transport: 'websocket' })
    } catch (error) {
      // Many may have come in while it was asked who this is.
      if (!(error instanceof Refusal)) throw error
      noteRefusal(request, error)
      this.#turnAway(ws, error)
      return
    }
    // A peer that breaks the protocol is closed by `ws`, with the right code; there is nothing to add.
    ws.on('error', (error) => log.warn({ err: error, path: route.path }, 'a WebSocket was closed for an error'))
    raw.on('data', () => connection.heard(clock.monotonic()))
    ws.on('close', () => registration.release())
    if (registration.isEnding) return
    try {
      route.visit({ socket: connection, principal, params, refused: (refusal) => noteRefusal(request, refusal) })
    } catch (error) {
      if (!(error instanceof Refusal)) {
        fail(error)
        return
      }
      noteRefusal(request, error)
      connection.close(1008, error.message)
    }
  }

  /** Accepted and then closed: real clients retry a refused handshake for ever, but not this. */
  #turnAway(ws: WebSocket, { code, message }: Refusal): void {
    ws.on('error', ignoreError)
    ws.on(
      'close',
      this.#parts.clock.after(FAREWELL_MS, () => ws.terminate()),
    )
    ws.close(code === 'exhausted' || code === 'unavailable' ? 1013 : 1008, closeReason(message))
  }
}

/** Somebody who is let in. */
interface Entry {
  readonly request: KnownRequest
  readonly route: SocketRoute
  readonly params: Record<string, string>
  readonly principal: Principal
  readonly client: string | undefined
}
