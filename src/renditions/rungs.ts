import { type Colouring, colouringFor, colouringId, scaleId } from '../core/colouring.ts'
import type { PictureQuality, PictureWish, ViewerDemand } from '../core/demand.ts'
import { type Frame, type ImageFrame, isImageFrame } from '../core/frame.ts'
import { elementsOf, type Payload, type Size } from '../core/payload.ts'
import { packedArrayOf, unpackedSizeOf } from '../wire/array-values.ts'
import { elementBytesOf } from '../wire/bsread/element-types.ts'
import type { PictureFormat, ValuesOutput } from './scaler.ts'

/** What a quality stands for: bounds of the size in pixels, and how often and how well pictures are encoded. */
export interface QualityRules extends Size {
  /** Frames a second, at most. */
  readonly maxFps: number
  /** 1 to 100, as libjpeg has it. */
  readonly jpegQuality: number
}

/** Which renditions there are, set by the operator. */
export interface RungRules {
  readonly qualities: Readonly<Record<PictureQuality, QualityRules>>
  /** The widths that pictures are made at, in pixels, in any order. */
  readonly widths: readonly number[]
  /** The JPEG quality of these, 1 to 100. */
  readonly jpegQuality: number
  /** How arrays are drawn where neither a wish nor the stream says it. */
  readonly colouring: Colouring
}

/**
 * One of the pictures that renditions are made as, or one of the ways in which values are written. Width and height are
 * bounds; without one they are infinite.
 */
export interface Rung extends Size {
  /** The same for equal wishes: "low", "320", "320 jpeg", "320 viridis auto", "u8 none p1,p99". */
  readonly id: string
  /** Frames a second, at most; undefined: no limit. */
  readonly maxFps: number | undefined
  readonly jpegQuality: number
  /** Whether every picture must be a JPEG that needs no turning. */
  readonly onlyJpeg: boolean
  /** What pictures that have to be made are. Where it is `png`, those that are none have to be. */
  readonly format: PictureFormat
  /** How arrays are drawn. */
  readonly colouring: Colouring
  /** The values of arrays that are written, in place of pictures of them. */
  readonly values?: ValuesOutput | undefined
}

/** The sizes that renditions are made at: few, so that many viewers share each. */
export class Ladder {
  readonly #rules: RungRules
  readonly #widths: readonly number[]
  readonly #rungs = new Map<string, Rung>()

  constructor(rules: RungRules) {
    this.#rules = rules
    this.#widths = [...rules.widths].sort((a, b) => a - b)
  }

  /** The rung of a wish for a stream of pictures, its width rounded up; undefined: the original. */
  rungFor({ quality, width, onlyJpeg = false, onlyPng = false }: PictureWish): Rung | undefined {
    const { name, bounds } = this.#boundsFor(quality, width)
    if (name === ORIGINAL && !onlyJpeg && !onlyPng) return undefined
    const format = onlyPng ? 'png' : 'jpeg'
    const id = onlyJpeg || onlyPng ? `${name} ${format}` : name
    const rung = this.#rungs.get(id) ?? { ...bounds, id, onlyJpeg, format, colouring: this.#rules.colouring }
    this.#rungs.set(id, rung)
    return rung
  }

  /**
   * The rung of a wish for a stream of arrays: a JPEG unless a PNG is wanted. Not kept, as there are as many as there are
   * levels.
   */
  arrayRungFor({ quality, width, onlyPng = false, colouring: wish }: PictureWish): Rung {
    const { name, bounds } = this.#boundsFor(quality, width)
    const colouring = colouringFor(wish, this.#rules.colouring)
    const id = `${name}${onlyPng ? ' png' : ''} ${colouringId(colouring)}`
    return { ...bounds, id, onlyJpeg: !onlyPng, format: onlyPng ? 'png' : 'jpeg', colouring }
  }

  /**
   * The rung of a demand for the values of a stream of arrays, which are never made smaller; undefined: the original, as its
   * sender has it.
   */
  valuesRungFor({ values: type, compression, colouring: wish }: ViewerDemand): Rung | undefined {
    if (!type || (type === 'native' && !compression)) return undefined
    const { bounds } = this.#boundsFor(undefined, undefined)
    const colouring = colouringFor(wish, this.#rules.colouring)
    const { levels, log } = colouring
    const values: ValuesOutput = { type, compression, scale: { levels, log } }
    return { ...bounds, id: valuesId(values), onlyJpeg: false, format: 'jpeg', colouring, values }
  }

  #boundsFor(quality: PictureQuality | undefined, width: number | undefined) {
    if (quality !== undefined) return { name: quality, bounds: this.#rules.qualities[quality] }
    const wide = width === undefined ? undefined : this.#widths.find((each) => each >= width)
    const { jpegQuality } = this.#rules
    const size = { width: wide ?? Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY }
    return { name: wide === undefined ? ORIGINAL : String(wide), bounds: { ...size, jpegQuality, maxFps: undefined } }
  }
}

/** The same for values that are the same: what is quantised is not compressed unless that is asked for. */
function valuesId({ type, compression, scale }: ValuesOutput): string {
  if (type === 'u8' || type === 'u16') return `${type} ${compression ?? 'none'} ${scaleId(scale)}`
  return compression ? `${type} ${compression}` : type
}

/** The name of the rung without bounds. */
const ORIGINAL = 'original'

/**
 * The largest size of the same shape within bounds, and within what a JPEG can have; never larger than the size itself. A
 * picture or an array may be longer than any JPEG.
 */
export function fitted(size: Size, bounds: Size): Size {
  const width = Math.min(bounds.width, LONGEST_SIDE)
  const height = Math.min(bounds.height, LONGEST_SIDE)
  const scale = Math.min(1, width / size.width, height / size.height)
  return { width: sideOf(size.width * scale), height: sideOf(size.height * scale) }
}

/** The longest side that libjpeg writes, in pixels (`JPEG_MAX_DIMENSION`); the format itself has 65,535. */
const LONGEST_SIDE = 65_500

function sideOf(length: number): number {
  return Math.max(1, Math.round(length))
}

/** Whether viewers may be given the originals where nothing can be made for a rung. */
export function mayBeOriginal({ onlyJpeg, values }: Rung): boolean {
  return !onlyJpeg && !values
}

/**
 * Whether a frame is right as it is for a rung: its picture small enough, upright, and of an accepted format, which arrays
 * never are; or its values of the type that is wanted, compressed as is wanted. Where values are wanted any picture is.
 */
export function isRightFor(frame: Frame, rung: Rung): boolean {
  return rung.values ? areRightValues(frame, rung.values) : isRightPicture(frame, rung)
}

function areRightValues({ payload }: Frame, { type: wanted, compression: compressed }: ValuesOutput): boolean {
  if (payload.kind === 'image') return true
  const { type, compression } = packedArrayOf(payload)
  const isOfType = wanted === 'native' || (wanted === 'f32' && type === 'float32')
  return isOfType && (!compressed || compressed === compression)
}

/** Whether a frame's picture is right as it is for a rung of pictures. */
export function isRightPicture(frame: Frame, rung: Rung): frame is ImageFrame {
  if (!isImageFrame(frame)) return false
  const { payload } = frame
  const { mediaType, needsTurning } = payload
  const isAccepted = rung.format === 'png' ? mediaType === 'image/png' : mediaType === 'image/jpeg' || !rung.onlyJpeg
  return !needsTurning && isAccepted && payload.width <= rung.width && payload.height <= rung.height
}

/** How many pixels are decoded, or values unpacked, for the picture of a payload. */
export function pixelsOf(payload: Payload): number {
  return payload.kind === 'image' ? payload.width * payload.height : elementsOf(payload.shape)
}

/**
 * How much memory the values of an array take as a rung has them, in bytes; where they are compressed no more than that.
 * 0 where it has pictures, or there are no values.
 */
export function valuesBytesOf({ values }: Rung, payload: Payload): number {
  if (!values || payload.kind === 'image') return 0
  if (values.type === 'native') return unpackedSizeOf(payload)
  return elementsOf(payload.shape) * elementBytesOf(WRITTEN_TYPES[values.type])
}

/** What values are written as. */
const WRITTEN_TYPES = { f32: 'float32', u16: 'uint16', u8: 'uint8' } as const
