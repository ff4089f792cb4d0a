import type { CameraSettings } from '../../core/camera.ts'
import type { Clock } from '../../core/clock.ts'
import { frameDueAt } from '../../core/frame-pace.ts'
import type { LogLimit } from '../../core/log-limit.ts'
import type { EncodedImage, Size } from '../../core/payload.ts'
import type { SourceRun } from '../../core/pulled-source.ts'
import type { VideoPacket, VideoTrack } from '../../core/video.ts'
import { readPicture } from '../../wire/picture.ts'
import type { CameraClock } from './camera-clock.ts'
import {
  CameraDecoding,
  type DecodedPicture,
  type OpenDecoder,
  type PictureTimes,
  type PictureWish,
} from './camera-decoding.ts'
import { CameraFailure, type CameraInput, type CameraListener, type CameraPicture } from './camera-input.ts'
import type { CameraStatistics } from './camera-statistics.ts'
import type { RingLimits } from './packet-ring.ts'

/** What one run of a camera needs. */
export interface CameraRunParts {
  readonly run: SourceRun
  readonly settings: CameraSettings
  readonly clock: Clock
  readonly cameraClock: CameraClock
  readonly statistics: CameraStatistics
  readonly openDecoder: OpenDecoder
  readonly ring: RingLimits
  readonly maxPixels: number
  /** Of frames that could not be published. */
  readonly warnings: LogLimit
}

/**
 * One connection to a camera, from its start until it fails or is stopped: takes what its input passes on, has it decoded
 * while pictures are wanted, and publishes these.
 */
export class CameraRun implements CameraListener {
  readonly #parts: CameraRunParts
  readonly #longestDelay: number | undefined
  readonly #decoding: CameraDecoding
  readonly #failure = Promise.withResolvers<never>()
  #heardAt = Number.NEGATIVE_INFINITY
  #lastPictureAt: number | undefined
  /** Why the last picture was not one, and how many in a row were not. */
  #badPictures = 0
  #hasShown = false

  constructor(parts: CameraRunParts) {
    this.#parts = parts
    const { clock, openDecoder, ring, run, settings } = parts
    // What comes as video over HTTP is HLS.
    if (/^https?:/i.test(settings.url)) this.#longestDelay = HLS_DELAY_MS
    this.#failure.promise.catch(() => {})
    this.#decoding = new CameraDecoding({
      clock,
      open: openDecoder,
      limits: ring,
      onPicture: (picture, times, track) => this.#decoded(picture, times, track),
      failed: (error) => this.#failure.reject(error),
    })
    run.onDemand(() => this.#decoding.want(this.#wish))
    this.#decoding.want(this.#wish)
  }

  get isDecoding(): boolean {
    return this.#decoding.isDecoding
  }

  /** Pulls until the run is stopped. @throws CameraFailure */
  async pull(input: CameraInput): Promise<void> {
    const { signal } = this.#parts.run
    const end = new AbortController()
    const pulling = input.pull(this, AbortSignal.any([signal, end.signal]))
    try {
      await Promise.race([pulling, this.#failure.promise])
      if (!signal.aborted) throw new CameraFailure('unreachable', 'The camera has ended the connection.')
    } finally {
      end.abort()
      await Promise.allSettled([pulling, this.#decoding.close()])
    }
  }

  track(track: VideoTrack): void {
    this.#parts.statistics.kind(track.codec, track.size)
    this.#decoding.track(track)
  }

  packet(packet: VideoPacket): void {
    const { cameraClock, statistics } = this.#parts
    statistics.packet(packet)
    this.#works()
    this.#decoding.packet({ ...packet, capturedAt: cameraClock.captureTime(packet, this.#longestDelay) })
  }

  picture(picture: CameraPicture): void {
    const { cameraClock, statistics } = this.#parts
    const read = this.#read(picture.bytes)
    if (!read) return
    statistics.kind('mjpeg', read.size)
    statistics.picture(picture.bytes.length)
    this.#works()
    const capturedAt = cameraClock.captureTime(picture)
    const wish = this.#wish
    if (!wish || frameDueAt(picture.arrivedAt, this.#lastPictureAt, wish.rate) > 0) return
    this.#lastPictureAt = picture.arrivedAt
    this.#publish(read.payload, read.size, { arrivedAt: picture.arrivedAt, capturedAt })
  }

  wantedRate(): number {
    const wish = this.#wish
    return wish ? (wish.rate ?? Number.POSITIVE_INFINITY) : 0
  }

  /** Undefined: nobody wants pictures. */
  get #wish(): PictureWish | undefined {
    const { run, settings } = this.#parts
    const { viewers, maxFps, maxWidth } = run.demand(settings.stream)
    return viewers === 0 || maxFps === 0 ? undefined : { width: maxWidth, rate: maxFps }
  }

  /** One that cannot be shown is left out; many in a row are a failure. */
  #read(bytes: Uint8Array): { readonly payload: EncodedImage; readonly size: Size } | undefined {
    try {
      const read = readPicture(bytes, { maxPixels: this.#parts.maxPixels })
      this.#badPictures = 0
      return read
    } catch (error) {
      this.#badPictures++
      const reason = error instanceof Error ? error.message : String(error)
      if (this.#badPictures === MOST_BAD_PICTURES)
        this.#failure.reject(new CameraFailure('protocol', `Its pictures cannot be shown: ${reason}.`))
      return undefined
    }
  }

  /** The camera works: said for who looks at its state while nobody looks at its pictures; else these say it, once there are any. */
  #works(): void {
    const { run, settings, clock, statistics } = this.#parts
    run.ready()
    if (this.#wish && !this.#hasShown) return
    const now = clock.monotonic()
    if (now - this.#heardAt < HEARD_MS) return
    this.#heardAt = now
    run.heard(settings.stream, 0, statistics.interval)
  }

  #decoded(picture: DecodedPicture, times: PictureTimes, track: VideoTrack): void {
    const { bytes, size } = picture
    const payload = { kind: 'image', bytes, mediaType: 'image/jpeg', ...size } as const
    this.#publish(payload, sizeOf(size, track), times)
  }

  #publish(payload: EncodedImage, size: Size, times: Omit<PictureTimes, 'pts'>): void {
    const { run, settings, warnings } = this.#parts
    const { stream } = settings
    this.#hasShown = true
    const { arrivedAt, capturedAt } = times
    const captured = capturedAt !== undefined && ({ capturedAt, captureClock: 'synchronised' } as const)
    run.publish({ stream, size, payload, metadata: {}, arrivedAt, ...captured }).catch((error) => {
      warnings.warn('publish', { err: error, ...stream }, 'a picture of a camera was not published')
    })
  }
}

/** HLS is late by several segments, which may have ten seconds each. */
const HLS_DELAY_MS = 60_000
/** How often it is said that a camera works, ms. */
const HEARD_MS = 500
const MOST_BAD_PICTURES = 20

/** The size of the video, unless the picture is of another shape: then it has changed on the way. */
function sizeOf({ width, height }: Size, { size }: VideoTrack): Size {
  if (!size || Math.abs(size.width * height - size.height * width) > SAME_SHAPE * size.width * height)
    return { width, height }
  return size
}

/** Widths and heights are rounded to even numbers. */
const SAME_SHAPE = 0.05
