import { randomUUID } from 'node:crypto'
import { type Namespace, Server } from 'socket.io'
import * as parser from 'socket.io-parser'
import { messageOf, Refusal } from '../../core/errors.ts'
import { authorize, checkNotEnded, type Principal } from '../../core/principal.ts'
import { quotaClientOf } from '../../core/quota-client.ts'
import { MAIN_NAMESPACE } from '../../wire/socket-io-packet.ts'
import { BEAMLINE_NAMESPACE, BeamlineClient, type BeamlineParts } from './beamline-client.ts'
import { SocketIoClient, type SocketIoClientParts } from './client.ts'
import type { SocketIoConnection } from './connection.ts'
import { type ClientSocket, offsetOf, tokenIn } from './handshake.ts'
import type { NamespaceClient } from './namespace-client.ts'
import { Peer } from './peer.ts'
import { EventLogAdapter, RecoverableClients } from './recovery.ts'

/** What Socket.IO needs; times in ms. */
export interface SocketIoParts extends SocketIoClientParts {
  readonly beamline: BeamlineParts
  /** The connection below a client. */
  readonly connectionOf: (conn: ClientSocket['conn']) => SocketIoConnection
  /** How long a connection may be open without joining a namespace. */
  readonly connectTimeout: number
  /** How long a client that was cut off may be away and still be recovered, and how many of them are kept. */
  readonly recoveryTime: number
  readonly maxRecoverable: number
  /** When a client that was refused because of a limit should come again. */
  readonly fullRetry: number
}

/** The doorbell's namespace, and what its old client makes of "ws://host/socket.io/", which is the same; and the beamline's. */
export const NAMESPACES = [MAIN_NAMESPACE, '/socket.io/', BEAMLINE_NAMESPACE] as const

/** The namespaces of Socket.IO: lets clients in, and serves them. */
export class SocketIoNamespaces {
  readonly #parts: SocketIoParts
  readonly #io: Server
  readonly #peers = new WeakMap<object, Peer>()
  /** Whose the clients are that were let in and are not connected yet. */
  readonly #principals = new WeakMap<ClientSocket, Principal>()

  constructor(parts: SocketIoParts) {
    this.#parts = parts
    const clients = new RecoverableClients(parts.clock, parts.recoveryTime, parts.maxRecoverable)
    this.#io = new Server({
      serveClient: false,
      parser: { ...parser, Decoder: TextOnlyDecoder },
      connectTimeout: parts.connectTimeout,
      // Rights are asked again: they may have ended meanwhile.
      connectionStateRecovery: { maxDisconnectionDuration: parts.recoveryTime, skipMiddlewares: false },
      // A function that `new` is called on.
      adapter: function makeAdapter(namespace: Namespace) {
        return new EventLogAdapter(namespace, clients)
      },
    })
    for (const name of NAMESPACES) {
      const namespace: Namespace = this.#io.of(name)
      namespace.use((socket, next) => {
        this.#letIn(socket).then(
          () => next(),
          (error: unknown) => next(this.#refusalOf(error)),
        )
      })
      namespace.on('connection', (socket) => this.#serve(socket))
    }
  }

  /** Serves the connections of an engine. */
  bind(engine: Parameters<Server['bind']>[0]): void {
    this.#io.bind(engine)
  }

  /** Authenticates a client, and says whether it can be recovered. @throws Refusal */
  async #letIn(socket: ClientSocket): Promise<void> {
    const peer = this.#peerOf(socket)
    const { name } = socket.nsp
    peer.enter(name)
    try {
      const principal = await peer.connection.admit(tokenIn(socket), name === BEAMLINE_NAMESPACE ? 'none' : 'doorbell')
      // The old beamline page is in the doorbell's namespace only as the old protocol has it.
      if (socket.conn.protocol === 3 && peer.isIn(BEAMLINE_NAMESPACE)) peer.connection.giveUnclaimedPlace()
      if (socket.recovered && !(await this.#canRecover(socket, principal))) forgetRecovery(socket)
      checkNotEnded(principal)
      if (name === BEAMLINE_NAMESPACE) this.#checkPicture(principal)
      this.#principals.set(socket, principal)
    } catch (error) {
      peer.leave(name)
      throw error
    }
  }

  /** @throws Refusal `forbidden` if it may not view what it would be told of */
  #checkPicture(principal: Principal): void {
    const picture = this.#parts.beamline.picture.of(principal)
    if (picture) authorize(principal, 'view', picture)
  }

  /** Whether it is the same client as before, and nothing that it has missed is gone. */
  async #canRecover(socket: ClientSocket, principal: Principal): Promise<boolean> {
    const { subscription } = socket.data
    if (subscription?.principal !== principal.id) return false
    const cursor = this.#parts.events.open(principal, {
      after: offsetOf(socket),
      filter: subscription.types && { types: subscription.types },
      asker: quotaClientOf(principal, this.#peerOf(socket).connection.client),
      limit: 1,
      wake() {},
    })
    try {
      const page = cursor.nextRecent() ?? (await cursor.next())
      return page !== undefined && page.gap === undefined
    } catch {
      // It gets them, or is told, once it subscribes again.
      return false
    } finally {
      cursor.close()
    }
  }

  #serve(socket: ClientSocket): void {
    const principal = this.#principals.get(socket)
    const peer = this.#peerOf(socket)
    if (!principal) return
    const { name } = socket.nsp
    try {
      peer.joined(name, this.#clientOf(peer, socket, principal))
      socket.on('disconnect', () => peer.leave(name))
    } catch (error) {
      this.#parts.log.error({ err: error }, 'a client of Socket.IO could not be served')
      peer.connection.end('failure', 'internal error')
    }
  }

  #clientOf(peer: Peer, socket: ClientSocket, principal: Principal): NamespaceClient {
    const { connection } = peer
    if (socket.nsp.name === BEAMLINE_NAMESPACE)
      return new BeamlineClient(this.#parts.beamline, connection, socket, principal)
    return new SocketIoClient(this.#parts, connection, socket, principal, () => peer.isIn(BEAMLINE_NAMESPACE))
  }

  #peerOf({ conn }: ClientSocket): Peer {
    const known = this.#peers.get(conn)
    if (known) return known
    const peer = new Peer(this.#parts.connectionOf(conn))
    this.#peers.set(conn, peer)
    return peer
  }

  /** Why a client may not join, as clients read it: `connect_error`, or `error` in the old ones. */
  #refusalOf(error: unknown): Error & { data: object } {
    if (!(error instanceof Refusal)) this.#parts.log.error({ err: error }, 'a client of Socket.IO could not be let in')
    const code = error instanceof Refusal ? error.code : 'unavailable'
    const message = error instanceof Refusal ? messageOf(error) : 'internal error'
    const isFull = code === 'limited' || code === 'exhausted'
    const retryAfter = error instanceof Refusal ? error.retryAfter : undefined
    const retry = isFull ? { retry_after: Math.max(retryAfter ?? 0, this.#parts.fullRetry / 1000) } : {}
    return Object.assign(new Error(message), { data: { code, message, ...retry } })
  }
}

/** No client sends anything binary, and the attachments of a packet would be kept until the last one comes. */
class TextOnlyDecoder extends parser.Decoder {
  constructor() {
    super({ maxAttachments: 0 })
  }
}

/** Makes it a client like any other: its library sees by the `pid` that it was not recovered. */
function forgetRecovery(socket: ClientSocket): void {
  Reflect.set(socket, 'recovered', false)
  Reflect.set(socket, 'pid', randomUUID())
  socket.data = {}
}
