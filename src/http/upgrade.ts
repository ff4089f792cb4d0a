import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { checkName } from '../core/names.ts'
import { type Principal, reasonOf } from '../core/principal.ts'
import type { Action } from '../core/rights.ts'
import type { VisitHandler } from '../core/socket.ts'
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

/** Settings of the door, times in ms. */
export interface DoorRules {
  readonly maxSockets: number
  /** Of one client. */
  readonly maxOfClient: number
  readonly idlePing: number
  readonly deadAfter: number
}

/** What the door needs of others. */
export interface DoorParts {
  readonly clock: Clock
  readonly rules: DoorRules
  readonly log: Log
  /** Who connects; a Refusal if they may not. */
  readonly admit: (request: IncomingMessage, action: Action) => Promise<Principal>
  /** Told of whoever was refused. */
  readonly noteRefusal: (request: IncomingMessage, refusal: Refusal) => void
  /** What the limit of connections goes by; undefined: not limited. */
  readonly clientOf: (request: IncomingMessage, principal: Principal) => string | undefined
}

/** The one owner of the server's `upgrade` event: every WebSocket comes in here. */
export class UpgradeDoor {
  readonly #parts: DoorParts
  readonly #routes: { readonly route: SocketRoute; readonly segments: string[]; readonly server: WebSocketServer }[] =
    []
  readonly #connections = new Map<WebSocketConnection, SocketRoute>()
  /** How many each client has. */
  readonly #ofClient = new Map<string, number>()
  #cancelCheck: (() => void) | undefined
  #isClosing = false
  #emptied: (() => void) | undefined

  constructor(parts: DoorParts) {
    this.#parts = parts
  }

  /** How many sockets are open. */
  get size(): number {
    return this.#connections.size
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

  attach(server: Server): void {
    server.on('upgrade', (request, raw, head) => this.#upgrade(request, raw, head))
    const check = () => {
      const now = this.#parts.clock.monotonic()
      const { idlePing, deadAfter } = this.#parts.rules
      for (const connection of this.#connections.keys()) connection.checkLife(now, idlePing, deadAfter)
      this.#cancelCheck = this.#parts.clock.after(CHECK_MS, check)
    }
    this.#cancelCheck = this.#parts.clock.after(CHECK_MS, check)
  }

  /** Says goodbye to all and waits for them, at most `patience` ms; then they are cut off. */
  async close(patience: number): Promise<void> {
    this.#isClosing = true
    this.#cancelCheck?.()
    const empty = new Promise<void>((resolve) => {
      this.#emptied = resolve
      if (this.#connections.size === 0) resolve()
    })
    for (const [connection, route] of this.#connections) connection.close(route.goodbye, GOING_DOWN)
    const cancel = this.#parts.clock.after(patience, () => {
      for (const connection of this.#connections.keys()) connection.terminate()
    })
    await empty
    cancel()
  }

  #upgrade(request: IncomingMessage, raw: Duplex, head: Buffer): void {
    // Until `ws` takes over nobody else listens, and an unheard error would end the process.
    raw.on('error', ignore)
    if (this.#isClosing) {
      refuse(raw, 503)
      return
    }
    const path = request.url?.split('?', 1)[0] ?? '/'
    for (const { route, segments, server } of this.#routes) {
      const params = match(segments, path.split('/'))
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
    const { admit, clientOf, noteRefusal, log } = this.#parts
    try {
      for (const [field, value] of Object.entries(params)) checkName(field, value)
      this.#checkRoom()
      const principal = await admit(request, route.action)
      const client = clientOf(request, principal)
      // Many may have come in meanwhile.
      this.#checkRoom(client)
      return { request, route, params, principal, client }
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
    const { clock, log, noteRefusal } = this.#parts
    // A peer that breaks the protocol is closed by `ws`, with the right code; there is nothing to add.
    ws.on('error', (error) => log.warn({ err: error, path: route.path }, 'a WebSocket was closed for an error'))
    const fail = (error: unknown) => {
      log.error({ err: error, path: route.path }, 'a WebSocket could not be served')
      connection.close(1011, 'internal error')
    }
    const connection = new WebSocketConnection(ws, raw, { goodbye: route.goodbye, now: clock.monotonic(), fail })
    this.#connections.set(connection, route)
    this.#countOf(client, +1)
    raw.on('data', () => connection.heard(clock.monotonic()))
    const end = () => {
      connection.close(1008, reasonOf(principal))
      // A peer that does not take the goodbye would hear on for half a minute.
      ws.on(
        'close',
        clock.after(FAREWELL_MS, () => connection.terminate()),
      )
    }
    principal.ended.addEventListener('abort', end)
    ws.on('close', () => {
      principal.ended.removeEventListener('abort', end)
      this.#connections.delete(connection)
      this.#countOf(client, -1)
      if (this.#connections.size === 0) this.#emptied?.()
    })
    // Since it was let in, the server may have begun to go down, and the principal have lost its rights.
    if (this.#isClosing) connection.close(route.goodbye, GOING_DOWN)
    else if (principal.ended.aborted) end()
    else
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
    ws.on('error', ignore)
    ws.on(
      'close',
      this.#parts.clock.after(FAREWELL_MS, () => ws.terminate()),
    )
    ws.close(code === 'exhausted' || code === 'unavailable' ? 1013 : 1008, closeReason(message))
  }

  /** @throws Refusal when there are too many, in all or of this client */
  #checkRoom(client?: string): void {
    const { maxSockets, maxOfClient } = this.#parts.rules
    if (this.#connections.size >= maxSockets)
      throw new Refusal('exhausted', `the server has ${maxSockets} connections, which is its limit`)
    if (client !== undefined && (this.#ofClient.get(client) ?? 0) >= maxOfClient)
      throw new Refusal('limited', `at most ${maxOfClient} connections of one client`)
  }

  #countOf(client: string | undefined, change: number): void {
    if (client === undefined) return
    const count = (this.#ofClient.get(client) ?? 0) + change
    if (count > 0) this.#ofClient.set(client, count)
    else this.#ofClient.delete(client)
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

const GOING_DOWN = 'the server is going down'

/** How long whoever is turned away has to take the goodbye, ms. */
const FAREWELL_MS = 2000

const CHECK_MS = 5000

function ignore(): void {}

/** The names in a path, "malformed" if they are not well percent-encoded, undefined if the path is another's. */
function match(pattern: readonly string[], path: readonly string[]): Record<string, string> | 'malformed' | undefined {
  if (pattern.length !== path.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, segment] of pattern.entries()) {
    const given = path[i] ?? ''
    if (!segment.startsWith(':')) {
      if (segment !== given) return undefined
      continue
    }
    try {
      params[segment.slice(1)] = decodeURIComponent(given)
    } catch {
      return 'malformed'
    }
  }
  return params
}

function refuse(raw: Duplex, status: number): void {
  // The peer may never end its side, and a socket that is half open would stay for ever.
  raw.once('finish', () => raw.destroy())
  raw.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
