import type { AppliedColouring, LevelRange } from './colouring.ts'

/*
 * What a frame can carry. A sink declares the kinds it can write and gets no others; converting between kinds (a colour
 * map for values, a smaller picture) is the job of a rendition.
 */

/** Width and height in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** Whether two sizes are the same. */
export function isSameSize(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height
}

/** A picture in a compressed format, as sent by the source or made by a rendition. */
export interface EncodedImage extends Size {
  readonly kind: 'image'
  readonly bytes: Uint8Array
  readonly mediaType: ImageType
  /** Whether its EXIF orientation says that it is turned or mirrored to be seen upright, as browsers do. */
  readonly needsTurning?: boolean | undefined
  /** How the values were drawn, if it was made of an array. */
  readonly colouring?: AppliedColouring | undefined
  // Width and height are those of this very picture, as in its own header: not turned.
}

/** The compressed formats that sources may send and every browser shows, as media types. */
export const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const

/** The media type of a compressed picture. */
export type ImageType = (typeof IMAGE_TYPES)[number]

/** The types that the elements of an array may have. */
export const ELEMENT_TYPES = [
  'bool',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
] as const

/** The element type of an array. */
export type ElementType = (typeof ELEMENT_TYPES)[number]

/** How the bytes of an array may be compressed. */
export const COMPRESSIONS = ['none', 'lz4', 'bitshuffle_lz4'] as const

/** How the bytes of an array are compressed. */
export type Compression = (typeof COMPRESSIONS)[number]

/** An array as it was received, not decompressed or decoded until somebody needs its values. */
export interface PackedArray {
  readonly kind: 'packed-array'
  readonly bytes: Uint8Array
  readonly type: ElementType
  /** The slowest dimension first: `[rows, columns]` of a picture. */
  readonly shape: readonly number[]
  readonly byteOrder: 'little' | 'big'
  readonly compression: Compression
  /** What its elements stand for, where they are not the values themselves. */
  readonly quantisation?: Quantisation | undefined
}

/**
 * What the elements of quantised values stand for. 0: no value, as NaN is. Any other element `q`: `q · scale + offset`, or
 * where the scale is logarithmic `exp(q · scale + offset)`; what is beyond the levels has the element of the nearest one.
 */
export interface Quantisation {
  readonly scale: number
  readonly offset: number
  /** What the first element (1) and the last one stand for. */
  readonly levels: LevelRange
  /** Values of 0 and below have no logarithm, and are 0. */
  readonly log: boolean
}

/** A decoded array. */
export interface RawArray {
  readonly kind: 'raw-array'
  readonly values: TypedArray
  /** The slowest dimension first: `[rows, columns]` of a picture. */
  readonly shape: readonly number[]
}

/** Values in the machine's own byte order: 64-bit integers as BigInts, booleans as bytes, 0 for false. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

/** An array, packed or not. */
export type ArrayPayload = PackedArray | RawArray

/** What a frame carries. */
export type Payload = EncodedImage | ArrayPayload

/** The kinds of payloads, by name. */
export type PayloadKind = Payload['kind']

/** All kinds. */
export const PAYLOAD_KINDS: readonly PayloadKind[] = ['image', 'packed-array', 'raw-array']

/**
 * The size of an array's picture: what has exactly two dimensions, rows and columns, when those of length 1 are left out.
 * @returns undefined if it is no picture
 */
export function arraySize(shape: readonly number[]): Size | undefined {
  const [height = 0, width = 0, ...more] = shape.filter((length) => length !== 1)
  return more.length === 0 && height > 0 && width > 0 ? { width, height } : undefined
}

/** How many elements an array of this shape has. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** Size of a payload in bytes. */
export function byteLengthOf(payload: Payload): number {
  return payload.kind === 'raw-array' ? payload.values.byteLength : payload.bytes.length
}
