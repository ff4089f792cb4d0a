import { encodeImgMessage } from '../src/wire/img-message.ts'
import { CONNECTING, DISCONNECTED, type LiveState, type StateReason } from './codes.ts'
import { Emitter } from './emitter.ts'
import { readPublishAnswer } from './publish-answer.ts'
import { type ConnectionOptions, milliseconds, ReconnectingSocket } from './reconnecting-socket.ts'
import { ResponseTimeout } from './response-timeout.ts'
import { socketAddress } from './socket-address.ts'

/** Options of `FramePublisher`: its connection, and how many frames may be in flight. */
export interface FramePublisherOptions extends ConnectionOptions {
  /**
   * How many frames may be unanswered (in flight), at least 1, default 2: a slow server or link slows the publisher.
   */
  readonly maxUnanswered?: number | undefined
  /** How long an answer may take before the publisher reconnects, ms, default 30 000. */
  readonly maxSilence?: number | undefined
}

/** The events of a FramePublisher. */
export interface FramePublisherEvents {
  /** Connecting has begun, or an attempt has failed and another will follow. Codes: `CONNECTING`. */
  connecting: StateReason
  /** The socket is open. Whether the server allows publishing shows with the first answer. */
  connected: { readonly isReconnected: boolean }
  /** It will not reconnect by itself any more. Codes: `DISCONNECTED`. */
  disconnected: StateReason
  /** A frame was published and stored. */
  stored: { readonly name?: string }
  /** A frame was refused or not stored, and why. */
  refused: { readonly message: string; readonly name?: string }
}

/**
 * Publishes frames over one connection to `/ws/frames` that reconnects automatically; frames in flight are then lost.
 * Flow control: only `maxUnanswered` frames may be in flight, so that a slow server slows the publisher (backpressure).
 */
export class FramePublisher {
  readonly #connection: ReconnectingSocket
  readonly #events = new Emitter<FramePublisherEvents>((error) => console.error(error))
  readonly #responseTimeout: ResponseTimeout
  readonly #maxUnanswered: number
  /** The names of the unanswered frames, in order. */
  #unanswered: (string | undefined)[] = []
  /** Waiting calls of `publish` and `end`, resolved on each change. */
  #waiting: (() => void)[] = []
  /** Why it has ended; undefined while it can publish. */
  #ended: Error | undefined
  #wasConnected = false

  /**
   * Does not connect yet; call `connect`.
   * @param url "ws://…/ws/frames"; also "http://…", and the server's own address, perhaps with a path
   * @throws TypeError when the URL is invalid; RangeError when an option is out of range
   */
  constructor(url: string, options: FramePublisherOptions = {}) {
    const { maxUnanswered = 2, maxSilence = 30_000 } = options
    if (!(maxUnanswered >= 1)) throw new RangeError(`maxUnanswered must be at least 1, not ${maxUnanswered}`)
    this.#maxUnanswered = maxUnanswered
    this.#responseTimeout = new ResponseTimeout(milliseconds('maxSilence', maxSilence), Date.now, () =>
      this.#connection.reconnect({ code: CONNECTING.noAnswer, reason: `no answer for ${maxSilence} ms` }),
    )
    this.#connection = new ReconnectingSocket(socketAddress(url, '/ws/frames'), options, {
      opened: () => this.#opened(),
      text: (text) => this.#answered(text),
      binary: () => {},
      lost: () => this.#lost(),
      changed: (state, why) => {
        this.#ended = state === 'disconnected' ? new Error(why.reason) : undefined
        this.#wake()
        this.#events.emit(state, why)
      },
    })
  }

  get state(): LiveState {
    return this.#connection.state
  }

  /** Whether a frame would be sent at once: connected, and fewer than `maxUnanswered` frames in flight. */
  get isReady(): boolean {
    return this.state === 'connected' && this.#hasRoom
  }

  /** Connects, and reconnects whenever the connection is lost. Does nothing unless disconnected. */
  connect(): void {
    this.#connection.connect()
  }

  /**
   * While connecting, retries at once instead of after the backoff delay: for a button, or when the network is back.
   */
  retry(): void {
    this.#connection.retry()
  }

  /** Closes the connection at once and clears all timers. */
  close(): void {
    // Also if it never connected: waiting calls of `publish` must reject.
    this.#ended ??= new Error('close called')
    this.#connection.disconnect({ code: DISCONNECTED.called, reason: 'close called' })
    this.#wake()
  }

  /** Adds a listener. @returns a function that removes it */
  on<Name extends keyof FramePublisherEvents>(
    name: Name,
    listener: (event: FramePublisherEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener)
  }

  /**
   * Sends one frame as soon as possible; resolves when there is room for the next.
   * @param header the fields of `POST /frames`, see docs/wire.md
   * @param image an encoded JPEG, PNG or WebP
   * @param name identifies the frame in the events `stored` and `refused`
   * @throws Error when the publisher is closed or the server refuses it
   */
  async publish(header: object, image: Uint8Array, name?: string): Promise<void> {
    while (!this.#trySend(header, image, name)) await this.#change()
    while (!this.#hasRoom && !this.#ended) await this.#change()
  }

  /**
   * Sends a frame if that is possible at once, else drops it: for live sources, where only the newest frame counts.
   * @returns whether it was sent
   */
  tryPublish(header: object, image: Uint8Array): boolean {
    return this.#ended === undefined && this.#trySend(header, image, undefined)
  }

  /** Waits until all frames in flight are answered or lost, then closes. */
  async end(): Promise<void> {
    while (this.#unanswered.length > 0) await this.#change()
    this.close()
  }

  get #hasRoom(): boolean {
    return this.#unanswered.length < this.#maxUnanswered
  }

  #trySend(header: object, image: Uint8Array, name: string | undefined): boolean {
    if (this.#ended) throw this.#ended
    if (!this.isReady || !this.#connection.send(encodeImgMessage(header, image))) return false
    this.#unanswered.push(name)
    this.#responseTimeout.asked()
    return true
  }

  #opened(): void {
    this.#connection.established()
    const isReconnected = this.#wasConnected
    this.#wasConnected = true
    this.#events.emit('connected', { isReconnected })
    this.#wake()
  }

  #answered(text: string): void {
    this.#responseTimeout.heard()
    this.#connection.proven()
    // An answer without a request: not this protocol.
    if (this.#unanswered.length === 0) return
    const name = this.#unanswered.shift()
    if (this.#unanswered.length > 0) this.#responseTimeout.asked()
    const refusal = readPublishAnswer(text)
    const named = name === undefined ? {} : { name }
    if (refusal === undefined) this.#events.emit('stored', named)
    else this.#events.emit('refused', { message: refusal, ...named })
    this.#wake()
  }

  #lost(): void {
    this.#responseTimeout.stop()
    this.#unanswered = []
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
