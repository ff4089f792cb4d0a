import { Refusal } from '../core/errors.ts'
import { type ArrayPayload, type ElementType, elementsOf, type RawArray } from '../core/payload.ts'
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

/** The array for NumPy, in its sender's order of bytes. @throws Refusal `invalid` when it is damaged */
export function npyOfArray(array: ArrayPayload): Npy {
  const type = elementTypeOf(array)
  if (array.kind === 'packed-array')
    return npyOf(
      type,
      array.byteOrder,
      array.shape,
      orRefuse(() => unpackedBytes(array)),
    )
  const { buffer, byteOffset, byteLength } = array.values
  return npyOf(type, IS_LITTLE_ENDIAN ? 'little' : 'big', array.shape, new Uint8Array(buffer, byteOffset, byteLength))
}

function orRefuse<Result>(unpack: () => Result): Result {
  try {
    return unpack()
  } catch (error) {
    throw error instanceof BsreadError ? new Refusal('invalid', error.message) : error
  }
}
