import type { Socket as TcpSocket } from 'node:net'
import type { Socket as EngineSocket } from 'engine.io'
import type { Action } from '../../../core/authorization.ts'
import type { Clock } from '../../../core/clock.ts'
import type { EndCause } from '../../../core/connection.ts'
import { Refusal } from '../../../core/errors.ts'
import type { EventLoopTurns } from '../../../core/event-loop-turns.ts'
import { type Holder, heldBytesSetting } from '../../../core/held-bytes.ts'
import type { Log } from '../../../core/log.ts'
import type { Principal } from '../../../core/principal.ts'
import type { Quota } from '../../../core/quota.ts'
import type { QuotaClient } from '../../../core/quota-client.ts'
import { placeRefusal } from '../../../sinks/event-streams.ts'
import type { SocketIoConnection, SocketIoListener } from '../../../sinks/socket-io/connection.ts'
import type { EncodedPacket } from '../../../wire/socket-io-packet.ts'
import type { ConnectionBudget, MessageBudget } from '../connection-budget.ts'
import { CLOSE_TIMEOUT_MS, type ManagedConnection, type Registration } from '../connection-registry.ts'
import type { NoteRefusal } from '../error-handler.ts'
import type { KnownRequest } from '../request-guard.ts'
import { MOST_WAITING, MOST_WAITING_BYTES, sizeOf } from './message-limits.ts'

/** What all sessions need. */
export interface EngineSessionParts {
  readonly clock: Clock
  readonly log: Log
  /** Logs what happens often, and matters only to whoever looks for a fault. */
  readonly debug: (fields: object, message: string) => void
  /** The turns in which messages are handled. */
  readonly turns: EventLoopTurns
  /** Called when a peer has to wait, or is disconnected, because of a limit (the name of the setting). */
  readonly limited: (limit: string) => void
  readonly noteRefusal: NoteRefusal
  readonly holderOf: (request: KnownRequest) => Holder
  readonly addressOf: (request: KnownRequest) => string
  /** As `BasePaths.of`. */
  readonly basePathOf: (request: KnownRequest) => string
  /** Who takes a place: see `EventStreamReader.owner`. */
  readonly ownerOf: (request: KnownRequest, principal: Principal) => QuotaClient
  /** As `RequestGuard.authorize`. */
  readonly authorize: (request: KnownRequest, action: Action, token?: string) => Promise<Principal>
  /** Adds a connection to the registry; as `HandOvers.register`. */
  readonly register: (request: KnownRequest, connection: ManagedConnection) => Registration
  /** Called when the registry counts a socket, which then is no HTTP connection any more. */
  readonly registered: (socket: TcpSocket) => void
  readonly visitorBudget: (holder: Holder) => ConnectionBudget
  /** The sessions of which nobody knows yet whose they are, by address. */
  readonly connecting: Quota
  /** The places of doorbell clients. */
  readonly places: Quota
}

/** A transport of ours. */
export interface SessionTransport {
  /** Its socket, if it has one for itself. */
  readonly raw: TcpSocket | undefined
  /** Whether the kernel has taken all that was written; if not, `EngineSession.ready` is called once it has. */
  readonly isFlushed: boolean
  /** Writes whole frames to a WebSocket at once, beside the library; other transports have none. */
  writeFrame?(frame: EncodedPacket['frame']): void
  /** Ends it at once. */
  terminate(): void
}

/**
 * A session of Engine.IO, over whatever transport it goes, from its first request on. Whose it is turns out later, when
 * its client joins a namespace of Socket.IO: until then it is a visitor's, one of a limited number.
 */
export class EngineSession implements ManagedConnection, MessageBudget, SocketIoConnection {
  readonly request: KnownRequest
  /** Whose turn it is: a visitor's. */
  readonly client: string
  readonly address: string
  readonly basePath: string
  readonly #parts: EngineSessionParts
  #conn: EngineSocket | undefined
  #listener: SocketIoListener = {}
  #budget: ConnectionBudget
  #registration: Registration | undefined
  #principal: Principal | undefined
  /** In whose share its place counts. */
  #owner: QuotaClient | undefined
  #place: 'none' | 'taken' | 'claimed' = 'none'
  #isClosed = false
  #cancelTerminate: (() => void) | undefined

  constructor(parts: EngineSessionParts, request: KnownRequest) {
    this.request = request
    const holder = parts.holderOf(request)
    this.client = holder.client
    this.address = parts.addressOf(request)
    this.basePath = parts.basePathOf(request)
    this.#parts = parts
    this.#budget = parts.visitorBudget(holder)
    parts.connecting.add(holder.client, 1)
  }

  /** The session has begun. */
  open(conn: EngineSocket): void {
    this.#conn = conn
    conn.on('close', (reason: string, description?: unknown) => {
      this.#parts.debug({ reason, description: String(description ?? '') }, 'a session of Engine.IO was closed')
      this.close()
    })
    conn.on('upgrade', () => {
      this.#countSocket()
      // The new transport is ready from the start, and says nothing of it.
      this.ready()
    })
  }

  /** It is over, or has not even begun. */
  readonly close = (): void => {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#cancelTerminate?.()
    if (this.#registration) this.#registration.release()
    else {
      this.#budget.release()
      this.#parts.connecting.give(this.client, 1)
    }
    this.#givePlace()
    this.#listener.closed?.()
  }

  /** Whether it is known whose it is, so that it is in the registry. */
  get isAdmitted(): boolean {
    return this.#registration !== undefined
  }

  listen(listener: SocketIoListener): void {
    this.#listener = listener
  }

  async admit(token: string | undefined, place: 'doorbell' | 'none'): Promise<Principal> {
    const { raw } = this.request
    const known: KnownRequest = { raw, identity: undefined }
    try {
      const principal = await this.#parts.authorize(known, 'view', token)
      if (this.#isClosed) throw new Refusal('unavailable', 'The connection is closed.')
      // Of the identity no more than that: it is kept for as long as the connection.
      known.identity = { principal }
      if (this.#principal && this.#principal.id !== principal.id)
        throw new Refusal('forbidden', 'This connection is used by somebody else: open another one.')
      const owner = this.#parts.ownerOf(known, principal)
      // Who is refused stays one of those that are connecting.
      if (place === 'doorbell') this.#checkPlace(owner)
      if (!this.#principal) this.#register(known, principal, owner)
      if (place === 'doorbell') this.#takePlace(owner)
      return principal
    } catch (error) {
      if (error instanceof Refusal) this.#parts.noteRefusal(known, error)
      throw error
    }
  }

  claimPlace(): void {
    const owner = this.#owner
    if (!owner || this.#isClosed) return
    this.#checkPlace(owner)
    this.#takePlace(owner)
    this.#place = 'claimed'
  }

  giveUnclaimedPlace(): void {
    if (this.#place === 'taken') this.#givePlace()
  }

  refused(refusal: Refusal): void {
    this.#parts.noteRefusal(this.request, refusal)
  }

  get messagesPerTurn(): number {
    return this.#budget.messagesPerTurn
  }

  charge(messages: number): void {
    this.#budget.charge(messages)
  }

  wait(): ReturnType<MessageBudget['wait']> {
    return this.#budget.wait()
  }

  /** Sets how many bytes are held for the peer, and disconnects it where that is too much. */
  hold(bytes: number): void {
    const bound = this.#budget.hold(bytes)
    if (bound === undefined) return
    this.#parts.limited(heldBytesSetting(bound))
    this.terminate()
  }

  /** A message that was not handled was larger than one may be. */
  tooLarge(): void {
    this.#listener.tooLarge?.()
  }

  /** The transport takes packets again. */
  ready(): void {
    if (this.isDrained) this.#listener.drained?.()
  }

  get isDrained(): boolean {
    const conn = this.#conn
    return conn !== undefined && this.#takesPackets && transportOf(conn)?.isFlushed === true
  }

  /** Whether a packet would be sent at once, and none is waiting. */
  get #takesPackets(): boolean {
    return this.#conn?.readyState === 'open' && this.#conn.transport.writable && this.backlog === 0
  }

  /** How many packets wait for the transport. */
  get backlog(): number {
    return this.#waiting.length
  }

  /**
   * Whether so much waits for a transport to take it that nothing more is read from it. Nothing waits for one that the
   * session has not moved to yet.
   */
  isBehind(transport: SessionTransport): boolean {
    if (!this.#conn || transportOf(this.#conn) !== transport) return false
    const bytes = this.#waiting.reduce((sum, { data }) => sum + sizeOf(data), 0)
    return this.backlog > MOST_WAITING || bytes > MOST_WAITING_BYTES
  }

  get #waiting(): readonly { data?: string | ArrayBufferView }[] {
    return (this.#conn && Reflect.get(this.#conn, 'writeBuffer')) ?? []
  }

  write({ text, frame }: EncodedPacket): void {
    const conn = this.#conn
    if (!conn) return
    const transport = transportOf(conn)
    // For WebSockets it is framed already, once for all. The library would take half as long again to write it.
    if (transport?.writeFrame && this.#takesPackets) transport.writeFrame(frame)
    else this.send(text)
  }

  send(text: string): void {
    this.#conn?.write(text, { compress: false })
  }

  end(cause: EndCause, reason: string): void {
    this.#listener.ending?.(cause, reason)
    // Over polling, some libraries (Python's) do not come again after a polite end; they do when their next poll fails.
    if (cause !== 'revoked' && this.#conn?.transport.name === 'polling') this.terminate()
    else this.#conn?.close()
    // A peer that does not read would keep it open.
    if (!this.#isClosed) this.#cancelTerminate ??= this.#parts.clock.after(CLOSE_TIMEOUT_MS, () => this.terminate())
  }

  terminate(): void {
    const conn = this.#conn
    if (!conn) return
    conn.close(true)
    transportOf(conn)?.terminate()
  }

  #checkPlace({ client, isPrivileged }: QuotaClient): void {
    const bound = this.#place === 'none' ? this.#parts.places.exceeds(client, 1, isPrivileged) : undefined
    if (bound) throw placeRefusal(bound)
  }

  #takePlace({ client }: QuotaClient): void {
    if (this.#place !== 'none') return
    this.#parts.places.add(client, 1)
    this.#place = 'taken'
  }

  #givePlace(): void {
    if (this.#place !== 'none') this.#parts.places.give(this.#owner?.client, 1)
    this.#place = 'none'
  }

  #register(request: KnownRequest, principal: Principal, owner: QuotaClient): void {
    const { connecting, register } = this.#parts
    this.request.identity = request.identity
    const registration = register(this.request, this)
    this.#budget.release()
    connecting.give(this.client, 1)
    this.#registration = registration
    this.#principal = principal
    this.#owner = owner
    this.#budget = registration.budget
    this.#countSocket()
  }

  /** The registry counts the socket from now on, if the session is in it. */
  #countSocket(): void {
    const raw = this.#conn && transportOf(this.#conn)?.raw
    if (this.#registration && raw) this.#parts.registered(raw)
  }
}

/** The transport of a session, which is always one of ours. */
function transportOf({ transport }: EngineSocket): SessionTransport | undefined {
  return 'terminate' in transport ? (transport as EngineSocket['transport'] & SessionTransport) : undefined
}
