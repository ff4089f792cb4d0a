import { Refusal } from '../core/errors.ts'
import { type ArrayPayload, type ElementType, elementsOf, type PackedArray } from '../core/payload.ts'
import { BsreadError } from './bsread/bsread-error.ts'
import { elementBytesOf, IS_LITTLE_ENDIAN, TYPED_ARRAYS } from './bsread/element-types.ts'

/** The type of an array's values; of bytes that were decoded elsewhere nobody knows whether they are booleans. */
export function elementTypeOf(array: ArrayPayload): ElementType {
  if (array.kind === 'packed-array') return array.type
  const found = Object.entries(TYPED_ARRAYS).find(([type, kind]) => type !== 'bool' && array.values instanceof kind)
  return (found?.[0] ?? 'uint8') as ElementType
}

/** The memory of an array's values once they are unpacked, in bytes. */
export function unpackedSizeOf(array: ArrayPayload): number {
  return elementsOf(array.shape) * elementBytesOf(elementTypeOf(array))
}

/** The array as its sender packed it; one that was decoded elsewhere in the machine's order of bytes. */
export function packedArrayOf(array: ArrayPayload): PackedArray {
  if (array.kind === 'packed-array') return array
  const { buffer, byteOffset, byteLength } = array.values
  return {
    kind: 'packed-array',
    bytes: new Uint8Array(buffer, byteOffset, byteLength),
    type: elementTypeOf(array),
    shape: array.shape,
    byteOrder: IS_LITTLE_ENDIAN ? 'little' : 'big',
    compression: 'none',
  }
}

/** What `unpack` gives. @throws Refusal `invalid` when the array is damaged */
export function orRefuse<Result>(unpack: () => Result): Result {
  try {
    return unpack()
  } catch (error) {
    throw error instanceof BsreadError ? new Refusal('invalid', error.message) : error
  }
}
