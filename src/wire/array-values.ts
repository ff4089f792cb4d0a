import { Refusal } from '../core/errors.ts'
import { type ArrayPayload, type ElementType, elementsOf, type PackedArray, type RawArray } from '../core/payload.ts'
import { BsreadError } from './bsread/bsread-error.ts'
import { elementBytesOf, IS_LITTLE_ENDIAN, TYPED_ARRAYS } from './bsread/element-types.ts'
import { unpackArray, unpackedBytes } from './bsread/unpack-array.ts'
import { type Npy, npyOf } from './npy.ts'

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

/** Its values as numbers. @throws Refusal `invalid` when they are damaged */
export function rawArrayOf(array: ArrayPayload): RawArray {
  return array.kind === 'raw-array' ? array : orRefuse(() => unpackArray(array))
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

/** The array for NumPy, in its sender's order of bytes. @throws Refusal `invalid` when it is damaged */
export function npyOfArray(array: ArrayPayload): Npy {
  const packed = packedArrayOf(array)
  return npyOf(
    packed.type,
    packed.byteOrder,
    packed.shape,
    orRefuse(() => unpackedBytes(packed)),
  )
}

function orRefuse<Result>(unpack: () => Result): Result {
  try {
    return unpack()
  } catch (error) {
    throw error instanceof BsreadError ? new Refusal('invalid', error.message) : error
  }
}
