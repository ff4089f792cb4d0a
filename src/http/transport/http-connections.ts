import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { networkOf, plain } from '../../access/client-address.ts'
import type { Counters } from '../../core/counters.ts'
import { Refusal } from '../../core/errors.ts'
import { HttpConnection } from './http-connection.ts'
import type { KnownRequest } from './request-guard.ts'
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
}

/**
 * All HTTP connections until they are upgraded: limits them, in all and for each address, and the requests that are
 * pipelined on one; shuts down gracefully. Node does none of that by itself.
 */
export class HttpConnections {
  readonly #parts: HttpConnectionParts
  readonly #ofSocket = new Map<Socket, HttpConnection>()
  readonly #ofNetwork = new Map<string, Set<HttpConnection>>()
  /** Connections in their TLS handshake, by peer address and port. */
  readonly #handshakes = new Map<string, HttpConnection>()
  #count = 0
  /** Counts idle connections, to compare them by age. */
  #idles = 0
  #isClosing = false

  constructor(server: Server, parts: HttpConnectionParts) {
    this.#parts = parts
    if (server instanceof HttpsServer) {
      server.on('connection', (socket: Socket) => this.#openSecure(socket))
      server.on('secureConnection', (socket: Socket) => this.#secured(socket))
    } else server.on('connection', (socket: Socket) => this.#open(socket))
    server.on('upgrade', ({ socket }) => this.#forget(this.#ofSocket.get(socket)))
    server.prependListener('request', (request, response) => this.#requested(request, response))
    // Node's own implementation counts a response as finished once it is buffered, and destroys the connection while
    // its last megabytes are still unsent. Here pending responses are completed and only idle connections destroyed.
    server.closeIdleConnections = () => {
      this.#isClosing = true
      for (const { socket, responses } of this.#ofSocket.values()) if (responses.size === 0) socket.destroy()
      for (const { socket } of this.#handshakes.values()) socket.destroy()
    }
  }

  /**
   * Notes whose request it is, and limits pipelined ones. Node makes every response at once and buffers it: a few
   * thousand small requests in one packet, or a few of large responses, could take hundreds of megabytes.
   * @throws Refusal `exhausted` when too many requests of the connection are pending, or one is while much of an earlier
   *   response was not read
   */
  checkTurn(request: KnownRequest): void {
    const connection = this.#ofSocket.get(request.raw.socket)
    if (!connection) return
    connection.request = request
    const { maxPipelined } = this.#parts.rules
    const pending = connection.responses.size
    if (pending > maxPipelined)
      throw tooManyPipelined(`At most ${maxPipelined} requests may wait for their answers on one connection`)
    if (pending > 1 && connection.unreadBytes > MOST_UNREAD)
      throw tooManyPipelined('The earlier answers on this connection must be read first')
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
      refuse(socket, limit)
      return undefined
    }
    const connection = new HttpConnection(socket, network)
    this.#count++
    const neighbours = this.#ofNetwork.get(network) ?? new Set()
    this.#ofNetwork.set(network, neighbours.add(connection))
    this.#ofSocket.set(socket, connection)
    // The socket of a TLS handshake is replaced by another one.
    socket.once('close', () => {
      if (connection.socket === connection.tcp) this.#forget(connection)
    })
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
    socket.once('close', () => this.#forget(connection))
  }

  #requested({ socket }: IncomingMessage, response: ServerResponse): void {
    const connection = this.#ofSocket.get(socket)
    if (!connection) return
    connection.responses.add(response)
    this.#parts.unreadAnswers.watch(connection)
    response.once('close', () => {
      connection.responses.delete(response)
      if (connection.responses.size > 0) return
      if (connection.request?.raw.complete) connection.request = undefined
      connection.idleSince = ++this.#idles
      connection.readWhenIdle = socket.bytesRead
      if (this.#isClosing) socket.destroySoon()
    })
  }

  /**
   * Makes room for one more connection, closing an idle one of the same address if need be: one that never had a
   * request, else the one idle for longest. An honest client opens another when it needs it.
   * @returns the setting that leaves no room; undefined if there is room
   */
  #makeRoom(network: string, isProxy: boolean): string | undefined {
    const { max, maxOfAddress } = this.#parts.rules
    const neighbours = this.#ofNetwork.get(network)
    const isOver = !isProxy && (neighbours?.size ?? 0) >= maxOfAddress
    if (!isOver && this.#count < max) return undefined
    const limit = isOver ? 'limits.http_connections_per_address' : 'limits.http_connections'
    let oldest: HttpConnection | undefined
    for (const each of neighbours ?? [])
      if (each.isIdle && each.idleSince < (oldest?.idleSince ?? Number.POSITIVE_INFINITY)) oldest = each
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
  }
}

/** How much of an answer may be unread while the next request is taken, in bytes. */
const MOST_UNREAD = 1024 * 1024

function tooManyPipelined(sentence: string): Refusal {
  const limit = 'limits.pipelined_requests'
  return new Refusal('exhausted', `${sentence} (${limit}).`, { retryAfter: 1, limit })
}

/** Closes a connection that there is no room for; where the peer speaks plain HTTP, it is told why. */
function refuse(socket: Socket, limit: string): void {
  const body = JSON.stringify({ detail: `Too many connections (${limit}).` })
  const head = `Retry-After: 1\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}`
  socket.on('error', () => {})
  socket.write(`HTTP/1.1 503 Service Unavailable\r\n${head}\r\nConnection: close\r\n\r\n${body}`)
  socket.destroySoon()
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
