import { createServer, type Server } from 'node:net'
import { Backoff } from '../core/backoff.ts'
import type { Clock } from '../core/clock.ts'
import { EventLoopTurns } from '../core/event-loop-turns.ts'
import type { Log } from '../core/log.ts'
import { LogLimit, MINUTE_MS } from '../core/log-limit.ts'
import { formatAddress, parseAddress, type ZmtpAddress, type ZmtpRole } from '../wire/zmtp/address.ts'
import { DEFAULT_PATIENCE, type Patience } from '../wire/zmtp/patience.ts'
import type { SocketType } from '../wire/zmtp/socket-type.ts'
import { connectionFailure } from './connection-failure.ts'
import { Link, type LinkParts, type LinkUser } from './link.ts'

/** How it stands with a socket's peers. */
export type SocketState =
  /** The first attempt is being made. */
  | { readonly kind: 'connecting' }
  /** It waits for the first peer. @property address with the port that was taken */
  | { readonly kind: 'listening'; readonly address: string }
  /** @property peers how many there are: one, unless the socket listens */
  | { readonly kind: 'connected'; readonly peers: number }
  /** There is none; it is tried again, or waited for the next. @property reason what happened, for people */
  | { readonly kind: 'failed'; readonly reason: string }

/** What every ZeroMQ socket needs. */
export interface SocketOptions {
  /** tcp://HOST:PORT, IPv6 in brackets; to listen, HOST may be * and PORT 0 (any free one). */
  readonly address: string
  readonly role: ZmtpRole
  /** The most peers of a socket that listens, including those that are just connecting; default: 16. */
  readonly maxPeers?: number
  /** Default: `DEFAULT_PATIENCE`. */
  readonly patience?: Patience
  /** In which what arrives is handled, shared by sockets that are to take turns; default: the socket's own. */
  readonly turns?: EventLoopTurns
  readonly clock: Clock
  /** Gets a line a minute at most about what goes wrong; adds what the socket is for (`withFields`). */
  readonly log: Log
}

/** What the peers of a socket are used for. */
export interface PeersParts extends SocketOptions {
  readonly type: SocketType
  use(link: Link): LinkUser
  /** Called on each change. It may close the socket. */
  state(state: SocketState): void
}

/**
 * The peers of a socket: one that it connects to, again and again when the connection is lost, or several that connect to
 * it.
 */
export class Peers {
  readonly #parts: PeersParts
  readonly #address: ZmtpAddress
  readonly #warnings: LogLimit
  readonly #backoff = new Backoff(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS)
  readonly #linkParts: LinkParts
  /** All connections, with their names in sentences. */
  readonly #links = new Map<Link, string>()
  readonly #ready = new Set<Link>()
  /** The address in sentences: with the port that was taken, once we listen. */
  #name: string
  #server: Server | undefined
  #state: SocketState = { kind: 'connecting' }
  /** The failure that the log has. */
  #noted: string | undefined
  #cancelRetry = () => {}
  #isClosed = false
  readonly #closed = Promise.withResolvers<void>()

  /** @throws RangeError for an address that is none */
  constructor(parts: PeersParts) {
    this.#parts = parts
    this.#address = parseAddress(parts.address, parts.role)
    this.#name = parts.address
    this.#warnings = new LogLimit(parts, MINUTE_MS)
    const { type, role, address, clock, patience = DEFAULT_PATIENCE, turns, use } = parts
    this.#linkParts = {
      ...{ type, role, clock, patience, use, client: address, turns: turns ?? new EventLoopTurns(setImmediate) },
      ready: (link) => this.#cameUp(link),
      lost: (link, reason) => this.#lost(link, reason),
    }
  }

  get state(): SocketState {
    return this.#state
  }

  /** Those that messages may be sent to, in the order in which they came. */
  get ready(): ReadonlySet<Link> {
    return this.#ready
  }

  /** Begins to connect or to listen. */
  open(): void {
    this.#try()
  }

  /** To be called when a connection has proved to be of use: failures after it are news, and retried soon. */
  proved(): void {
    this.#backoff.reset()
    if (this.#noted === undefined) return
    this.#noted = undefined
    this.#parts.log.info({}, `ZeroMQ: ${this.#name} is connected again`)
  }

  /**
   * Closes all connections. @param linger how long to wait for what is still to be sent, ms
   * @returns once they are closed
   */
  close(linger = 0): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true
      this.#cancelRetry()
      this.#server?.close()
      for (const link of this.#links.keys()) {
        if (linger > 0 && this.#ready.has(link)) link.end()
        else link.fail('was closed')
      }
      const cancel = this.#parts.clock.after(linger, () => {
        for (const link of this.#links.keys()) link.fail('was closed')
      })
      void this.#closed.promise.then(cancel)
      this.#checkClosed()
    }
    return this.#closed.promise
  }

  #try(): void {
    if (this.#parts.role === 'bind') this.#listen()
    else this.#links.set(Link.connect(this.#address, this.#linkParts), this.#name)
  }

  #listen(): void {
    const { host, port } = this.#address
    const server = createServer((socket) => {
      if (this.#isClosed || !this.#makeRoom()) {
        socket.destroy()
        return
      }
      const name = `the peer at ${socket.remoteAddress ?? 'an unknown address'} (${this.#name})`
      this.#links.set(Link.accept(socket, this.#linkParts), name)
    })
    this.#server = server
    server.once('error', (error) => this.#failed(`${this.#name} ${connectionFailure(error)}`))
    server.listen({ host, port }, () => {
      const bound = server.address()
      const taken = bound && typeof bound === 'object' ? bound.port : port
      this.#name = formatAddress({ host, port: taken })
      this.#become({ kind: 'listening', address: this.#name })
    })
  }

  /**
   * Makes room for one more connection: of too many, the oldest goes that has not said what it is, so that strangers who
   * only connect keep no sender out. @returns whether there is room
   */
  #makeRoom(): boolean {
    if (this.#links.size < (this.#parts.maxPeers ?? DEFAULT_MAX_PEERS)) return true
    for (const [link, name] of this.#links) {
      if (this.#ready.has(link)) continue
      const reason = 'did not say what it is before another connection needed its place'
      link.fail(reason)
      // At once, as its socket closes only later.
      this.#links.delete(link)
      this.#failed(`${name} ${reason}`)
      return true
    }
    return false
  }

  #cameUp(link: Link): void {
    this.#ready.add(link)
    this.#become({ kind: 'connected', peers: this.#ready.size })
  }

  #lost(link: Link, reason: string): void {
    const name = this.#links.get(link)
    if (!this.#links.delete(link)) return
    this.#ready.delete(link)
    if (this.#isClosed) this.#checkClosed()
    else this.#failed(`${name} ${reason}`)
  }

  /** A link is lost, or could not be made, or nobody can make one. */
  #failed(reason: string): void {
    if (this.#isClosed) return
    const { clock, role } = this.#parts
    if (reason !== this.#noted && this.#warnings.warn('lost', {}, `ZeroMQ: ${reason}`)) this.#noted = reason
    const isListening = role === 'bind' && this.#server?.listening
    if (!isListening) this.#cancelRetry = clock.after(this.#backoff.next(), () => this.#try())
    this.#become(this.#ready.size > 0 ? { kind: 'connected', peers: this.#ready.size } : { kind: 'failed', reason })
  }

  #become(state: SocketState): void {
    if (this.#isClosed || isSame(state, this.#state)) return
    this.#state = state
    this.#parts.state(state)
  }

  #checkClosed(): void {
    if (this.#links.size === 0) this.#closed.resolve()
  }
}

function isSame(one: SocketState, other: SocketState): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** The pauses between two attempts, ms. */
const SHORTEST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2000
const DEFAULT_MAX_PEERS = 16
