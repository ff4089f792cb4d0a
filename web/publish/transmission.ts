import { FramePublisher, type LiveState } from '../../client/index.ts'
import { Listeners } from '../../src/core/listeners.ts'
import type { StreamName } from '../../src/core/stream-name.ts'
import { fitSize } from './camera-constraints.ts'
import { captureFrames, type Shot } from './capture-frames.ts'
import { Encoder } from './encoder.ts'
import { FramePacer } from './frame-pacer.ts'
import { UploadMeter } from './upload-meter.ts'

/** How the pictures are to be; may be changed while they are sent. */
export interface EncodingSettings {
  /** Of the longer side, in pixels. */
  readonly size: number
  /** Pictures a second. */
  readonly rate: number
  /** JPEG quality, 0 … 1. */
  readonly quality: number
}

/** How the transmission does. */
export interface TransmissionState {
  readonly connection: LiveState
  /** client/codes.ts; 1 of `disconnected`: the server refused, and it is over. */
  readonly code: number
  readonly reason: string
  /** Measured; undefined before there is anything to tell. */
  readonly rate: number | undefined
  readonly bytes: number | undefined
  readonly bitsPerSecond: number | undefined
  /** Pixels of the last picture that was sent. */
  readonly width: number | undefined
  readonly height: number | undefined
  /** ms from a picture's capture to the server's answer, typically. */
  readonly delay: number | undefined
  /** Pictures that the server took, that it refused, and that were not sent because the ones before were under way. */
  readonly stored: number
  readonly refused: number
  readonly skipped: number
  /** Why the last one was refused. */
  readonly refusal: string | undefined
}

/** Sends a camera's pictures to the server: the newest when there is room, never an old one. */
export class Transmission {
  readonly #publisher: FramePublisher
  readonly #encoder = new Encoder()
  readonly #stream: StreamName
  readonly #meter = new UploadMeter()
  readonly #listeners = new Listeners()
  readonly #timer: ReturnType<typeof setInterval>
  /** When the pictures were captured that the server has not answered yet, in order. */
  #unanswered: number[] = []
  #delays: number[] = []
  #encoding: EncodingSettings
  #pacer: FramePacer
  #state: TransmissionState = BEGINNING
  #endCapture: (() => void) | undefined
  #lastShotAt: number | undefined

  /**
   * @param url of the server, "http://…"
   * @param key undefined: the server knows the page by its cookie
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

  /** When the camera gave the last picture (ms since 1970): a hidden page may get none. */
  get lastShotAt(): number | undefined {
    return this.#lastShotAt
  }

  /** Calls back after each change of the state, a few times a second. @returns what ends it */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Sends what this camera sees from now on. */
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

  /** Ends it, the connection and the worker. */
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
    // What was under way is lost.
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
      console.error(error)
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
}

function sizeOf(picture: VideoFrame | ImageBitmap): [width: number, height: number] {
  return 'displayWidth' in picture ? [picture.displayWidth, picture.displayHeight] : [picture.width, picture.height]
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}
