import { ELEMENT_TYPES, type ElementType, type TypedArray } from '../../core/payload.ts'

/** The types of channels: of the elements of an array, or a text. */
export type ChannelType = ElementType | 'string'

/** A constructor of typed arrays. */
type TypedArrayConstructor = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => TypedArray

/** The typed arrays for values in the machine's own byte order. Booleans are a byte each, 0 for false. */
export const TYPED_ARRAYS: Readonly<
  Record<ElementType, TypedArrayConstructor & { readonly BYTES_PER_ELEMENT: number }>
> = {
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
}

/** Bytes of an element; 1 for the bytes of a text. */
export function elementBytesOf(type: ChannelType): number {
  return type === 'string' ? 1 : TYPED_ARRAYS[type].BYTES_PER_ELEMENT
}

/** Reads the type in a data header, in any case. @returns undefined for one that we do not know */
export function channelTypeOf(name: string): ChannelType | undefined {
  return TYPES.get(name.toLowerCase())
}

const TYPES = new Map<string, ChannelType>([...ELEMENT_TYPES, 'string' as const].map((name) => [name, name]))

/** Whether this machine keeps numbers with the lowest byte first. */
export const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
