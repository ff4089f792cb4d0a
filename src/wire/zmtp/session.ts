import type { ZmtpRole } from './address.ts'
import { type Command, encodePong, encodeReady, encodeSubscribe, MAX_COMMAND_BYTES, parseCommand } from './command.ts'
import { type FrameHandler, type FrameHeader, FrameReader } from './frame.ts'
import { encodeGreeting, type Greeting, GreetingReader, MECHANISM_AT } from './greeting.ts'
import { Heartbeat, type HeartbeatParts } from './heartbeat.ts'
import { checkPeerType, type SocketType } from './socket-type.ts'
import { encodeSubscriptionMessage } from './subscription-message.ts'
import { ZmtpError } from './zmtp-error.ts'

/** What a session needs. */
export interface SessionParts extends HeartbeatParts {
  readonly type: SocketType
  /** Whether we have connected to the peer, or the peer to us. */
  readonly role: ZmtpRole
  /** The handshake is done: messages may be sent. */
  ready(): void
  /** Where the frames of messages go. */
  readonly messages: FrameHandler
  /** A subscriber wants the messages that begin with `prefix`, or no longer. @throws ZmtpError if that is not to be taken */
  subscription?(kind: 'SUBSCRIBE' | 'CANCEL', prefix: Uint8Array): void
}

/**
 * What is said over one connection, in both directions, besides messages: greeting, handshake (mechanism NULL), heartbeats
 * and subscriptions. It does no I/O: it is given what arrives, and what it says is written by its owner.
 */
export class Session {
  readonly #parts: SessionParts
  readonly #greeting = new GreetingReader()
  readonly #frames: FrameReader
  #peer: Greeting | undefined
  #isReady = false
  #isClosed = false
  #command: Uint8Array | undefined
  readonly #cancelHandshake: () => void
  #heartbeat: Heartbeat | undefined
  /**
   * Where we connect, we say what security mechanism and what type of socket we have after the peer has: libzmq hangs up at
   * once when it hears of others, perhaps without having said its own, and nobody would know why. A peer that waits for us as
   * well is not waited for long.
   */
  #waiting: { readonly bytes: Uint8Array; readonly cancel: () => void } | undefined

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#frames = new FrameReader({
      begin: (header) => this.#begin(header),
      end: (header) => this.#end(header),
    })
    const { handshake } = parts.patience
    this.#cancelHandshake = parts.clock.after(handshake, () =>
      this.#fail(new ZmtpError(`did not finish ZeroMQ's handshake within ${handshake / 1000} s`)),
    )
    const greeting = encodeGreeting()
    parts.write(greeting.subarray(0, MECHANISM_AT))
    this.#sayLater(greeting.subarray(MECHANISM_AT))
  }

  /**
   * Takes what has arrived, up to the end of a message or command at most; the chunk is not kept.
   * @returns how many bytes were taken
   */
  receive(chunk: Uint8Array): number {
    let taken = chunk.length
    this.#take(() => {
      taken = this.#peer ? this.#frames.read(chunk) : this.#readGreeting(chunk)
    })
    return taken
  }

  /** Where what arrives next may be put instead, so that it need not be copied: then call `filled`. */
  get space(): Uint8Array | undefined {
    return this.#isClosed ? undefined : this.#frames.space
  }

  /** Takes what has been put into `space`. @param length bytes */
  filled(length: number): void {
    this.#take(() => this.#frames.filled(length))
  }

  /** Ends the session: it neither says nor takes anything more. */
  close(): void {
    this.#isClosed = true
    this.#waiting?.cancel()
    this.#waiting = undefined
    this.#frames.stop()
    this.#cancelHandshake()
    this.#heartbeat?.stop()
  }

  #take(read: () => void): void {
    if (this.#isClosed) return
    this.#heartbeat?.heard()
    try {
      read()
    } catch (error) {
      if (!(error instanceof ZmtpError)) throw error
      this.#fail(error)
    }
  }

  /** Says at once what a peer that has connected to us may hear; see `#waiting`. */
  #sayLater(bytes: Uint8Array): void {
    const { role, clock, write } = this.#parts
    if (role === 'bind') write(bytes)
    else this.#waiting = { bytes, cancel: clock.after(PAUSE_MS, () => this.#sayNow()) }
  }

  #sayNow(): void {
    const waiting = this.#waiting
    if (!waiting) return
    this.#waiting = undefined
    waiting.cancel()
    this.#parts.write(waiting.bytes)
  }

  /** @returns how many bytes belong to the greeting */
  #readGreeting(chunk: Uint8Array): number {
    const { taken, greeting } = this.#greeting.read(chunk)
    this.#peer = greeting
    if (greeting) {
      this.#sayNow()
      this.#sayLater(encodeReady(this.#parts.type))
    }
    return taken
  }

  #fail(error: ZmtpError): void {
    if (this.#isClosed) return
    this.close()
    this.#parts.failed(error)
  }

  #begin(header: FrameHeader): Uint8Array | undefined {
    if (header.kind === 'message') {
      if (!this.#isReady) throw new ZmtpError('sends a message before it is ready')
      return this.#parts.messages.begin(header)
    }
    if (header.size > MAX_COMMAND_BYTES)
      throw new ZmtpError(`announces a command of ${header.size} bytes; at most ${MAX_COMMAND_BYTES} are taken`)
    this.#command = new Uint8Array(header.size)
    return this.#command
  }

  #end(header: FrameHeader): void {
    if (header.kind === 'message') this.#parts.messages.end(header)
    else if (this.#command) this.#obey(parseCommand(this.#command))
  }

  #obey(command: Command): void {
    switch (command.name) {
      case 'READY':
        this.#becomeReady(command.properties.get('socket-type') ?? '')
        break
      case 'ERROR':
        throw new ZmtpError(`refuses the connection: ${command.reason || 'it does not say why'}`)
      case 'PING':
        // There are none before 3.1.
        if (!this.#heartbeat) break
        this.#heartbeat.asked(command.ttl)
        this.#parts.write(encodePong(command.context))
        break
      case 'SUBSCRIBE':
      case 'CANCEL':
        if (this.#isReady) this.#parts.subscription?.(command.name, command.prefix)
        break
    }
  }

  #becomeReady(peerType: string): void {
    if (this.#isReady) throw new ZmtpError('says twice that it is ready')
    const { type, write, ready } = this.#parts
    checkPeerType(type, peerType)
    this.#sayNow()
    this.#cancelHandshake()
    this.#isReady = true
    // To everything, as instruments send no topics.
    if (type === 'SUB')
      write(this.#isNewerThan30 ? encodeSubscribe(new Uint8Array(0)) : encodeSubscriptionMessage(new Uint8Array(0)))
    if (this.#isNewerThan30) this.#heartbeat = new Heartbeat({ ...this.#parts, failed: (error) => this.#fail(error) })
    ready()
  }

  get #isNewerThan30(): boolean {
    const { major = 0, minor = 0 } = this.#peer ?? {}
    return major > 3 || minor > 0
  }
}

/** How long a peer is waited for before we say what we have, ms. */
const PAUSE_MS = 300
