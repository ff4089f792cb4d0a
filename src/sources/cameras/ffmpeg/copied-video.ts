import type { Clock } from '../../../core/clock.ts'
import type { VideoCodec, VideoTrack } from '../../../core/video.ts'
import { codecOf, tagText } from '../../../wire/nut/codec-tags.ts'
import type { NutFrame, NutListener, NutVideo } from '../../../wire/nut/nut-reader.ts'
import { sequenceHeader, sequenceSize } from '../../../wire/sequence-header.ts'
import { CameraFailure, type CameraListener } from '../camera-input.ts'

/** Passes on the packets that an `ffmpeg` copies; a video that becomes another one within itself is a new track. */
export class CopiedVideo implements NutListener {
  readonly #listener: CameraListener
  readonly #clock: Clock
  readonly #maxPixels: number
  #track: VideoTrack | undefined
  /** Of the last key frame; empty: it had none. */
  #header = ''

  constructor(listener: CameraListener, clock: Clock, maxPixels: number) {
    this.#listener = listener
    this.#clock = clock
    this.#maxPixels = maxPixels
  }

  /** @throws CameraFailure `codec`, `too-large` */
  video({ fourcc, configuration, width, height }: NutVideo): void {
    const codec = codecOf(fourcc)
    if (!codec)
      throw new CameraFailure(
        'codec',
        `Its video ("${tagText(fourcc)}") cannot be decoded here; set the camera to H.264 or H.265.`,
      )
    this.#begin({ codec, configuration, size: width > 0 && height > 0 ? { width, height } : undefined })
  }

  /** @throws CameraFailure `too-large` */
  frame({ bytes, isKey, pts, dts }: NutFrame): void {
    if (this.#track && isKey) this.#look(this.#track, bytes)
    this.#listener.packet({ bytes, isKey, pts, dts, arrivedAt: this.#clock.now() })
  }

  #begin(track: VideoTrack): void {
    const { width = 0, height = 0 } = track.size ?? {}
    if (width * height > this.#maxPixels)
      throw new CameraFailure(
        'too-large',
        `Its pictures have ${width} × ${height} pixels, more than are allowed here; set the camera to a smaller size.`,
      )
    this.#track = track
    this.#listener.track(track)
  }

  #look({ codec, configuration }: VideoTrack, bytes: Uint8Array): void {
    // With length prefixes the parameter sets are in the configuration, which is told when it changes.
    if (hasLengths(codec, configuration)) return
    const found = sequenceHeader(codec, bytes)
    const header = found ? found.join() : this.#header
    const isOther = this.#header !== '' && header !== this.#header
    this.#header = header
    // The configuration of before does not hold any more; that of now is in the packets.
    if (isOther) this.#begin({ codec, configuration: new Uint8Array(), size: found && sequenceSize(codec, found) })
  }
}

/** Whether it is an avcC or hvcC record, which begin with their version; Annex B begins with zeros. */
function hasLengths(codec: VideoCodec, configuration: Uint8Array): boolean {
  return (codec === 'h264' || codec === 'h265') && configuration[0] === 1
}
