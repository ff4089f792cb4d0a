import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Socket as EngineSocket, Server } from 'engine.io'
import { WebSocketServer } from 'ws'
import { Refusal } from '../../../core/errors.ts'
import type { KnownRequest } from '../request-guard.ts'
import { MOST_BYTES } from './message-limits.ts'
import { BODIES, PollingTransport } from './polling-transport.ts'
import { EngineSession, type EngineSessionParts } from './session.ts'
import { type EngineRequest, WebSocketTransport } from './web-socket-transport.ts'

/** Settings of the engine; times in ms. */
export interface EngineRules {
  readonly pingInterval: number
  readonly pingTimeout: number
}

/** Why Engine.IO does not take a request, as it says it itself. */
export interface EngineProblem {
  readonly code: number
  readonly message: string
}

/**
 * Engine.IO, versions 4 and 3, with transports of ours. It owns neither a server nor a path: requests and upgrades are
 * handed to it.
 */
export class Engine extends Server {
  readonly #parts: EngineSessionParts
  readonly #sessions = new WeakMap<object, EngineSession>()

  constructor(parts: EngineSessionParts, { pingInterval, pingTimeout }: EngineRules) {
    super({
      pingInterval,
      pingTimeout,
      maxHttpBufferSize: MOST_BYTES,
      transports: ['polling', 'websocket'],
      allowEIO3: true,
      perMessageDeflate: false,
      httpCompression: false,
      cookie: false,
      wsEngine: QuietWebSocketServer,
    })
    this.#parts = parts
    // Before Socket.IO's own listener, which may already ask for the session.
    this.on('connection', (conn: EngineSocket) => {
      const session = this.#sessions.get(conn.transport)
      if (!session) return
      this.#sessions.set(conn, session)
      session.open(conn)
    })
  }

  /** The session of a connection of Socket.IO. */
  sessionOf(conn: EngineSocket): EngineSession {
    const session = this.#sessions.get(conn)
    if (!session) throw new Error('a connection without a session')
    return session
  }

  /**
   * Why a request is not taken; undefined if it is. JSONP is not: it would let any page read what its visitors may see.
   * @throws Refusal `limited`, `exhausted` when too many sessions have not said yet whose they are
   */
  problemOf(request: KnownRequest, isUpgrade: boolean): EngineProblem | undefined {
    const engineRequest = prepared(this, request.raw)
    let code: number | undefined
    this.verify(engineRequest, isUpgrade, (problem) => {
      code = problem
    })
    const { sid, j } = engineRequest._query
    if (j !== undefined || (isUpgrade && !this.#mayUpgrade(sid))) code = Server.errors.BAD_REQUEST
    if (code !== undefined) return { code, message: MESSAGES[code] ?? 'Bad request' }
    // As the engine sees it, an empty one is none.
    if (!sid) this.#checkConnecting(request)
    return undefined
  }

  /** Takes a request that has no problem. @param body of a POST */
  take(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined): void {
    if (body) BODIES.set(request, body)
    this.handleRequest(request, response)
  }

  /** Takes an upgrade that has no problem. */
  takeUpgrade(request: IncomingMessage, raw: Duplex, head: Buffer): void {
    this.handleUpgrade(request, raw, head)
  }

  /** Ends the sessions of which nobody knows yet whose they are: no registry does it at shutdown. */
  closeConnecting(): void {
    const all: object = Reflect.get(this, 'clients')
    for (const conn of Object.values(all)) {
      const session = this.#sessions.get(conn)
      if (session && !session.isAdmitted) session.terminate()
    }
  }

  protected override createTransport(name: string, request: IncomingMessage): PollingTransport | WebSocketTransport {
    const engineRequest = prepared(this, request)
    const { sid } = engineRequest._query
    const conn = this.#connOf(sid)
    const known = conn && this.#sessions.get(conn)
    const session = known ?? new EngineSession(this.#parts, { raw: request, identity: undefined })
    const options = { perMessageDeflate: false, httpCompression: false, maxHttpBufferSize: MOST_BYTES } as const
    const Transport = name === 'websocket' ? WebSocketTransport : PollingTransport
    const transport = new Transport(engineRequest, options as object, session, this.#parts)
    this.#sessions.set(transport, session)
    return transport
  }

  /** Whether a session may move to a WebSocket: once, and to one at a time. */
  #mayUpgrade(sid: string | undefined): boolean {
    const conn = this.#connOf(sid)
    return !conn || (conn.transport.name === 'polling' && !conn.upgrading)
  }

  /** The connection of a session that is open. */
  #connOf(sid: string | undefined): EngineSocket | undefined {
    const clients: unknown = Reflect.get(this, 'clients')
    const conn = sid === undefined ? undefined : Object.getOwnPropertyDescriptor(clients, sid)?.value
    return conn
  }

  #checkConnecting(request: KnownRequest): void {
    const { connecting, holderOf } = this.#parts
    const bound = connecting.exceeds(holderOf(request).client, 1)
    if (bound === undefined) return
    const limit = bound === 'share' ? 'streaming.connecting_per_client' : 'streaming.connecting'
    const code = bound === 'share' ? 'limited' : 'exhausted'
    throw new Refusal(code, `Too many connections have not said yet whose they are (${limit}).`, {
      retryAfter: 1,
      limit,
    })
  }
}

/** Pings of WebSocket itself are answered in their turn, by the transport. */
class QuietWebSocketServer extends WebSocketServer {
  constructor(options: ConstructorParameters<typeof WebSocketServer>[0]) {
    super({ ...options, autoPong: false })
  }
}

/** Parses the query, as the engine wants it. */
function prepared(engine: Engine, request: IncomingMessage): EngineRequest {
  Reflect.apply(Reflect.get(engine, 'prepare'), engine, [request])
  return request as EngineRequest
}

const MESSAGES: Readonly<Record<number, string>> = Server.errorMessages
