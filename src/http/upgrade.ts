import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { checkName } from '../core/names.ts'
import type { Principal } from '../core/principal.ts'
import type { Action } from '../core/rights.ts'
import type { VisitHandler } from '../core/socket.ts'
import {
  type ConnectionRegistry,
  type Endable,
  FAREWELL_MS,
  type Registration,
  type Transport,
} from './connection-registry.ts'
import { statusOf } from './errors.ts'
import { namesIn } from './path-names.ts'
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
  readonly visit: VisitHandler
}

/**
 * A path and all below it whose upgrades are a library's: it is handed the raw socket before the handshake, and answers
 * for it from then on.
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
  readonly take: (request: IncomingMessage, raw: Duplex, head: Buffer, visitor: Visitor) => void
}

/** Whoever connects by a library's own protocol. */
export interface Visitor {
  readonly principal: Principal
  /**
   * Gives a connection of the visitor its place among all others; a socket that one changes over to needs none of its own.
   * @throws Refusal `exhausted`, `limited`
   */
  register(connection: Endable): Registration
}

/** What the door needs of others. */
export interface DoorParts {
  readonly registry: ConnectionRegistry
  readonly clock: Clock
  readonly log: Log
  /** Who connects; a Refusal if they may not. */
  readonly admit: (request: IncomingMessage, action: Action) => Promise<Principal>
  /** Told of whoever was refused. */
  readonly noteRefusal: (request: IncomingMessage, refusal: Refusal) => void
  /** What the limit of connections goes by; undefined: not limited. */
  readonly clientOf: (request: IncomingMessage, principal: Principal) => string | undefined
}

/** The one owner of the server's `upgrade` event: every WebSocket comes in here, and is kept by the registry. */
export class UpgradeDoor {
  readonly #parts: DoorParts
  readonly #routes: { readonly route: SocketRoute; readonly segments: string[]; readonly server: WebSocketServer }[] =
    []
  readonly #handOvers: HandOver[] = []
  readonly #handedOver = new Set<Duplex>()

  constructor(parts: DoorParts) {
    this.#parts = parts
  }

  route(route: SocketRoute): void {
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: route.maxMessage,
    })
    this.#routes.push({ route, segments: route.path.split('/'), server })
  }

  handOver(handOver: HandOver): void {
    this.#handOvers.push(handOver)
  }

  attach(server: Server): void {
    server.on('upgrade', (request, raw, head) => this.#upgrade(request, raw, head))
  }

  /** Cuts what was handed over and is open still, when all connections have had their goodbye. */
  close(): void {
    for (const raw of this.#handedOver) raw.destroy()
  }

  #upgrade(request: IncomingMessage, raw: Duplex, head: Buffer): void {
    // Until somebody takes over nobody else listens, and an unheard error would end the process.
    raw.on('error', ignore)
    if (this.#parts.registry.isClosing) {
      refuse(raw, 503)
      return
    }
    const path = request.url?.split('?', 1)[0] ?? '/'
    const handOver = this.#handOvers.find((each) => path === each.path || path.startsWith(`${each.path}/`))
    if (handOver) {
      void this.#handOver(request, raw, head, handOver)
      return
    }
    for (const { route, segments, server } of this.#routes) {
      const params = namesIn(path.split('/'), segments)
      if (params === undefined) continue
      if (params === 'malformed') {
        refuse(raw, 400)
        return
      }
      void this.#admit(request, route, params).then((entry) =>
        server.handleUpgrade(request, raw, head, (ws) => {
          raw.off('error', ignore)
          if (entry instanceof Refusal) this.#turnAway(ws, entry)
          else this.#open(ws, raw, entry)
        }),
      )
      return
    }
    refuse(raw, 404)
  }

  /** Who is let in, and to what: known before the handshake, so that whoever is refused takes no place. */
  async #admit(request: IncomingMessage, route: SocketRoute, params: Record<string, string>): Promise<Entry | Refusal> {
    const { registry, admit, clientOf, noteRefusal, log } = this.#parts
    try {
      for (const [field, value] of Object.entries(params)) checkName(field, value)
      registry.checkRoom()
      const principal = await admit(request, route.action)
      return { request, route, params, principal, client: clientOf(request, principal) }
    } catch (error) {
      if (!(error instanceof Refusal)) {
        log.error({ err: error, path: route.path }, 'a WebSocket could not be let in')
        return new Refusal('unavailable', 'internal error')
      }
      noteRefusal(request, error)
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

  async #handOver(request: IncomingMessage, raw: Duplex, head: Buffer, handOver: HandOver): Promise<void> {
    const { registry, admit, clientOf, noteRefusal, log } = this.#parts
    const { path, action, transport, take } = handOver
    try {
      registry.checkRoom()
      const principal = await admit(request, action)
      // Meanwhile the peer may have gone, and the server have begun to go down.
      if (raw.destroyed) return
      if (registry.isClosing) {
        refuse(raw, 503)
        return
      }
      const client = clientOf(request, principal)
      const register = (connection: Endable) => registry.add(connection, { principal, client, transport })
      this.#handedOver.add(raw)
      raw.on('close', () => this.#handedOver.delete(raw))
      take(request, raw, head, { principal, register })
    } catch (error) {
      if (error instanceof Refusal) noteRefusal(request, error)
      else log.error({ err: error, path }, 'a connection could not be let in')
      refuse(raw, error instanceof Refusal ? statusOf(error.code) : 500)
    }
  }

  /** Accepted and then closed: real clients retry a refused handshake for ever, but not this. */
  #turnAway(ws: WebSocket, { code, message }: Refusal): void {
    ws.on('error', ignore)
    ws.on(
      'close',
      this.#parts.clock.after(FAREWELL_MS, () => ws.terminate()),
    )
    ws.close(code === 'exhausted' || code === 'unavailable' ? 1013 : 1008, closeReason(message))
  }
}

/** Somebody who is let in. */
interface Entry {
  readonly request: IncomingMessage
  readonly route: SocketRoute
  readonly params: Record<string, string>
  readonly principal: Principal
  readonly client: string | undefined
}

function ignore(): void {}

function refuse(raw: Duplex, status: number): void {
  // The peer may never end its side, and a socket that is half open would stay for ever.
  raw.once('finish', () => raw.destroy())
  raw.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
