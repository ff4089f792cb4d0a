import type { IncomingMessage, Server } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { Refusal } from '../../core/errors.ts'

/**
 * Keep-alive connections: how many requests may be pipelined on one, and their graceful shutdown, both of which Node leaves
 * to be done.
 */
export class KeepAliveConnections {
  /** How many requests of each are under way; one that became a WebSocket is nobody's business here. */
  readonly #underWay = new Map<Socket, number>()
  /** Those that have not agreed on a cipher yet, by their peers: what speaks HTTP later is another object. */
  readonly #handshakes = new Map<string, Socket>()
  #isClosing = false

  constructor(server: Server) {
    const opened = (socket: Socket) => {
      this.#underWay.set(socket, 0)
      socket.once('close', () => this.#underWay.delete(socket))
    }
    if (server instanceof HttpsServer) {
      server.on('connection', (socket: Socket) => this.#shakeHands(socket))
      server.on('secureConnection', (socket: Socket) => {
        this.#handshakes.delete(peerOf(socket))
        opened(socket)
      })
    } else server.on('connection', opened)
    server.on('upgrade', ({ socket }) => this.#underWay.delete(socket))
    server.prependListener('request', ({ socket }, response) => {
      this.#count(socket, +1)
      response.once('close', () => this.#count(socket, -1))
    })
    // Node's own way takes an answer for finished once it is handed over, and cuts the connection while its last
    // megabytes are still on their way. What is under way is finished here; what waits for a next request is not.
    server.closeIdleConnections = () => {
      this.#isClosing = true
      for (const [socket, count] of this.#underWay) if (count === 0) socket.destroy()
      for (const socket of this.#handshakes.values()) socket.destroy()
    }
  }

  /**
   * Requests may be sent ahead of their answers, but each answer is made at once and kept: hundreds of megabytes for a
   * few thousand small requests in one packet.
   * @throws Refusal `exhausted` when too many of the same connection wait
   */
  checkTurn({ socket }: IncomingMessage): void {
    if ((this.#underWay.get(socket) ?? 0) > MOST_AHEAD)
      throw new Refusal('exhausted', `At most ${MOST_AHEAD} requests may wait for their answers on one connection.`)
  }

  #shakeHands(socket: Socket): void {
    const peer = peerOf(socket)
    this.#handshakes.set(peer, socket)
    socket.once('close', () => {
      if (this.#handshakes.get(peer) === socket) this.#handshakes.delete(peer)
    })
  }

  #count(socket: Socket, change: number): void {
    const count = this.#underWay.get(socket)
    if (count === undefined) return
    this.#underWay.set(socket, count + change)
    if (this.#isClosing && count + change === 0) socket.destroySoon()
  }
}

const MOST_AHEAD = 16

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
