import { Refusal } from '../core/errors.ts'
import { type Orientation, turnedSize } from '../core/orientation.ts'
import type { EncodedImage, ImageType, PackedArray, Size } from '../core/payload.ts'
import { orientationOf } from '../wire/exif.ts'
import { readImage } from '../wire/image-header.ts'
import { countScans, MOST_SCANS } from '../wire/jpeg-scans.ts'
import { CanvasDecoder } from './canvas-decoder.ts'
import { decodeJpeg, encodeJpeg, jpegBound } from './jpeg-codec.ts'
import type { NativeGate } from './native-gate.ts'
import { encodePng } from './png-codec.ts'
import { hasAllRows, mayLackRows } from './png-rows.ts'
import { PIXEL_BYTES, type Pixels, Resampler, type Shrinking } from './resampler.ts'
import { type ScaleOutput, UndecodablePicture } from './scaler.ts'
import { turn } from './turn.ts'

/** A picture in memory of its own, so that it can be handed to another thread. */
export interface ScaledPicture extends EncodedImage {
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Values in memory of their own. */
export interface WrittenValues extends PackedArray {
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** What was made of one picture or array; as `ScaledPictures`. */
export interface ScalerResult {
  readonly pictures: readonly ScaledPicture[]
  readonly values?: readonly WrittenValues[] | undefined
  readonly isDamaged: boolean
}

/** Makes smaller JPEGs, or PNGs, of encoded pictures, within one thread; one picture at a time. */
export class PictureScaler {
  readonly #maxPixels: number
  readonly #gate: NativeGate
  readonly #resampler: Resampler
  readonly #canvas: CanvasDecoder

  /** @param maxPixels the width times the height of an original at most; its own header counts */
  constructor(maxPixels: number, gate: NativeGate, resampler = new Resampler()) {
    this.#resampler = resampler
    this.#maxPixels = maxPixels
    this.#gate = gate
    this.#canvas = new CanvasDecoder(maxPixels)
  }

  /** @throws UndecodablePicture; ThreadEnding */
  async scale(bytes: Uint8Array, mediaType: ImageType, outputs: readonly ScaleOutput[]): Promise<ScalerResult> {
    const size = this.#check(bytes, mediaType)
    this.#gate.enter()
    try {
      const decoded =
        (mediaType === 'image/jpeg' && this.#decodeJpeg(bytes, size, outputs)) ||
        (await this.#decodeOther(bytes, mediaType, outputs))
      return { pictures: encodeAll(decoded, outputs), isDamaged: decoded.isDamaged }
    } finally {
      this.#gate.leave()
    }
  }

  /** @throws UndecodablePicture when decoding would take too much memory or time */
  #check(bytes: Uint8Array, mediaType: ImageType): Size {
    try {
      const header = readImage(bytes, { maxPixels: this.#maxPixels })
      if (header.mediaType !== mediaType) throw new UndecodablePicture(`this picture is no ${mediaType}`)
      if (mediaType === 'image/jpeg' && countScans(bytes, MOST_SCANS + 1) > MOST_SCANS)
        throw new UndecodablePicture(`this JPEG has more than ${MOST_SCANS} scans`)
      return header
    } catch (error) {
      if (error instanceof Refusal) throw new UndecodablePicture(error.message)
      throw error
    }
  }

  #decodeJpeg(bytes: Uint8Array, size: Size, outputs: readonly ScaleOutput[]): Decoded | undefined {
    const orientation = orientationOf(bytes, 'image/jpeg')
    const shrinking = this.#begin(size, outputs, orientation)
    const result = decodeJpeg(bytes, shrinking.original)
    return result === 'not decoded' ? undefined : { shrinking, orientation, isDamaged: result === 'damaged' }
  }

  async #decodeOther(bytes: Uint8Array, mediaType: ImageType, outputs: readonly ScaleOutput[]): Promise<Decoded> {
    const picture = await this.#canvas.decode(bytes, mediaType)
    const orientation = orientationOf(bytes, mediaType)
    const shrinking = this.#begin(picture.size, outputs, orientation)
    const { data } = shrinking.original
    picture.paint(data)
    if (mediaType === 'image/png' && mayLackRows(bytes, data) && !(await hasAllRows(bytes)))
      throw new UndecodablePicture('the picture data of this PNG is damaged')
    return { shrinking, orientation, isDamaged: false }
  }

  #begin(size: Size, outputs: readonly ScaleOutput[], orientation: Orientation): Shrinking {
    const turnedBytes = orientation === 1 ? 0 : most(outputs.map(({ width, height }) => width * height * PIXEL_BYTES))
    const sizes = outputs.map((output) => turnedSize(output, orientation))
    const spareBytes = turnedBytes + most(outputs.map((output) => jpegBound(output, '4:2:0')))
    try {
      return this.#resampler.begin(size, sizes, spareBytes)
    } catch (error) {
      if (error instanceof RangeError)
        throw new UndecodablePicture('this machine has not enough memory for this picture')
      throw error
    }
  }
}

/** A decoded original, and how it is still to be turned. */
interface Decoded {
  readonly shrinking: Shrinking
  readonly orientation: Orientation
  readonly isDamaged: boolean
}

function encodeAll({ shrinking, orientation }: Decoded, outputs: readonly ScaleOutput[]): ScaledPicture[] {
  return shrinking.shrink().map((pixels, i) => {
    const { upright, rest } = turnUpright(pixels, orientation, shrinking.spare)
    const { jpegQuality = 0, format = 'jpeg' } = outputs[i] ?? {}
    const bytes = format === 'png' ? encodePng(upright) : encodeJpeg(upright, jpegQuality, '4:2:0', rest)
    return { kind: 'image', bytes, mediaType: `image/${format}`, width: upright.width, height: upright.height }
  })
}

/** @returns the upright picture, and what is left of the spare memory */
function turnUpright(pixels: Pixels, orientation: Orientation, spare: Buffer<ArrayBuffer>) {
  if (orientation === 1) return { upright: pixels, rest: spare }
  const { byteLength } = pixels.data
  const numbers = ({ buffer, byteOffset }: Buffer) => new Uint32Array(buffer, byteOffset, byteLength / PIXEL_BYTES)
  const size = turn(numbers(pixels.data), pixels, orientation, numbers(spare))
  return { upright: { ...size, data: spare.subarray(0, byteLength) }, rest: spare.subarray(byteLength) }
}

function most(values: readonly number[]): number {
  return values.reduce((largest, value) => Math.max(largest, value), 0)
}
