import { encodeImgMessage } from '../src/wire/img-message.ts'
import { CONNECTING, DISCONNECTED, type LiveState, type StateReason } from './codes.ts'
import { Emitter } from './emitter.ts'
import { readPublishAnswer } from './publish-answer.ts'
import { type ConnectionOptions, milliseconds, ReconnectingSocket } from './reconnecting-socket.ts'
import { ResponseTimeout } from './response-timeout.ts'
import { socketAddress } from './socket-address.ts'

/** How a publisher connects and how far it runs ahead. */
export interface FramePublisherOptions extends ConnectionOptions {
  /** How many frames may wait for their answers, default 2: a slow server or link slows the publisher. */
  readonly maxUnanswered?: number | undefined
  /** How long an answer may take before the connection is given up, ms, default 30 000. */
  readonly maxSilence?: number | undefined
}

/** What a FramePublisher tells its listeners. */
export interface FramePublisherEvents {
  /** It connects, or an attempt has failed and another will follow. Codes: `CONNECTING`. */
  connecting: StateReason
  /** A socket is open. Whether the server lets it publish shows with the first answer. */
  connected: { readonly isReconnected: boolean }
  /** It will not connect by itself any more. Codes: `DISCONNECTED`. */
  disconnected: StateReason
  /** A frame is shown and stored. */
  stored: { readonly name?: string }
  /** A frame was not taken, or not stored, and why. */
  refused: { readonly message: string; readonly name?: string }
}

/**
 * Publishes frames over one connection to `/ws/frames`, which reconnects by itself; what was under way then is lost. Flow
 * control: of the frames that are sent only so many may lack an answer, so that a slow server slows the publisher
 * (backpressure).
 */
export class FramePublisher {
  readonly #connection: ReconnectingSocket
  readonly #events = new Emitter<FramePublisherEvents>((error) => console.error(error))
  readonly #responseTimeout: ResponseTimeout
  readonly #maxUnanswered: number
  /** What the frames are called that wait for their answers, in their order. */
  #unanswered: (string | undefined)[] = []
  /** Woken whenever one of the above changes. */
  #waiting: (() => void)[] = []
  /** Why nothing can be published any more. */
  #ended: Error | undefined
  #wasConnected = false

  /**
   * Does not connect by itself.
   * @param url "ws://…/ws/frames"; also "http://…", and without the path
   * @throws Error with a sentence when the address or an option is not allowed
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

  /** Whether a frame would be sent at once: it is connected, and fewer than `maxUnanswered` wait for their answers. */
  get isReady(): boolean {
    return this.state === 'connected' && this.#hasRoom
  }

  /** Connects, and again whenever the connection is lost. Does nothing unless disconnected. */
  connect(): void {
    this.#connection.connect()
  }

  /** While connecting, tries at once: for a button, or when the network seems to be back. */
  retry(): void {
    this.#connection.retry()
  }

  /** Ends the connection at once and leaves no timer behind. */
  close(): void {
    // One that never connected has ended as well, for those who wait to publish.
    this.#ended ??= new Error('close called')
    this.#connection.disconnect({ code: DISCONNECTED.called, reason: 'close called' })
    this.#wake()
  }

  /** Listens. @returns ends that */
  on<Name extends keyof FramePublisherEvents>(
    name: Name,
    listener: (event: FramePublisherEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener)
  }

  /**
   * Sends one frame, when it can be sent; resolves when there is room for the next.
   * @param header the fields of docs/wire.md, `POST /frames`
   * @param image JPEG, PNG or WebP
   * @param name what it is called in `stored` and `refused`
   * @throws Error when the publisher was closed or the server does not let it publish
   */
  async publish(header: object, image: Uint8Array, name?: string): Promise<void> {
    while (!this.#trySend(header, image, name)) await this.#change()
    while (!this.#hasRoom && !this.#ended) await this.#change()
  }

  /** Sends a frame if that can be done at once: for live sources, of which the newest frame counts. @returns whether it was */
  tryPublish(header: object, image: Uint8Array): boolean {
    return this.#ended === undefined && this.#trySend(header, image, undefined)
  }

  /** Waits until all that was sent is answered or lost, then closes. */
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
    // More texts than questions: not of this protocol.
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
