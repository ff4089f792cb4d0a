import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { Refusal } from '../core/errors.ts'

/** What Node leaves to be done about a server's connections. */
export class Connections {
  /** How many requests of each are under way; one that became a WebSocket is nobody's business here. */
  readonly #underWay = new Map<Socket, number>()
  #isClosing = false

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#underWay.set(socket, 0)
      socket.once('close', () => this.#underWay.delete(socket))
    })
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

  #count(socket: Socket, change: number): void {
    const count = this.#underWay.get(socket)
    if (count === undefined) return
    this.#underWay.set(socket, count + change)
    if (this.#isClosing && count + change === 0) socket.destroySoon()
  }
}

const MOST_AHEAD = 16
