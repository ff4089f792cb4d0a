import type { VideoTrack } from '../../../core/video.ts'
import type { RtpVideo } from '../../../wire/rtp/rtp-video.ts'
import { type ReceivedPicture, VideoReceiver } from '../../../wire/rtp/video-receiver.ts'
import { CameraFailure, type CameraListener, type InputParts } from '../camera-input.ts'
import { Watchdog } from './watchdog.ts'

/** What a feed needs. */
export interface VideoFeedParts {
  readonly inputs: InputParts
  readonly listener: CameraListener
  /** Whether packets may come in another order than they were sent. */
  readonly order: 'kept' | 'any'
  /** The video is over, or nothing of use comes. */
  failed(failure: CameraFailure): void
}

/** From the packets of one video to the listener, with the time limits of what must come. */
export class VideoFeed {
  readonly #parts: VideoFeedParts
  readonly #receiver: VideoReceiver
  readonly #packets: Watchdog
  readonly #pictures: Watchdog
  #track: VideoTrack | undefined

  constructor(video: RtpVideo, parts: VideoFeedParts) {
    this.#parts = parts
    const { clock, limits } = parts.inputs
    this.#receiver = new VideoReceiver(video, {
      clock,
      maxBytes: limits.packetBytes,
      order: parts.order,
      picture: (picture) => this.#picture(picture),
      dropped: () => parts.listener.dropped?.(),
      ended: () => parts.failed(new CameraFailure('silent', 'The camera has ended the video.')),
    })
    const { silenceTimeout } = limits
    this.#packets = new Watchdog(clock, silenceTimeout, () => parts.failed(silent(silenceTimeout)))
    const patience = Math.max(KEY_FRAME_MS, 3 * silenceTimeout)
    this.#pictures = new Watchdog(clock, patience, () => parts.failed(noPicture(patience)))
  }

  /** @throws RtpError, CameraFailure `too-large` */
  rtp(bytes: Uint8Array): void {
    if (this.#receiver.rtp(bytes)) this.#packets.touch()
  }

  rtcp(bytes: Uint8Array): void {
    this.#receiver.rtcp(bytes)
  }

  /** A packet of RTCP for the camera. @param self we, 32 bits */
  receiverReport(self: number): Uint8Array {
    return this.#receiver.receiverReport(self)
  }

  stop(): void {
    this.#packets.stop()
    this.#pictures.stop()
  }

  #picture({ track, bytes, isKey, pts, dts, arrivedAt, capturedAt }: ReceivedPicture): void {
    const { listener } = this.#parts
    this.#pictures.touch()
    if (track !== this.#track) {
      this.#check(track)
      this.#track = track
      if (track.codec !== 'mjpeg') listener.track(track)
    }
    if (track.codec === 'mjpeg') listener.picture({ bytes, arrivedAt, capturedAt })
    else listener.packet({ bytes, isKey, pts, dts, arrivedAt, capturedAt })
  }

  #check({ size }: VideoTrack): void {
    const { maxPixels } = this.#parts.inputs.limits
    if (size && size.width * size.height > maxPixels)
      throw new CameraFailure(
        'too-large',
        `The camera sends pictures of ${size.width} × ${size.height} pixels, at most ${maxPixels} pixels are decoded: set a smaller resolution in the camera, or use its second stream.`,
        TOO_LARGE_MS,
      )
  }
}

function silent(ms: number): CameraFailure {
  return new CameraFailure(
    'silent',
    `The camera has sent no video for ${ms / 1000} s: check whether it is overloaded, or the network in between.`,
    SESSION_MS,
  )
}

function noPicture(ms: number): CameraFailure {
  return new CameraFailure(
    'protocol',
    `The camera sends video, but for ${ms / 1000} s no picture of it could be used: set a shorter interval of key frames (I-frames) in the camera, or, if packets get lost, TCP.`,
    SESSION_MS,
  )
}

/** The longest interval of key frames that is waited for, ms. */
const KEY_FRAME_MS = 30_000
const TOO_LARGE_MS = 30_000
/** The camera may still have our session. */
const SESSION_MS = 1_000
