import type { VideoPacket } from '../../src/core/video.ts'
import type { DecoderOptions, PictureDecoder } from '../../src/sources/cameras/camera-decoding.ts'
import { jpeg } from './pictures.ts'

/** A decoder that decodes nothing: a test says when it gives a picture, and when it fails. */
export class FakeDecoder implements PictureDecoder {
  readonly options: DecoderOptions
  readonly fed: VideoPacket[] = []
  readonly ended: Promise<void>
  isClosed = false
  readonly #ended = Promise.withResolvers<void>()

  constructor(options: DecoderOptions) {
    this.options = options
    this.ended = this.#ended.promise
  }

  feed(packet: VideoPacket): boolean {
    this.fed.push(packet)
    return true
  }

  /** Gives a picture of the packet with that time. */
  give(pts: number): void {
    const { width = 1280 } = this.options
    const height = (width * 9) / 16
    this.options.onPicture({ bytes: jpeg(width, height), size: { width, height }, pts })
  }

  fail(error: Error): void {
    this.#ended.reject(error)
  }

  close(): Promise<void> {
    this.isClosed = true
    this.#ended.resolve()
    return this.ended
  }
}
