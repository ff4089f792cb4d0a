import type { PictureQuality, PictureWish } from '../core/demand.ts'
import type { ImageFrame } from '../core/frame.ts'
import type { Size } from '../core/payload.ts'

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
}

/** One of the sizes that renditions are made at. Width and height are bounds; without one they are infinite. */
export interface Rung extends Size {
  /** The same for equal wishes: "low", "320", "320 jpeg". */
  readonly id: string
  /** Frames a second, at most; undefined: no limit. */
  readonly maxFps: number | undefined
  readonly jpegQuality: number
  /** Whether every picture must be a JPEG that needs no turning. */
  readonly onlyJpeg: boolean
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

  /** The rung for a wish, its width rounded up; undefined: the original. */
  rungFor({ quality, width, onlyJpeg = false }: PictureWish): Rung | undefined {
    if (quality !== undefined) return this.#rung(quality, onlyJpeg, this.#rules.qualities[quality])
    const wide = width === undefined ? undefined : this.#widths.find((each) => each >= width)
    if (wide === undefined && !onlyJpeg) return undefined
    const { jpegQuality } = this.#rules
    const bounds = { width: wide ?? Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY }
    return this.#rung(String(wide ?? 'original'), onlyJpeg, { ...bounds, jpegQuality, maxFps: undefined })
  }

  #rung(name: string, onlyJpeg: boolean, { width, height, maxFps, jpegQuality }: Omit<Rung, 'id' | 'onlyJpeg'>): Rung {
    const id = onlyJpeg ? `${name} jpeg` : name
    const rung = this.#rungs.get(id) ?? { id, width, height, maxFps, jpegQuality, onlyJpeg }
    this.#rungs.set(id, rung)
    return rung
  }
}

/** The largest size of the same shape within bounds; never larger than the size itself. */
export function fitted(size: Size, bounds: Size): Size {
  const scale = Math.min(1, bounds.width / size.width, bounds.height / size.height)
  return { width: sideOf(size.width * scale), height: sideOf(size.height * scale) }
}

function sideOf(length: number): number {
  return Math.max(1, Math.round(length))
}

/**
 * The size at which a frame's picture is to be made for a rung, as it is seen; undefined if it is right as it is: small
 * enough, upright, and of an accepted format.
 */
export function targetSize({ payload, size }: ImageFrame, rung: Rung): Size | undefined {
  const isRightKind = !payload.needsTurning && (payload.mediaType === 'image/jpeg' || !rung.onlyJpeg)
  const isSmallEnough = payload.width <= rung.width && payload.height <= rung.height
  return isRightKind && isSmallEnough ? undefined : fitted(size, rung)
}
