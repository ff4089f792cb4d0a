import { FramePublisher, type LiveState } from '../../client/index.ts'
import { Listeners } from '../../src/core/listeners.ts'
import type { StreamName } from '../../src/core/stream-name.ts'
import { fitSize } from './camera-constraints.ts'
import { captureFrames, type Shot } from './capture-frames.ts'
import { Encoder, FalsifiedError } from './encoder.ts'
import { FramePacer } from './frame-pacer.ts'
import { UploadMeter } from './upload-meter.ts'

/** The encoding settings; may be changed during the transmission. */
export interface EncodingSettings {
  /** The maximum length of the longer side, in pixels. */
  readonly size: number
  /** Pictures per second. */
  readonly rate: number
  /** JPEG quality, 0 to 1. */
  readonly quality: number
}

/** The state of a transmission. */
export interface TransmissionState {
  readonly connection: LiveState
  /** See client/codes.ts; 1 in `disconnected`: the server refused, and the transmission is over. */
  readonly code: number
  readonly reason: string
  /** The measured rate, pictures per second; undefined before there are enough pictures. */
  readonly rate: number | undefined
  readonly bytes: number | undefined
  readonly bitsPerSecond: number | undefined
  /** The width of the last picture sent, in pixels. */
  readonly width: number | undefined
  readonly height: number | undefined
  /** The typical delay from capture to the server's answer, ms. */
  readonly delay: number | undefined
  /** The numbers of pictures stored, refused, and dropped because previous ones were still in flight. */
  readonly stored: number
  readonly refused: number
  readonly skipped: number
  /** The server's reason for the last refusal. */
  readonly refusal: string | undefined
  /** Whether nothing is sent because the browser falsifies pictures (`FalsifiedError`). */
  readonly isFalsified: boolean
}

/** Publishes a camera's pictures: always the newest when there is room, never a queued old one. */
export class Transmission {
  readonly #publisher: FramePublisher
  readonly #encoder = new Encoder()
  readonly #stream: StreamName
  readonly #meter = new UploadMeter()
  readonly #listeners = new Listeners()
  readonly #timer: ReturnType<typeof setInterval>
  /** The capture times of unanswered pictures, in order. */
  #unanswered: number[] = []
  #delays: number[] = []
  #encoding: EncodingSettings
  #pacer: FramePacer
  #state: TransmissionState = BEGINNING
  #endCapture: (() => void) | undefined
  #lastShotAt: number | undefined

  /**
   * @param url the server, "http://…"
   * @param key the publish key; undefined: authenticated by the session cookie
   */
  constructor(url: string, key: string | undefined, stream: StreamName, encoding: EncodingSettings) {
    this.#stream = stream
    this.#encoding = encoding
    this.#pacer = new FramePacer(encoding.rate)
    this.#publisher = new FramePublisher(url, { token: key })
    this.#listen()
    this.#publisher.connect()
    this.#timer = setInterval(() => this.#measure(), MEASURE_MS)
  }

  get state(): TransmissionState {
    return this.#state
  }

  /** When the last picture was captured, ms since 1970: a hidden page may get none. */
  get lastShotAt(): number | undefined {
    return this.#lastShotAt
  }

  /** Subscribes to changes of the state, a few times a second. @returns a function that unsubscribes */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Publishes this camera from now on. */
  follow(video: HTMLVideoElement, track: MediaStreamTrack): void {
    this.#endCapture?.()
    this.#endCapture = captureFrames(video, track, {
      wants: () => this.#wants(),
      take: (shot) => void this.#send(shot),
    })
  }

  change(encoding: EncodingSettings): void {
    if (encoding.rate !== this.#encoding.rate) this.#pacer = new FramePacer(encoding.rate)
    this.#encoding = encoding
  }

  /** Ends the transmission, its connection and its worker. */
  close(): void {
    clearInterval(this.#timer)
    this.#endCapture?.()
    this.#publisher.close()
    this.#encoder.close()
    this.#listeners.clear()
  }

  #listen(): void {
    const publisher = this.#publisher
    publisher.on('connecting', ({ code, reason }) => this.#connection('connecting', code, reason))
    publisher.on('disconnected', ({ code, reason }) => this.#connection('disconnected', code, reason))
    publisher.on('connected', () => this.#connection('connected', 0, ''))
    publisher.on('stored', () => {
      this.#answered()
      this.#state = { ...this.#state, stored: this.#state.stored + 1 }
    })
    publisher.on('refused', ({ message }) => {
      this.#answered()
      this.#state = { ...this.#state, refused: this.#state.refused + 1, refusal: message }
    })
  }

  #connection(connection: LiveState, code: number, reason: string): void {
    // Pictures in flight are lost.
    this.#unanswered = []
    this.#state = { ...this.#state, connection, code, reason }
    this.#tell()
  }

  #answered(): void {
    const capturedAt = this.#unanswered.shift()
    if (capturedAt !== undefined) this.#delays = [...this.#delays.slice(1 - DELAYS), Date.now() - capturedAt]
  }

  #wants(): boolean {
    this.#lastShotAt = Date.now()
    if (this.#publisher.state !== 'connected' || !this.#pacer.take(performance.now())) return false
    if (this.#publisher.isReady && !this.#encoder.isBusy) return true
    this.#skip()
    return false
  }

  async #send({ picture, capturedAt }: Shot): Promise<void> {
    if (this.#encoder.isBusy) {
      picture.close()
      this.#skip()
      return
    }
    const { width, height } = fitSize(...sizeOf(picture), this.#encoding.size)
    try {
      const bytes = await this.#encoder.encode({ picture, width, height, quality: this.#encoding.quality })
      if (!this.#publisher.tryPublish({ ...this.#stream, captured_at: capturedAt }, bytes)) return this.#skip()
      this.#unanswered.push(capturedAt)
      this.#meter.add(performance.now(), bytes.length)
      this.#state = { ...this.#state, width, height }
    } catch (error) {
      if (error instanceof FalsifiedError) this.#state = { ...this.#state, isFalsified: true }
      else console.error(error)
      this.#skip()
    }
  }

  #skip(): void {
    this.#state = { ...this.#state, skipped: this.#state.skipped + 1 }
  }

  #measure(): void {
    const { rate, bytes, bitsPerSecond } = this.#meter.read(performance.now()) ?? {}
    this.#state = { ...this.#state, rate, bytes, bitsPerSecond, delay: median(this.#delays) }
    this.#tell()
  }

  #tell(): void {
    this.#listeners.notify()
  }
}

const MEASURE_MS = 500
const DELAYS = 15

const BEGINNING: TransmissionState = {
  connection: 'connecting',
  code: 0,
  reason: '',
  rate: undefined,
  bytes: undefined,
  bitsPerSecond: undefined,
  width: undefined,
  height: undefined,
  delay: undefined,
  stored: 0,
  refused: 0,
  skipped: 0,
  refusal: undefined,
  isFalsified: false,
}

function sizeOf(picture: VideoFrame | ImageBitmap): [width: number, height: number] {
  return 'displayWidth' in picture ? [picture.displayWidth, picture.displayHeight] : [picture.width, picture.height]
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}
