/*
 * What a frame can carry. A sink says which kinds it can write, and is given no others; what turns one kind into
 * another (a colour map on values, a smaller picture) is a rendition.
 */

/** Pixels across and down. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** A picture in a compressed format, as the source sent it or a rendition made it. */
export interface EncodedImage extends Size {
  readonly kind: 'image'
  readonly bytes: Uint8Array
  readonly mediaType: ImageType
  // Width and height are pixels of this very picture, as its own header says.
}

/** The compressed formats that sources may send and every browser shows. */
export type ImageType = 'image/jpeg' | 'image/png' | 'image/webp'

/** What one element of an array is. */
export type ElementType =
  | 'bool'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float32'
  | 'float64'

/** An array as it was received: nobody has asked for its values yet, and perhaps nobody will. */
export interface PackedArray {
  readonly kind: 'packed-array'
  readonly bytes: Uint8Array
  readonly type: ElementType
  /** The slowest dimension first: `[rows, columns]` of a picture. */
  readonly shape: readonly number[]
  readonly byteOrder: 'little' | 'big'
  readonly compression: 'none' | 'lz4' | 'bitshuffle_lz4'
}

/** An array whose values are at hand. */
export interface RawArray {
  readonly kind: 'raw-array'
  readonly values: TypedArray
  /** The slowest dimension first: `[rows, columns]` of a picture. */
  readonly shape: readonly number[]
}

/** Values of one type in the machine's own byte order. */
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

/** What a frame carries. */
export type Payload = EncodedImage | PackedArray | RawArray

/** The kinds of them, by name. */
export type PayloadKind = Payload['kind']

/** How many bytes a payload takes. */
export function byteLengthOf(payload: Payload): number {
  return payload.kind === 'raw-array' ? payload.values.byteLength : payload.bytes.length
}
