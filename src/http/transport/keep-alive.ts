import type { IncomingMessage, Server } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { Refusal } from '../../core/errors.ts'

/**
 * Keep-alive TCP connections: limits HTTP pipelining and shuts down gracefully. Node does neither by itself.
 */
export class KeepAliveConnections {
  /** The number of pending requests of each connection; upgraded ones are not tracked. */
  readonly #pending = new Map<Socket, number>()
  /** Connections in their TLS handshake, by peer address and port: the later TLSSocket is another object. */
  readonly #handshakes = new Map<string, Socket>()
  #isClosing = false

  constructor(server: Server) {
    const opened = (socket: Socket) => {
      this.#pending.set(socket, 0)
      socket.once('close', () => this.#pending.delete(socket))
    }
    if (server instanceof HttpsServer) {
      server.on('connection', (socket: Socket) => this.#trackHandshake(socket))
      server.on('secureConnection', (socket: Socket) => {
        this.#handshakes.delete(peerOf(socket))
        opened(socket)
      })
    } else server.on('connection', opened)
    server.on('upgrade', ({ socket }) => this.#pending.delete(socket))
    server.prependListener('request', ({ socket }, response) => {
      this.#count(socket, +1)
      response.once('close', () => this.#count(socket, -1))
    })
    // Node's own implementation counts a response as finished once it is buffered, and destroys the connection while
    // its last megabytes are still unsent. Here pending responses are completed and only idle connections destroyed.
    server.closeIdleConnections = () => {
      this.#isClosing = true
      for (const [socket, count] of this.#pending) if (count === 0) socket.destroy()
      for (const socket of this.#handshakes.values()) socket.destroy()
    }
  }

  /**
   * Limits pipelined requests. Node makes every response at once and buffers it: a few thousand small requests in one
   * packet could take hundreds of megabytes.
   * @throws Refusal `exhausted` when more than 16 requests of the connection are pending
   */
  checkTurn({ socket }: IncomingMessage): void {
    if ((this.#pending.get(socket) ?? 0) > MAX_PIPELINED)
      throw new Refusal('exhausted', `At most ${MAX_PIPELINED} requests may wait for their answers on one connection.`)
  }

  #trackHandshake(socket: Socket): void {
    const peer = peerOf(socket)
    this.#handshakes.set(peer, socket)
    socket.once('close', () => {
      if (this.#handshakes.get(peer) === socket) this.#handshakes.delete(peer)
    })
  }

  #count(socket: Socket, change: number): void {
    const count = this.#pending.get(socket)
    if (count === undefined) return
    this.#pending.set(socket, count + change)
    if (this.#isClosing && count + change === 0) socket.destroySoon()
  }
}

const MAX_PIPELINED = 16

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
