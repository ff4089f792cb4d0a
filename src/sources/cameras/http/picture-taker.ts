import { Refusal } from '../../../core/errors.ts'
import { captureStamp } from '../../../wire/capture-stamp.ts'
import { readImage } from '../../../wire/image-header.ts'
import { CameraFailure, type CameraListener, type InputParts } from '../camera-input.ts'

/** Passes the JPEGs of a camera on that are whole. */
export class PictureTaker {
  readonly #listener: CameraListener
  readonly #parts: Pick<InputParts, 'clock' | 'limits'>
  #brokenInARow = 0

  constructor(listener: CameraListener, parts: Pick<InputParts, 'clock' | 'limits'>) {
    this.#listener = listener
    this.#parts = parts
  }

  /**
   * Takes a JPEG whose last byte has just come. A broken one is dropped: cameras send some when they change their size.
   * @param headers that came with it, names in lower case
   * @throws CameraFailure `too-large`; `no-video` for a PNG or WebP; `protocol` when many in a row are broken
   */
  take(bytes: Uint8Array, headers: ReadonlyMap<string, string>): void {
    const { clock, limits } = this.#parts
    try {
      const { mediaType, width, height } = readImage(bytes, { maxPixels: Infinity })
      if (width * height > limits.maxPixels)
        throw new CameraFailure(
          'too-large',
          `The camera sends pictures of ${width} × ${height}, more than are taken (frames.max_megapixels): set it to a smaller size.`,
        )
      if (mediaType !== 'image/jpeg')
        throw new CameraFailure(
          'no-video',
          `The camera sends ${mediaType.slice(6).toUpperCase()}: only JPEG can be shown.`,
        )
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (++this.#brokenInARow < MOST_BROKEN) return
      throw new CameraFailure(
        'protocol',
        `The camera sends broken pictures only: ${error.message.replace(/^file: /, '')}.`,
      )
    }
    this.#brokenInARow = 0
    this.#listener.picture({ bytes, arrivedAt: clock.now(), capturedAt: captureStamp(headers) })
  }
}

const MOST_BROKEN = 10
