import { mayAny } from '../../core/authorization.ts'
import type { Commands } from '../../core/commands.ts'
import type { EndCause } from '../../core/connection.ts'
import { messageOf, Refusal } from '../../core/errors.ts'
import { checkNotEnded, type Principal } from '../../core/principal.ts'
import { encodeEvent, MAIN_NAMESPACE, type SharedPacket, type SocketIoEvent } from '../../wire/socket-io-packet.ts'
import { joinTypes, readSocketIoRequest, type SocketIoRequest } from '../../wire/socket-io-request.ts'
import type { EventFollowerParts } from '../event-follower.ts'
import { ClientEvents, type EventReader, type Subscription } from './client-events.ts'
import type { SocketIoConnection } from './connection.ts'
import { type ClientSocket, keepsOffsets, offsetOf } from './handshake.ts'
import type { LabelFeed } from './label-feed.ts'
import type { NamespaceClient } from './namespace-client.ts'

/** Where a video is, as the doorbell's clients are told. */
export interface VideoAddress {
  /** The path on this server's host. */
  readonly stream_url: string
  readonly quality: string
}

/** What clients of Socket.IO need. */
export interface SocketIoClientParts extends EventFollowerParts {
  readonly commands: Commands
  readonly labels: LabelFeed
  /**
   * Where the default camera's video is.
   * @param id the client's, by which the video is known
   * @throws Refusal when there is none for the principal
   */
  readonly videoFor: (principal: Principal, id: string, quality: string | undefined) => VideoAddress
  /** Logs what happens often, and matters only to whoever looks for a fault. */
  readonly debug: (fields: object, message: string) => void
  /** How long a client may ask for nothing before it is taken for one of the first generation, ms. */
  readonly firstGenerationAfter: number
}

/** One client in one namespace of Socket.IO, from the moment it is connected. */
export class SocketIoClient implements EventReader, NamespaceClient {
  readonly #parts: SocketIoClientParts
  readonly #connection: SocketIoConnection
  readonly #socket: ClientSocket
  readonly principal: Principal
  readonly #namespace: string
  readonly hasOffsets: boolean
  #events: ClientEvents | undefined
  #types: readonly string[] | undefined = []
  /** Answers to subscriptions, which wait for where the client stands. */
  readonly #unanswered: ((offset: string) => void)[] = []
  #labels: ReturnType<LabelFeed['open']> | undefined
  #cancelFirstGeneration: (() => void) | undefined
  /** While more subscriptions may come, before the first event is sent. */
  #cancelStart: (() => void) | undefined
  /** Aborted when it has gone; only those who give commands need it. */
  #gone: AbortController | undefined

  /** @param isElsewhere whether it is a program of another kind, which is in this namespace only as the old protocol has it */
  constructor(
    parts: SocketIoClientParts,
    connection: SocketIoConnection,
    socket: ClientSocket,
    principal: Principal,
    isElsewhere: () => boolean,
  ) {
    this.#parts = parts
    this.#connection = connection
    this.#socket = socket
    this.principal = principal
    this.#namespace = socket.nsp.name
    this.hasOffsets = keepsOffsets(socket)
    socket.onAny((...event: unknown[]) => this.#received(event))
    // A packet that the library cannot read; also whatever the client itself sends under that name.
    socket.on('error', (error: unknown) => error instanceof Error && this.error(`Malformed packet: ${error.message}`))
    this.#greet()
    if (socket.recovered) this.#recover()
    else if (this.#namespace === MAIN_NAMESPACE)
      this.#cancelFirstGeneration = parts.clock.after(parts.firstGenerationAfter, () =>
        this.#guard(() => {
          if (isElsewhere()) return
          connection.claimPlace()
          this.#watch()
        }),
      )
  }

  get client(): string {
    return this.#connection.client
  }

  get basePath(): string {
    return this.#connection.basePath
  }

  get isDrained(): boolean {
    return this.#connection.isDrained
  }

  /** Writes a packet that was encoded for all. */
  write(packet: SharedPacket): void {
    if (this.#socket.connected) this.#connection.write(packet.in(this.#namespace))
  }

  /** Disconnects it; it may come again. */
  end(reason: string): void {
    this.#connection.end('failure', reason)
  }

  /** Writes an event for this client alone. */
  send(event: SocketIoEvent): void {
    if (this.#socket.connected) this.#connection.send(encodeEvent(event, this.#namespace))
  }

  /** Everything that was written has been taken. */
  drained(): void {
    this.#events?.drained()
    if (this.#connection.isDrained) this.#labels?.drained()
  }

  /** Tells it what went wrong. */
  error(message: string): void {
    this.send(['error', { message }])
  }

  /** The server is about to close its connection. */
  ending(cause: EndCause, reason: string): void {
    this.error(reason)
    // The client's library comes again by itself, unless it is told that this was meant.
    if (cause === 'revoked') this.#socket.disconnect()
  }

  /** It has left, or its connection is closed. */
  close(): void {
    this.#gone?.abort()
    this.#cancelFirstGeneration?.()
    this.#cancelStart?.()
    this.#events?.close()
    this.#labels?.close()
    this.#labels = undefined
  }

  #greet(): void {
    const { id, recovered } = this.#socket
    const capabilities = mayAny(this.principal, 'command') ? CAPABILITIES : CAPABILITIES.slice(1)
    this.send(['connected', { client_id: id, server_capabilities: capabilities }])
    // The first generation's greeting.
    if (!recovered) this.send(['message', { data: 'Connected' }])
  }

  /** Nothing that a client sends may end the process. */
  #guard(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): string {
    if (error instanceof Refusal) this.#connection.refused(error)
    else this.#parts.log.error({ err: error }, 'a client of Socket.IO could not be served')
    const message = error instanceof Refusal ? error.message : 'internal error'
    this.error(message)
    return message
  }

  #received([name, ...args]: readonly unknown[]): void {
    if (!this.#socket.connected) return
    const last = args.at(-1)
    const acknowledge = typeof last === 'function' ? (answer: object) => void last(answer) : () => {}
    try {
      const request = readSocketIoRequest(name, typeof last === 'function' ? args.slice(0, -1) : args)
      this.#handle(request, acknowledge)
    } catch (error) {
      acknowledge({ error: this.#failed(error) })
    }
  }

  #handle(request: SocketIoRequest, acknowledge: (answer: object) => void): void {
    if (request.type === 'error') {
      this.#parts.debug({ client: this.#connection.client }, 'a client of Socket.IO tells of an error')
      return
    }
    this.#connection.claimPlace()
    this.#cancelFirstGeneration?.()
    this.#cancelFirstGeneration = undefined
    switch (request.type) {
      case 'subscribe':
        this.#subscribe(joinTypes(this.#types, request.types), acknowledge)
        return
      case 'subscribe_labels':
        this.#watch(request.labels)
        acknowledge({ labels: request.labels })
        return
      case 'system_command':
        void this.#command(request.command, request.params, acknowledge)
        return
      case 'request_video_stream':
        this.#tellVideo(request.quality, acknowledge)
        return
    }
  }

  #tellVideo(quality: string | undefined, acknowledge: (answer: object) => void): void {
    checkNotEnded(this.principal)
    const { stream_url, ...rest } = this.#parts.videoFor(this.principal, this.#socket.id, quality)
    const address = { stream_url: this.#connection.basePath + stream_url, ...rest }
    acknowledge(address)
    this.send(['video_stream_ready', address])
  }

  /** Follows these types from where it stands; says so, and then sends what happens. */
  #subscribe(types: readonly string[] | undefined, acknowledge: (answer: object) => void): void {
    this.#connection.charge(READ_MESSAGES)
    const answer = { event_types: types ?? ['*'] }
    if (this.#unanswered.length >= MOST_UNANSWERED)
      throw new Refusal('limited', 'Too many subscriptions wait for their answers, which are not read.')
    this.#types = types
    this.#unanswered.push((offset) => {
      acknowledge(answer)
      this.send(this.hasOffsets ? ['subscribed', answer, offset] : ['subscribed', answer])
    })
    if (this.#events || !this.#getsEarlier) this.#start()
    else this.#cancelStart ??= this.#parts.clock.after(GATHER_MS, () => this.#guard(() => this.#start()))
  }

  /** Whether it is to get events from before its subscription: those that it has missed, or those that are kept. */
  get #getsEarlier(): boolean {
    return this.#socket.conn.protocol === 3 || offsetOf(this.#socket) !== undefined
  }

  #start(): void {
    const after = this.#events ? this.#events.position : offsetOf(this.#socket)
    const subscribed = (offset: string) => {
      for (const each of this.#unanswered.splice(0)) each(offset)
    }
    const spooledAfter = this.#events?.spooledPlace
    const getsKept = this.#socket.conn.protocol === 3
    this.#follow({ types: this.#types, after, spooledAfter, getsKept, subscribed })
    this.#events?.drained()
  }

  /** Goes on with what it followed, after the last event that it has seen. */
  #recover(): void {
    const { subscription } = this.#socket.data
    if (subscription)
      this.#follow({ types: subscription.types, after: offsetOf(this.#socket), getsKept: false, subscribed() {} })
    this.#events?.drained()
  }

  #follow(subscription: Subscription): void {
    const { types } = subscription
    const events = new ClientEvents(this.#parts, this, subscription)
    this.#events?.close()
    this.#events = events
    this.#types = types
    this.#socket.data.subscription = { principal: this.principal.id, types }
  }

  /** Gets the pictures of whole labels. @param labels undefined: of all that it may see */
  #watch(labels?: readonly string[]): void {
    this.#labels?.close()
    this.#labels = undefined
    if (labels?.length === 0) return
    this.#connection.charge(READ_MESSAGES)
    this.#labels = this.#parts.labels.open({
      principal: this.principal,
      labels,
      isDrained: () => this.#connection.isDrained,
      write: (packet) => this.write(packet),
    })
  }

  async #command(command: string, params: unknown, acknowledge: (answer: object) => void): Promise<void> {
    const answer = (result: object) => {
      acknowledge(result)
      this.send(['command_result', result])
    }
    this.#gone ??= new AbortController()
    try {
      const call = { principal: this.principal, address: this.#connection.address, signal: this.#gone.signal }
      const result = await this.#parts.commands.run(command, params, call)
      answer({ command, success: true, result })
    } catch (error) {
      if (error instanceof Refusal) this.#connection.refused(error)
      else this.#parts.log.error({ err: error, command }, 'a command could not be carried out')
      if (error instanceof Refusal && (error.code === 'forbidden' || error.code === 'unauthenticated')) {
        acknowledge({ command, success: false, error: FORBIDDEN })
        this.error(FORBIDDEN)
      } else answer({ command, success: false, error: error instanceof Refusal ? messageOf(error) : 'internal error' })
    }
  }
}

const CAPABILITIES = ['system_control', 'live_events', 'video_stream', 'configuration']

const FORBIDDEN = 'Insufficient permissions'

/** How many subscriptions may wait for their answers. */
const MOST_UNANSWERED = 16

/**
 * How long subscriptions of a client that is to get earlier events are gathered, ms. Each library sends those that it has
 * at once, and what was read for the first would be over for the second.
 */
const GATHER_MS = 100

/** To begin to read counts as so many messages. */
const READ_MESSAGES = 50
