import { colourTable } from '../core/colour-tables.ts'
import { type AppliedColouring, DEFAULT_COLOURING, scaleId } from '../core/colouring.ts'
import { arraySize, elementsOf, type PackedArray, type Size, type TypedArray } from '../core/payload.ts'
import { BsreadError } from '../wire/bsread/bsread-error.ts'
import { unpackArray } from '../wire/bsread/unpack-array.ts'
import { encodeGrayJpeg, encodeJpeg, jpegBound } from './jpeg-codec.ts'
import { LevelLoops } from './level-loops.ts'
import { colourPixels, paintLevels } from './level-painter.ts'
import { levelsOf, type Scale } from './levels.ts'
import type { NativeGate } from './native-gate.ts'
import { NumberBlocks } from './number-blocks.ts'
import type { ScaledPicture, ScalerResult } from './picture-scaler.ts'
import { encodePalettePng } from './png-codec.ts'
import { PIXEL_BYTES, type Pixels, type Resampler } from './resampler.ts'
import { ReusedMemory } from './reused-memory.ts'
import { type ScaleOutput, UndecodablePicture, type ValuesOutput } from './scaler.ts'
import { writeValues } from './values-writer.ts'

/**
 * Draws arrays as JPEGs, or PNGs, within one thread; one array at a time. It is unpacked once, drawn in gray once for each scale (the
 * levels, and whether it is logarithmic), shrunk once for each size, and coloured last. Means of neighbouring levels are
 * levels between them, as if the values had been averaged; means of colours may be colours that are not in the map, and
 * would be read as other values. Values may also be written as they are wanted, quantised or not (`values-writer.ts`).
 */
export class ArrayScaler {
  readonly #maxPixels: number
  readonly #gate: NativeGate
  readonly #resampler: Resampler
  readonly #loops = new LevelLoops()
  /** For the unpacked values: new memory for each array would cost as much as unpacking does. */
  readonly #memory = new ReusedMemory()

  /** @param maxPixels how many values an array has at most */
  constructor(maxPixels: number, gate: NativeGate, resampler: Resampler) {
    this.#maxPixels = maxPixels
    this.#gate = gate
    this.#resampler = resampler
  }

  /**
   * Draws an array, and writes its values.
   * @throws UndecodablePicture; ThreadEnding
   */
  draw(array: PackedArray, outputs: readonly ScaleOutput[], written: readonly ValuesOutput[] = []): ScalerResult {
    if (elementsOf(array.shape) > this.#maxPixels) throw new UndecodablePicture('this array has too many values')
    const size = outputs.length > 0 ? sizeOf(array, outputs) : undefined
    const values = this.#unpack(array)
    const numbers = new NumberBlocks(values, this.#loops)
    return {
      pictures: size ? this.#drawAll(numbers, size, outputs) : [],
      values: written.map((output) => withinMemory(() => writeValues({ array, values, numbers }, output))),
      isDamaged: false,
    }
  }

  /** Gives up the memory of the last array. */
  release(): void {
    this.#memory.release()
  }

  /** @throws UndecodablePicture */
  #unpack(array: PackedArray): TypedArray {
    try {
      return withinMemory(() => unpackArray(array, (bytes) => this.#memory.of(bytes))).values
    } catch (error) {
      throw error instanceof BsreadError ? new UndecodablePicture(error.message) : error
    }
  }

  #drawAll(numbers: NumberBlocks, size: Size, outputs: readonly ScaleOutput[]): readonly ScaledPicture[] {
    const pictures = new Map<ScaleOutput, ScaledPicture>()
    for (const group of Map.groupBy(outputs, (output) => scaleId(colouringOf(output))).values())
      this.#drawScale(numbers, size, group, pictures)
    return outputs.flatMap((output) => pictures.get(output) ?? [])
  }

  /** Makes the outputs that have the same scale. */
  #drawScale(
    numbers: NumberBlocks,
    size: Size,
    outputs: readonly ScaleOutput[],
    pictures: Map<ScaleOutput, ScaledPicture>,
  ): void {
    const scale: Scale = colouringOf(outputs[0])
    const levels = levelsOf(numbers, scale)
    const spareBytes = Math.max(...outputs.map((output) => byteLengthOf(output) + jpegBound(output, '4:4:4')))
    const { original, spare, shrink } = withinMemory(() => this.#resampler.begin(size, outputs, spareBytes))
    paintLevels(numbers, levels, scale.log, numbersOf(original.data))
    const gray = shrink()
    this.#gate.enter()
    try {
      for (const [i, output] of outputs.entries()) {
        const pixels = gray[i] ?? original
        const colouring: AppliedColouring = { ...colouringOf(output), levels }
        const { format = 'jpeg' } = output
        const bytes = encode(pixels, output, spare)
        const { width, height } = pixels
        pictures.set(output, { kind: 'image', bytes, mediaType: `image/${format}`, width, height, colouring })
      }
    } finally {
      this.#gate.leave()
    }
  }
}

/** @throws UndecodablePicture when it is no picture, or not of the size that is drawn */
function sizeOf({ shape }: PackedArray, outputs: readonly ScaleOutput[]): Size {
  const size = arraySize(shape)
  if (!size) throw new UndecodablePicture(`an array of shape [${shape.join(', ')}] is no picture`)
  const { width, height } = size
  if (outputs.some((output) => output.width > width || output.height > height))
    throw new UndecodablePicture(`its source says that it has another size than ${width} × ${height}`)
  return size
}

function colouringOf({ colouring = DEFAULT_COLOURING }: Partial<ScaleOutput> = {}) {
  return colouring
}

/** @throws UndecodablePicture when the machine has not so much memory */
function withinMemory<Result>(action: () => Result): Result {
  try {
    return action()
  } catch (error) {
    if (error instanceof RangeError) throw new UndecodablePicture('this machine has not enough memory for this array')
    throw error
  }
}

/** @param spare for the colours, and then for a JPEG */
function encode(gray: Pixels, output: ScaleOutput, spare: Buffer<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { colormap } = colouringOf(output)
  if (output.format === 'png') return encodePalettePng(gray, colourTable(colormap))
  if (colormap === 'gray') return encodeGrayJpeg(gray, output.jpegQuality, spare)
  const data = spare.subarray(0, byteLengthOf(gray))
  colourPixels(numbersOf(gray.data), colourTable(colormap), numbersOf(data))
  return encodeJpeg({ ...gray, data }, output.jpegQuality, '4:4:4', spare.subarray(data.length))
}

function byteLengthOf({ width, height }: Size): number {
  return width * height * PIXEL_BYTES
}

function numbersOf({ buffer, byteOffset, byteLength }: Buffer<ArrayBuffer>): Uint32Array {
  return new Uint32Array(buffer, byteOffset, byteLength / PIXEL_BYTES)
}
