import type { ColouringWish } from './colouring.ts'
import type { Compression, PayloadKind } from './payload.ts'

/** Names of sizes with a frame rate and a JPEG quality of their own; settings say which (`renditions.low` …). */
export const PICTURE_QUALITIES = ['low', 'medium', 'high'] as const

/** One of them. */
export type PictureQuality = (typeof PICTURE_QUALITIES)[number]

/** The quality of that name; medium for an unknown one. */
export function qualityNamed(name: string): PictureQuality {
  return PICTURE_QUALITIES.find((quality) => quality === name) ?? 'medium'
}

/** Which picture of a frame somebody wants; nothing of it: the original. */
export interface PictureWish {
  /** The width that it is shown at, in pixels: more would be wasted. Not looked at where there is a `quality`. */
  readonly width?: number | undefined
  readonly quality?: PictureQuality | undefined
  /** Whether it must be a JPEG that needs no turning by its EXIF orientation, whatever the original is. */
  readonly onlyJpeg?: boolean | undefined
  /** Whether it must be a PNG that needs no turning, whatever the original is. For single pictures (`Hub.pictureOf`) only. */
  readonly onlyPng?: boolean | undefined
  /** How the values of arrays are drawn. Not looked at where the frames are pictures. */
  readonly colouring?: ColouringWish | undefined
}

/**
 * How values of arrays may be wanted in place of pictures of them, the most exact first. `native`: to the bit. `f32`: as
 * 32-bit floating-point numbers, the nearest ones. `u16`, `u8`: quantised (`Quantisation`).
 */
export const VALUES_WISHES = ['native', 'f32', 'u16', 'u8'] as const

/** One of them. */
export type ValuesWish = (typeof VALUES_WISHES)[number]

/** How values may be wanted compressed. */
export const VALUES_COMPRESSIONS = ['none', 'bitshuffle_lz4'] as const satisfies readonly Compression[]

/** One of them. */
export type ValuesCompression = (typeof VALUES_COMPRESSIONS)[number]

/** The demand of one viewer: which frames of a stream it wants, and which pictures; undefined means no limit. */
export interface ViewerDemand extends PictureWish {
  /** The payload kinds that it accepts: only pictures, say, where the stream has arrays. */
  readonly kinds?: readonly PayloadKind[] | undefined
  /** The values of arrays, where the viewer can take them (`Accepts.kindsFor`); left out: pictures of them. */
  readonly values?: ValuesWish | undefined
  /** How these are compressed; left out: what is as it was received as its sender has it, what is converted not at all. */
  readonly compression?: ValuesCompression | undefined
  /** Frames a second; 0 for state changes only. */
  readonly maxFps?: number | undefined
  /** How many viewers it is the demand of, where one stands for many: 1 if left out. */
  readonly viewers?: number | undefined
}

/** What watches want of arrays: pictures of them, or their values. */
export type WatchedForm = 'pictures' | 'values'

/** What a viewer's watches of a stream ask for. */
export type WatchDemand = Omit<ViewerDemand, 'kinds' | 'viewers'>

/** The combined demand of all viewers of a stream: the maximum of each field; undefined means no limit. */
export interface Demand {
  /** How many viewers there are. */
  readonly viewers: number
  /** Frames a second. */
  readonly maxFps: number | undefined
  /** Width in pixels. */
  readonly maxWidth: number | undefined
  /** The payload kinds that any of them accepts, in alphabetical order. */
  readonly kinds: readonly PayloadKind[]
}

/** Nobody watches. */
export const NO_DEMAND: Demand = { viewers: 0, maxFps: 0, maxWidth: 0, kinds: [] }

/** Whether two demands ask for the same work, which does not depend on the number of viewers. */
export function isSameDemand(a: Demand, b: Demand): boolean {
  if (a.viewers > 0 !== b.viewers > 0 || a.maxFps !== b.maxFps || a.maxWidth !== b.maxWidth) return false
  return a.kinds.length === b.kinds.length && a.kinds.every((kind, i) => kind === b.kinds[i])
}

/** The demand of all viewers of two demands together. */
export function mergedDemand(one: Demand, other: Demand): Demand {
  return {
    viewers: one.viewers + other.viewers,
    maxFps: largest([one.maxFps, other.maxFps]),
    maxWidth: largest([one.maxWidth, other.maxWidth]),
    kinds: [...new Set([...one.kinds, ...other.kinds])].sort(),
  }
}

/**
 * The smallest demand that satisfies all of these, for several watches of one viewer.
 * @param all the most specific ones last
 */
export function largestDemand(all: readonly WatchDemand[]): WatchDemand {
  // A watch for state changes only wants no pictures, so it asks for no size of them either.
  const demands = all.some(wantsFrames) ? all.filter(wantsFrames) : all
  const maxFps = largest(demands.map(({ maxFps }) => maxFps))
  const quality = demands[0]?.quality
  // Two colourings cannot be had at once: of the watches that have one, the last, which is the most specific.
  const colouring = demands.findLast((demand) => demand.colouring)?.colouring
  const isSameQuality = quality !== undefined && demands.every((demand) => demand.quality === quality)
  return {
    maxFps,
    // What is both a quality and a width, or two qualities, is the original.
    ...(isSameQuality
      ? { quality }
      : { width: largest(demands.map((demand) => (demand.quality === undefined ? demand.width : undefined))) }),
    ...(demands.some(({ onlyJpeg }) => onlyJpeg) && { onlyJpeg: true }),
    ...(colouring && { colouring }),
    ...largestValues(demands),
  }
}

/** Of several ways of writing values the most exact says all. */
function largestValues(demands: readonly WatchDemand[]): Pick<WatchDemand, 'values' | 'compression'> {
  const values = VALUES_WISHES.find((wish) => demands.some((demand) => demand.values === wish))
  const compression = demands.findLast((demand) => demand.values && demand.compression)?.compression
  return { ...(values && { values }), ...(compression && { compression }) }
}

function wantsFrames({ maxFps }: WatchDemand): boolean {
  return maxFps !== 0
}

/**
 * Keeps the combined demand up to date as viewers come and go. There may be thousands of viewers but few distinct
 * demands, so each distinct value is counted and only those are compared.
 */
export class DemandTally {
  readonly #rates = new Map<number | undefined, number>()
  readonly #widths = new Map<number | undefined, number>()
  readonly #kinds = new Map<PayloadKind, number>()
  #viewers = 0
  #demand = NO_DEMAND

  /** The combined demand. A new object after each change. */
  get demand(): Demand {
    return this.#demand
  }

  /** Adds the demand of a viewer. */
  add(demand: ViewerDemand): void {
    this.#count(demand, +1)
  }

  /** Removes a demand that was added before. */
  remove(demand: ViewerDemand): void {
    this.#count(demand, -1)
  }

  #count({ maxFps, width, kinds = [], viewers = 1 }: ViewerDemand, change: 1 | -1): void {
    this.#viewers += change * viewers
    count(this.#rates, maxFps, change)
    count(this.#widths, width, change)
    for (const kind of kinds) count(this.#kinds, kind, change)
    this.#demand = {
      viewers: this.#viewers,
      maxFps: largest(this.#rates.keys()),
      maxWidth: largest(this.#widths.keys()),
      kinds: [...this.#kinds.keys()].sort(),
    }
  }
}

function count<Value>(values: Map<Value, number>, value: Value, change: 1 | -1): void {
  const times = (values.get(value) ?? 0) + change
  if (times > 0) values.set(value, times)
  else values.delete(value)
}

/** The maximum, where undefined is the largest (no limit); 0 if there are no values. */
function largest(values: Iterable<number | undefined>): number | undefined {
  let most = 0
  for (const value of values) {
    if (value === undefined) return undefined
    most = Math.max(most, value)
  }
  return most
}
