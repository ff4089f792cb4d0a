import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { hasSeveralHosts, networkOf, plain } from '../../access/client-address.ts'
import type { Counters } from '../../core/counters.ts'
import { Refusal } from '../../core/errors.ts'
import type { Holder } from '../../core/held-bytes.ts'
import { isChunked, joinChunks } from './chunked-body.ts'
import { HttpConnection, type StreamingResponse } from './http-connection.ts'
import { oldestIdle, oldestOfLargest } from './idle-connections.ts'
import { answerAndClose, stopParsing } from './raw-answer.ts'
import type { KnownRequest } from './request-guard.ts'
import type { RequestTurns } from './request-turns.ts'
import type { UnreadAnswers } from './unread-answers.ts'

/** Limits of HTTP connections, times in ms. */
export interface HttpConnectionRules {
  readonly max: number
  /** The limit for each address (IPv6: network), except those of trusted proxies. */
  readonly maxOfAddress: number
  /** How many requests of one connection may wait for their answers. */
  readonly maxPipelined: number
  readonly headTimeout: number
  /** For a whole request, head and body. */
  readonly requestTimeout: number
  /** How long a peer may take none of a response. */
  readonly answerTimeout: number
}

/** What tracking the connections needs. */
export interface HttpConnectionParts {
  readonly rules: HttpConnectionRules
  readonly counters: Pick<Counters, 'limited'>
  /** Whether an address is that of a trusted proxy, whose connections are many people's. */
  readonly isProxy: (address: string) => boolean
  readonly unreadAnswers: UnreadAnswers
  /** The turns that requests take, by the clients that `holderOf` names. */
  readonly turns: RequestTurns
  readonly holderOf: (request: KnownRequest) => Holder
}

/**
 * All HTTP connections until they are closed, or in the registry of WebSockets: limits their number, in all and for each
 * address, and the requests that are pipelined on one; shuts down gracefully. Node does none of that by itself.
 */
export class HttpConnections {
  readonly #parts: HttpConnectionParts
  readonly #ofSocket = new Map<Socket, HttpConnection>()
  readonly #ofNetwork = new Map<string, Set<HttpConnection>>()
  /** Connections in their TLS handshake, by peer address and port. */
  readonly #handshakes = new Map<string, HttpConnection>()
  /** Forgets a socket that is closed; one function for all, as each of its own would take 300 bytes. */
  readonly #closed: (this: Socket) => void
  /** Notes that a response is closed; one function for all. */
  readonly #answered: (this: ServerResponse) => void
  #count = 0
  /** Counts idle connections, to compare them by age. */
  #idles = 0
  #isClosing = false

  constructor(server: Server, parts: HttpConnectionParts) {
    this.#parts = parts
    const forget = (socket: Socket) => this.#forget(this.#ofSocket.get(socket))
    this.#closed = function () {
      forget(this)
    }
    const note = (response: ServerResponse) => this.#isAnswered(response)
    this.#answered = function () {
      note(this)
    }
    if (server instanceof HttpsServer) {
      server.on('connection', (socket: Socket) => this.#openSecure(socket))
      server.on('secureConnection', (socket: Socket) => this.#secured(socket))
    } else server.on('connection', (socket: Socket) => this.#open(socket))
    server.on('upgrade', ({ socket }) => {
      const connection = this.#ofSocket.get(socket)
      if (connection) connection.isUpgrading = true
    })
    // Otherwise Node itself answers each of these, which obeys no limit.
    server.on('checkExpectation', ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.#requested(socket, response)
      this.#refuse(socket, 417, 'Expect: only 100-continue is understood.')
    })
    // Node's own implementation counts a response as finished once it is buffered, and destroys the connection while
    // its last megabytes are still unsent. Here pending responses are completed and only idle connections destroyed.
    server.closeIdleConnections = () => {
      this.#isClosing = true
      for (const { socket, responses, isUpgrading } of this.#ofSocket.values())
        if (responses.length === 0 && !isUpgrading) socket.destroy()
      for (const { socket } of this.#handshakes.values()) socket.destroy()
    }
  }

  /**
   * Calls `start` in the request's turn: all that comes before the application. A connection with more pending requests
   * than may be, or a request without exactly one `Host`, is answered with a few bytes and closed, and what follows in
   * the same packet is not even parsed: a packet holds thousands of requests.
   */
  admit(request: IncomingMessage, response: ServerResponse, start: () => void): void {
    const { socket } = request
    const { rules, counters, turns, holderOf } = this.#parts
    // Refused before, or gone.
    if (!socket.writable) return
    const connection = this.#requested(socket, response)
    if (!hasOneHost(request)) {
      this.#refuse(socket, 400, 'Host: must be given once.')
      return
    }
    const { maxPipelined } = rules
    if (connection && connection.responses.length > maxPipelined) {
      counters.limited(PIPELINED)
      const sentence = `At most ${maxPipelined} requests may wait for their answers on one connection`
      this.#refuse(socket, 503, `${sentence} (${PIPELINED}).`)
      return
    }
    if (isChunked(request)) joinChunks(request)
    const client = () => holderOf({ raw: request, identity: undefined }).client
    turns.take(client, () => {
      if (socket.writable) start()
    })
  }

  /**
   * Notes whose request it is.
   * @throws Refusal `exhausted` when it is pipelined and much of an earlier response was not read: a few large responses
   *   could take hundreds of megabytes
   */
  checkRead(request: KnownRequest): void {
    const connection = this.#ofSocket.get(request.raw.socket)
    if (!connection) return
    connection.request = request
    if (connection.responses.length > 1 && connection.unreadBytes > MOST_UNREAD)
      throw new Refusal('exhausted', `The earlier answers on this connection must be read first (${PIPELINED}).`, {
        retryAfter: 1,
        limit: PIPELINED,
      })
  }

  /** A response stays open, until its `closed` is called. */
  beginStreaming(socket: Socket, streaming: StreamingResponse): void {
    const connection = this.#ofSocket.get(socket)
    if (!connection) return
    connection.streaming = streaming
    // The request would be kept for as long as the response is open.
    connection.request = undefined
  }

  /** Watches a response that stays open until what was written to it is read; called again when something is not. */
  watchStreaming(socket: Socket): void {
    const connection = this.#ofSocket.get(socket)
    if (connection) this.#parts.unreadAnswers.watch(connection)
  }

  /** No longer counts an upgraded connection: something else does from now on. */
  release(socket: Socket): void {
    this.#forget(this.#ofSocket.get(socket))
  }

  /** Why Node has given up waiting for a request, for its sender; counts it. */
  timedOut(socket: Socket): string {
    const { rules, counters } = this.#parts
    const isBody = this.#ofSocket.get(socket)?.request?.raw.complete === false
    const [what, time, limit] = isBody
      ? ['request', rules.requestTimeout, 'http.request_timeout_s']
      : ['head of a request', rules.headTimeout, 'http.head_timeout_s']
    counters.limited(limit)
    return `A ${what} must arrive within ${time / 1000} s (${limit}).`
  }

  #open(socket: Socket): HttpConnection | undefined {
    const address = plain(socket.remoteAddress ?? '')
    const network = networkOf(address)
    const limit = this.#makeRoom(network, this.#parts.isProxy(address))
    if (limit !== undefined) {
      this.#parts.counters.limited(limit)
      answerAndClose(socket, 503, `Too many connections (${limit}).`)
      return undefined
    }
    const connection = new HttpConnection(socket, network)
    this.#count++
    const neighbours = this.#ofNetwork.get(network) ?? new Set()
    this.#ofNetwork.set(network, neighbours.add(connection))
    this.#ofSocket.set(socket, connection)
    // The socket of a TLS handshake is replaced by another one.
    socket.on('close', this.#closed)
    return connection
  }

  #openSecure(socket: Socket): void {
    const connection = this.#open(socket)
    if (!connection) return
    const peer = peerOf(socket)
    this.#handshakes.set(peer, connection)
    socket.once('close', () => {
      if (this.#handshakes.get(peer) === connection) this.#handshakes.delete(peer)
    })
  }

  #secured(socket: Socket): void {
    const peer = peerOf(socket)
    const connection = this.#handshakes.get(peer)
    if (!connection) return
    this.#handshakes.delete(peer)
    this.#ofSocket.delete(connection.socket)
    this.#ofSocket.set(socket, connection)
    connection.socket = socket
    connection.readWhenIdle = socket.bytesRead
    socket.on('close', this.#closed)
  }

  #requested(socket: Socket, response: ServerResponse): HttpConnection | undefined {
    const connection = this.#ofSocket.get(socket)
    if (!connection) return undefined
    connection.add(response)
    this.#parts.unreadAnswers.watch(connection)
    response.on('close', this.#answered)
    return connection
  }

  /** A response has been taken to its end; where the connection is closed, that has been forgotten already. */
  #isAnswered(response: ServerResponse): void {
    const { socket } = response.req
    const connection = this.#ofSocket.get(socket)
    if (!connection) return
    connection.remove(response)
    if (connection.streaming?.response === response) endStreaming(connection)
    if (connection.responses.length > 0) return
    if (connection.request?.raw.complete) connection.request = undefined
    connection.idleSince = ++this.#idles
    connection.readWhenIdle = socket.bytesRead
    if (this.#isClosing) socket.destroySoon()
  }

  /** Answers and closes a connection, and stops parsing what has arrived on it. */
  #refuse(socket: Socket, status: number, detail: string): void {
    if (!socket.writable) return
    stopParsing(socket)
    const { responses = [] } = this.#ofSocket.get(socket) ?? {}
    // In the middle of one the answer would be taken for its content.
    const isBetweenAnswers =
      socket.writableLength < MOST_UNREAD &&
      responses.every((each) => each.socket === null || !each.headersSent || each.writableEnded)
    if (isBetweenAnswers) answerAndClose(socket, status, detail)
    else socket.destroy()
  }

  /**
   * Makes room for one more connection, closing an idle one if need be: one that never had a request, else the one idle
   * for longest. An honest client opens another when it needs it. Where all together have too many, it is one of the
   * network that has most, or whoever holds many idle ones would keep everybody else out.
   * @returns the setting that leaves no room; undefined if there is room
   */
  #makeRoom(network: string, isProxy: boolean): string | undefined {
    const { max, maxOfAddress } = this.#parts.rules
    const neighbours = this.#ofNetwork.get(network) ?? new Set()
    const isOver = !isProxy && neighbours.size >= maxOfAddress
    if (!isOver && this.#count < max) return undefined
    const limit = isOver ? 'limits.http_connections_per_address' : 'limits.http_connections'
    const oldest = isOver ? oldestIdle(neighbours) : oldestOfLargest(this.#ofNetwork.values())
    if (!oldest) return limit
    this.#parts.counters.limited(limit)
    oldest.socket.destroy()
    this.#forget(oldest)
    return undefined
  }

  #forget(connection: HttpConnection | undefined): void {
    if (!connection || !this.#ofSocket.delete(connection.socket)) return
    this.#count--
    const neighbours = this.#ofNetwork.get(connection.network)
    neighbours?.delete(connection)
    if (neighbours?.size === 0) this.#ofNetwork.delete(connection.network)
    endStreaming(connection)
  }
}

function endStreaming(connection: HttpConnection): void {
  const { streaming } = connection
  connection.streaming = undefined
  streaming?.closed()
}

/** How much of an answer may be unread while the next request is taken, in bytes. */
const MOST_UNREAD = 1024 * 1024

const PIPELINED = 'limits.pipelined_requests'

/** An HTTP/1.1 request must have a `Host` header, an older one may. */
function hasOneHost(request: IncomingMessage): boolean {
  if (request.headers.host === undefined) return request.httpVersion !== '1.1'
  return !hasSeveralHosts(request)
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
