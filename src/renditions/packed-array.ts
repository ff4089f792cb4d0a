import type { ArrayPayload, ElementType, PackedArray, TypedArray } from '../core/payload.ts'
import { IS_LITTLE_ENDIAN } from '../wire/bsread/element-types.ts'

/** An array as bytes, which are not copied, so that it can be handed to a thread. */
export function packedOf(array: ArrayPayload): PackedArray {
  if (array.kind === 'packed-array') return array
  const { values, shape } = array
  return {
    kind: 'packed-array',
    bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    type: TYPES[values[Symbol.toStringTag]],
    shape,
    byteOrder: IS_LITTLE_ENDIAN ? 'little' : 'big',
    compression: 'none',
  }
}

const TYPES: Readonly<Record<TypedArray[typeof Symbol.toStringTag], ElementType>> = {
  Int8Array: 'int8',
  Uint8Array: 'uint8',
  Int16Array: 'int16',
  Uint16Array: 'uint16',
  Int32Array: 'int32',
  Uint32Array: 'uint32',
  BigInt64Array: 'int64',
  BigUint64Array: 'uint64',
  Float32Array: 'float32',
  Float64Array: 'float64',
}
