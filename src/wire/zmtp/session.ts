import { type Clock, every } from '../../core/clock.ts'
import type { ZmtpRole } from './address.ts'
import {
  type Command,
  encodePing,
  encodePong,
  encodeReady,
  encodeSubscribe,
  MAX_COMMAND_BYTES,
  parseCommand,
} from './command.ts'
import { encodeMessage, type FrameHandler, type FrameHeader, FrameReader } from './frame.ts'
import { encodeGreeting, type Greeting, GreetingReader, MECHANISM_AT } from './greeting.ts'
import { printable } from './printable.ts'
import { checkPeerType, type SocketType } from './socket-type.ts'
import { ZmtpError } from './zmtp-error.ts'

/** How long peers may be silent, ms. */
export interface Patience {
  /** From the connection to READY. */
  readonly handshake: number
  /** Between two PINGs, which only peers of ZMTP 3.1 and newer are sent. */
  readonly heartbeatInterval: number
  /** Without a single byte, where PINGs are sent. */
  readonly heartbeatTimeout: number
}

/** libzmq's own defaults are no heartbeats at all, and 30 s for the handshake. */
export const DEFAULT_PATIENCE: Patience = { handshake: 5000, heartbeatInterval: 1000, heartbeatTimeout: 2000 }

/** What a session needs. */
export interface SessionParts {
  readonly type: SocketType
  /** Whether we have connected to the peer, or the peer to us. */
  readonly role: ZmtpRole
  readonly clock: Clock
  readonly patience: Patience
  /** Sends bytes to the peer, which are not changed afterwards. */
  write(bytes: Uint8Array): void
  /** The handshake is done: messages may be sent. */
  ready(): void
  /**
   * Whether there are messages that the peer has not read: then it is neither sent PINGs, which would wait behind them,
   * nor expected to answer.
   */
  isBehind(): boolean
  /** The session is over, as the peer does what it must not, or does nothing at all; not called after `close`. */
  failed(error: ZmtpError): void
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
  /** For how many heartbeat intervals nothing has come: not a time, so that it does not matter if we are late ourselves. */
  #silentBeats = 0
  /** How long the peer will wait for us, ms: it is at least as dead to us as we would be to it. */
  #ttl = Number.POSITIVE_INFINITY
  #cancelTimer: () => void
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
    this.#cancelTimer = parts.clock.after(handshake, () =>
      this.#fail(new ZmtpError(`did not finish ZeroMQ's handshake within ${handshake / 1000} s`)),
    )
    const greeting = encodeGreeting()
    parts.write(greeting.subarray(0, MECHANISM_AT))
    this.#sayLater(greeting.subarray(MECHANISM_AT))
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** Takes what has arrived; the chunk is not kept. */
  receive(chunk: Uint8Array): void {
    this.#take(() => this.#frames.read(this.#peer ? chunk : this.#readGreeting(chunk)))
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
    this.#cancelTimer()
  }

  #take(read: () => void): void {
    if (this.#isClosed) return
    this.#silentBeats = 0
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

  /** @returns what does not belong to the greeting */
  #readGreeting(chunk: Uint8Array): Uint8Array {
    const { taken, greeting } = this.#greeting.read(chunk)
    this.#peer = greeting
    if (greeting) {
      this.#sayNow()
      this.#sayLater(encodeReady(this.#parts.type))
    }
    return chunk.subarray(taken)
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
        if (command.ttl > 0) this.#ttl = command.ttl
        if (this.#isReady) this.#parts.write(encodePong(command.context))
        break
      case 'SUBSCRIBE':
      case 'CANCEL':
        if (this.#isReady) this.#parts.subscription?.(command.name, command.prefix)
        break
    }
  }

  #becomeReady(peerType: string): void {
    if (this.#isReady) throw new ZmtpError('says twice that it is ready')
    const { type, clock, patience, write, ready } = this.#parts
    checkPeerType(type, peerType)
    this.#sayNow()
    this.#cancelTimer()
    this.#isReady = true
    if (type === 'SUB') for (const bytes of this.#subscriptions()) write(bytes)
    if (this.#isNewerThan30) this.#cancelTimer = every(clock, patience.heartbeatInterval, () => this.#beat())
    ready()
  }

  /** To everything, as instruments send no topics. A command of ZMTP 3.1; before, a message. */
  #subscriptions(): Uint8Array[] {
    return this.#isNewerThan30 ? [encodeSubscribe(new Uint8Array(0))] : encodeMessage([Uint8Array.of(SUBSCRIBE)])
  }

  get #isNewerThan30(): boolean {
    const { major = 0, minor = 0 } = this.#peer ?? {}
    return major > 3 || minor > 0
  }

  #beat(): void {
    const { patience, isBehind, write } = this.#parts
    if (isBehind()) {
      this.#silentBeats = 0
      return
    }
    const most = Math.min(patience.heartbeatTimeout, this.#ttl)
    if (this.#silentBeats * patience.heartbeatInterval >= most) {
      this.#fail(new ZmtpError(`has been silent for ${most / 1000} s, though it should answer heartbeats`))
      return
    }
    this.#silentBeats++
    write(encodePing(patience.heartbeatTimeout * TTL_TIMEOUTS))
  }
}

/**
 * Subscriptions of peers before ZMTP 3.1 are messages of one frame, whose first byte says which: 1 and 0.
 * @throws ZmtpError if it is none
 */
export function parseSubscription(message: Uint8Array): {
  readonly kind: 'SUBSCRIBE' | 'CANCEL'
  readonly prefix: Uint8Array
} {
  const [first] = message
  if (first !== SUBSCRIBE && first !== CANCEL)
    throw new ZmtpError(`sends a message where only subscriptions are expected ("${printable(message, 16)}")`)
  return { kind: first === SUBSCRIBE ? 'SUBSCRIBE' : 'CANCEL', prefix: message.subarray(1) }
}

/** How long a peer is waited for before we say what we have, ms. */
const PAUSE_MS = 300
const SUBSCRIBE = 1
const CANCEL = 0
/** Peers may close the connection after so many of our timeouts without a PING: more than one, as we may be busy. */
const TTL_TIMEOUTS = 3
