import type { IncomingMessage } from 'node:http'
import { type Clock, every } from '../../../core/clock.ts'
import { concatBytes } from '../../../core/concat-bytes.ts'
import { CameraFailure } from '../camera-input.ts'
import { requestFailure, silence, slowness } from './http-failures.ts'

/** What it takes to read an answer. */
export interface AnswerRules {
  readonly clock: Clock
  /** How long nothing may come, ms. */
  readonly silenceTimeout: number
  readonly signal: AbortSignal
}

/** An answer of a camera. Its content is read once, or discarded. */
export class HttpAnswer {
  /** After redirects. */
  readonly url: URL
  readonly status: number
  readonly #message: IncomingMessage
  readonly #rules: AnswerRules
  readonly #rest: AsyncGenerator<Uint8Array, void>
  readonly #peeked: Uint8Array[] = []

  constructor(message: IncomingMessage, url: URL, rules: AnswerRules) {
    this.#message = message
    this.#rules = rules
    this.#rest = this.#receive()
    this.url = url
    this.status = message.statusCode ?? 0
    // It is read as an iteration, which tells errors; one before that must not end the process.
    message.on('error', () => {})
  }

  /** A header; of several the first. */
  header(name: string): string | undefined {
    return this.headers(name)[0]
  }

  /** A header that may be there several times. */
  headers(name: string): readonly string[] {
    return this.#message.headersDistinct[name] ?? []
  }

  /** Its media type, in lower case and without parameters; "" if it tells none. */
  get type(): string {
    return (this.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  }

  /**
   * Its first bytes; they come again with its content.
   * @returns fewer than `count` if it has no more
   * @throws as `bytes`
   */
  async peek(count: number): Promise<Uint8Array> {
    const length = () => this.#peeked.reduce((sum, { length }) => sum + length, 0)
    const checkTime = this.#timeForAll()
    while (length() < count) {
      const { value, done } = await this.#rest.next()
      if (done) break
      checkTime()
      this.#peeked.push(value)
    }
    return concatBytes(this.#peeked).subarray(0, count)
  }

  /**
   * Its content as it comes. It must be read without pause, as nothing else tells a silent camera from a slow reader.
   * @throws CameraFailure `silent`, `unreachable`; the signal's reason
   */
  async *chunks(): AsyncGenerator<Uint8Array, void> {
    yield* this.#peeked
    yield* this.#rest
  }

  async *#receive(): AsyncGenerator<Uint8Array, void> {
    const { clock, silenceTimeout, signal } = this.#rules
    const message = this.#message
    let heardAt = clock.monotonic()
    const stopWatching = every(clock, silenceTimeout / 4, () => {
      if (clock.monotonic() - heardAt >= silenceTimeout) message.destroy(silence(silenceTimeout))
    })
    try {
      for await (const chunk of message) {
        heardAt = clock.monotonic()
        if (chunk instanceof Uint8Array) yield chunk
      }
    } catch (error) {
      signal.throwIfAborted()
      throw requestFailure(error, true)
    } finally {
      stopWatching()
    }
  }

  /**
   * Its whole content, which may take four times as long as nothing may come.
   * @param most how many bytes it may have
   * @throws CameraFailure as `chunks`, `too-large`
   */
  async bytes(most: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    let length = Number(this.header('content-length') ?? 0)
    if (length > most) this.discard()
    else {
      length = 0
      const checkTime = this.#timeForAll()
      for await (const chunk of this.chunks()) {
        checkTime()
        pieces.push(chunk)
        length += chunk.length
        if (length > most) break
      }
    }
    if (length > most) throw new CameraFailure('too-large', `The camera sends more than ${most} bytes at once.`)
    return concatBytes(pieces)
  }

  /** @returns throws a CameraFailure when it is called too late */
  #timeForAll(): () => void {
    const { clock, silenceTimeout } = this.#rules
    const end = clock.monotonic() + WHOLE_SILENCES * silenceTimeout
    return () => {
      if (clock.monotonic() > end) throw slowness(WHOLE_SILENCES * silenceTimeout)
    }
  }

  /** Reads the rest of a small answer, so that the connection can be used again; ends that of a large one. */
  async drain(): Promise<void> {
    await this.bytes(DRAINED_BYTES).catch(() => this.discard())
  }

  /** Ends it, and its connection. */
  discard(): void {
    this.#message.destroy()
  }
}

const DRAINED_BYTES = 65_536
/** How often `silenceTimeout` a whole answer may take. */
const WHOLE_SILENCES = 4
