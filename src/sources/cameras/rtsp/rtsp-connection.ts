import type { Socket } from 'node:net'
import type { Clock } from '../../../core/clock.ts'
import type { RtspMessage, RtspRequest, RtspResponse } from '../../../wire/rtsp/rtsp-message.ts'
import { encodeRtspRequest, encodeRtspResponse, fieldOf } from '../../../wire/rtsp/rtsp-message.ts'
import { RtspReader } from '../../../wire/rtsp/rtsp-reader.ts'
import { CameraFailure } from '../camera-input.ts'
import { ReadingTime } from '../reading-time.ts'
import { noAnswer, readFailure } from './rtsp-failures.ts'

/** What a connection needs. */
export interface RtspConnectionParts {
  readonly clock: Clock
  /** Takes the packets between the messages. @param bytes not to be kept */
  packet(channel: number, bytes: Uint8Array): void
}

/** A request to be sent. */
export interface RtspAsk {
  readonly method: string
  readonly uri: string
  readonly fields: Readonly<Record<string, string>>
  /** How long its answer may take, ms. */
  readonly timeout: number
}

/** A connection to a camera: requests and their answers, and what comes in between. */
export class RtspConnection {
  /** Rejects when the connection is lost, or what comes is not understood; it is closed then. @throws CameraFailure */
  readonly failed: Promise<never>
  readonly #socket: Socket
  readonly #parts: RtspConnectionParts
  readonly #fail: (failure: CameraFailure) => void
  readonly #waiting = new Map<number, PromiseWithResolvers<RtspResponse>>()
  #sequence = 0
  #failure: CameraFailure | undefined

  /** @param socket connected; errors of it need a listener already */
  constructor(socket: Socket, parts: RtspConnectionParts) {
    this.#socket = socket
    this.#parts = parts
    const { promise, reject } = Promise.withResolvers<never>()
    this.failed = promise
    // Whoever waits for an answer gets the reason as well.
    promise.catch(() => {})
    this.#fail = (failure) => {
      if (this.#failure) return
      this.#failure = failure
      socket.destroy()
      reject(failure)
      for (const waiting of this.#waiting.values()) waiting.reject(failure)
    }
    const reader = new RtspReader({
      message: (message) => this.#message(message),
      packet: (channel, bytes) => parts.packet(channel, bytes),
    })
    const reading = new ReadingTime(parts.clock)
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => {
      if (this.#failure) return
      try {
        const pause = reading.spend(() => reader.read(bytes))
        if (pause === 0) return
        socket.pause()
        parts.clock.after(pause, () => socket.resume())
      } catch (error) {
        this.#fail(readFailure(error))
      }
    })
    const lost = () => this.#fail(new CameraFailure('unreachable', 'The camera has closed the connection.'))
    socket.on('error', lost)
    socket.once('end', lost)
    socket.once('close', lost)
    if (socket.destroyed) lost()
  }

  /** The address of the camera. */
  get address(): string | undefined {
    return this.#socket.remoteAddress
  }

  /** Whether requests can be sent. */
  get isOpen(): boolean {
    return this.#failure === undefined
  }

  /**
   * Sends a request and waits for its answer.
   * @throws CameraFailure `silent` when none comes in time, and as `failed`; the signal's reason
   */
  async ask({ method, uri, fields, timeout }: RtspAsk, signal: AbortSignal): Promise<RtspResponse> {
    signal.throwIfAborted()
    if (this.#failure) throw this.#failure
    const sequence = ++this.#sequence
    const waiting = Promise.withResolvers<RtspResponse>()
    this.#waiting.set(sequence, waiting)
    const abort = () => waiting.reject(signal.reason)
    signal.addEventListener('abort', abort)
    const cancel = this.#parts.clock.after(timeout, () => waiting.reject(noAnswer(method, timeout)))
    try {
      this.#write(encodeRtspRequest(method, uri, { CSeq: String(sequence), 'User-Agent': 'Belvedere', ...fields }))
      return await waiting.promise
    } finally {
      cancel()
      signal.removeEventListener('abort', abort)
      this.#waiting.delete(sequence)
    }
  }

  /** Ends it at once. @param failure why, for those who wait */
  close(failure: CameraFailure): void {
    this.#fail(failure)
  }

  #message(message: RtspMessage): void {
    if (message.kind === 'request') {
      this.#answer(message)
      return
    }
    const given = fieldOf(message, 'cseq')
    // An answer without a number is one to the oldest request; one that nobody waits for any more is ignored.
    const [oldest] = this.#waiting.keys()
    const sequence = given === undefined ? oldest : Number(given)
    if (sequence !== undefined) this.#waiting.get(sequence)?.resolve(message)
  }

  /** Cameras ask whether we are there, and some want to set what we do not have. */
  #answer(request: RtspRequest): void {
    const isQuestion = request.method === 'OPTIONS' || request.method === 'GET_PARAMETER'
    const sequence = (fieldOf(request, 'cseq') ?? '0').replace(/\D/g, '').slice(0, 10)
    this.#write(encodeRtspResponse(isQuestion ? '200 OK' : '501 Not Implemented', { CSeq: sequence }))
  }

  #write(bytes: Uint8Array): void {
    this.#socket.write(bytes)
    if (this.#socket.writableLength > MOST_UNSENT)
      this.#fail(new CameraFailure('protocol', 'The camera asks and asks, and does not read the answers.'))
  }
}

const MOST_UNSENT = 65_536
