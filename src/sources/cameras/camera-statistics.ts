import type { CameraStatus } from '../../core/camera.ts'
import type { Clock } from '../../core/clock.ts'
import { FrameRate } from '../../core/frame-rate.ts'
import type { Size } from '../../core/payload.ts'
import type { VideoCodec, VideoPacket } from '../../core/video.ts'

/** What has come from a camera: counted for each packet or picture, worked out when somebody asks. */
export class CameraStatistics {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #rate = new FrameRate()
  /** Times between key frames of late, ms. */
  readonly #keyIntervals: number[] = []
  #lastKey: VideoPacket | undefined
  #bytes = 0
  #codec: VideoCodec | undefined
  #size: Size | undefined
  /** Whether anything has come over the present connection. */
  hasBegun = false

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** A connection is made anew: the time without one is no interval between two pictures. */
  connecting(): void {
    this.hasBegun = false
    this.#lastKey = undefined
    this.#keyIntervals.length = 0
    this.#rate.restart()
  }

  /** Of what comes from now on. */
  kind(codec: VideoCodec, size: Size | undefined): void {
    this.#codec = codec
    this.#size = size
  }

  packet(packet: VideoPacket): void {
    this.#received(packet.bytes.length)
    if (!packet.isKey) return
    if (this.#lastKey) {
      this.#keyIntervals.push((packet.pts - this.#lastKey.pts) / 1000)
      if (this.#keyIntervals.length > KEPT) this.#keyIntervals.shift()
    }
    this.#lastKey = packet
  }

  /** A whole picture, which needs no other one. */
  picture(bytes: number): void {
    this.#received(bytes)
  }

  /** The median time between two pictures, ms; undefined before the third one. */
  get interval(): number | undefined {
    return this.#rate.medianInterval
  }

  get status(): Pick<CameraStatus, 'bytes' | 'bytesPerSecond' | 'rate' | 'codec' | 'size' | 'keyInterval'> {
    const { fps, bytesPerSecond } = this.#rate.rate(this.#clock.monotonic())
    return {
      bytes: this.#bytes,
      bytesPerSecond,
      rate: fps,
      codec: this.#codec,
      size: this.#size,
      keyInterval: this.#keyIntervals.length === 0 ? undefined : Math.max(...this.#keyIntervals) / 1000,
    }
  }

  #received(bytes: number): void {
    this.hasBegun = true
    this.#bytes += bytes
    this.#rate.add(this.#clock.monotonic(), bytes)
  }
}

const KEPT = 5
