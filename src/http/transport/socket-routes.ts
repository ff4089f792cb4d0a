import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Action } from '../../core/authorization.ts'
import { Refusal } from '../../core/errors.ts'
import { EventLoopTurns } from '../../core/event-loop-turns.ts'
import type { Holder } from '../../core/held-bytes.ts'
import { hasPriority, type Principal } from '../../core/principal.ts'
import type { SocketHandler } from '../../core/socket.ts'
import { checkName } from '../../core/stream-name.ts'
import { CLOSE_TIMEOUT_MS, type Registration } from './connection-registry.ts'
import { namesIn } from './path-names.ts'
import type { KnownRequest } from './request-guard.ts'
import { ignoreError, refuseUpgrade, type UpgradeParts } from './upgrade.ts'
import { closeReason, WebSocketConnection } from './web-socket.ts'

/** A WebSocket route. */
export interface SocketRoute {
  /** Segments that begin with ":" are parameters: "/ws/stream/:label/:key". */
  readonly path: string
  /** The action that the peer must be allowed. */
  readonly action: Action
  /** The largest incoming message, in bytes; a larger one closes the socket with 1009. */
  readonly maxMessage: number
  /** The close code at shutdown (RFC 6455, section 7.4): 1001 going away, 1012 service restart. */
  readonly goodbye: 1001 | 1012
  readonly visit: SocketHandler
}

/** The WebSocket routes: authorizes, makes the handshake and hands each socket to its route's handler. */
export class SocketRoutes {
  readonly #parts: UpgradeParts
  readonly #routes: { readonly route: SocketRoute; readonly segments: string[]; readonly server: WebSocketServer }[] =
    []

  readonly #readTurns = new EventLoopTurns(setImmediate)

  constructor(parts: UpgradeParts) {
    this.#parts = parts
  }

  add(route: SocketRoute): void {
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      autoPong: false,
      maxPayload: route.maxMessage,
      maxBufferedChunks: MAX_CHUNKS,
    })
    this.#routes.push({ route, segments: route.path.split('/'), server })
  }

  /** @returns whether a route has taken over the socket; if not it is still the caller's */
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
          if (entry instanceof Refusal) this.#turnAway(ws, raw, entry)
          else this.#open(ws, entry)
        }),
      )
      return true
    }
    return false
  }

  /** Authorizes before the handshake, so that a refused peer takes no place in the registry. */
  async #authorize(
    request: IncomingMessage,
    route: SocketRoute,
    params: Record<string, string>,
  ): Promise<Entry | Refusal> {
    const { registry, authorize, clientOf, holderOf, noteRefusal, refusalDelay, log } = this.#parts
    const known: KnownRequest = { raw: request, identity: undefined }
    try {
      for (const [field, value] of Object.entries(params)) params[field] = checkName(field, value)
      registry.checkRoom()
      const principal = await authorize(known, route.action)
      // Of the identity no more than that: it is kept for as long as the connection.
      known.identity = { principal }
      const holder = holderOf(known)
      return { request: known, route, params, principal, client: clientOf(known, principal), holder }
    } catch (error) {
      if (!(error instanceof Refusal)) {
        log.error({ err: error, path: route.path }, 'a WebSocket could not be let in')
        return new Refusal('unavailable', 'internal error')
      }
      noteRefusal(known, error)
      await refusalDelay.wait(holderOf(known).client)
      return error
    }
  }

  #open(ws: WebSocket, { request, route, params, principal, client, holder }: Entry): void {
    const { basePaths, registry, clock, log, limited, registered, noteRefusal } = this.#parts
    const fail = (error: unknown) => {
      log.error({ err: error, path: route.path }, 'a WebSocket could not be served')
      connection.end('failure', 'internal error')
    }
    const connection = new WebSocketConnection(ws, request.raw.socket, {
      goodbye: route.goodbye,
      clock,
      turns: this.#readTurns,
      client: holder.client,
      isPublisher: route.action === 'publish',
      limited,
      fail,
    })
    let registration: Registration
    try {
      // Keys are made by admins; every user of a label may publish.
      const isPrivileged = (route.action === 'publish' && principal.kind === 'key') || hasPriority(principal)
      registration = registry.add(connection, { principal, client, holder, isPrivileged, transport: 'websocket' })
      registered(request.raw.socket)
    } catch (error) {
      // Others may have taken the last places during authentication.
      if (!(error instanceof Refusal)) throw error
      noteRefusal(request, error)
      this.#turnAway(ws, request.raw.socket, error)
      return
    }
    // On a protocol violation `ws` itself closes with the right code.
    ws.on('error', (error) => log.warn({ err: error, path: route.path }, 'a WebSocket was closed for an error'))
    if (registration.isEnding) {
      ws.on('close', () => registration.release())
      return
    }
    connection.open(registration.budget, () => registration.release())
    try {
      route.visit({
        ...{ socket: connection, principal, params },
        basePath: basePaths.of(request.raw),
        refused: (refusal) => noteRefusal(request, refusal),
      })
    } catch (error) {
      if (!(error instanceof Refusal)) {
        fail(error)
        return
      }
      noteRefusal(request, error)
      connection.close(1008, error.message)
    }
  }

  /**
   * Accepts the handshake and then closes: real clients retry a refused handshake forever, but not this. Of one that
   * sends more than real clients have sent by then, nothing more is read.
   */
  #turnAway(ws: WebSocket, raw: Duplex, { code, message }: Refusal): void {
    ws.on('error', ignoreError)
    let bytes = 0
    raw.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= TURNED_AWAY_BYTES || ws.isPaused) return
      this.#parts.limited('limits.refused_bytes_per_s')
      ws.pause()
    })
    ws.on(
      'close',
      this.#parts.clock.after(CLOSE_TIMEOUT_MS, () => ws.terminate()),
    )
    ws.close(code === 'exhausted' || code === 'unavailable' ? 1013 : 1008, closeReason(message))
  }
}

/** An authorized peer and its route. */
interface Entry {
  readonly request: KnownRequest
  readonly route: SocketRoute
  readonly params: Record<string, string>
  readonly principal: Principal
  readonly client: string | undefined
  readonly holder: Holder
}

/** How much is read at most of a socket that is turned away, beside what one read from it brings. */
const TURNED_AWAY_BYTES = 65_536

/** The most chunks that an unfinished message is kept in: for the largest one over a link with small packets. */
const MAX_CHUNKS = 64 * 1024
