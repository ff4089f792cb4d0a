import { elementsOf, type PackedArray, type RawArray } from '../../core/payload.ts'
import type { Allocate } from './bitshuffle-lz4.ts'
import { BsreadError } from './bsread-error.ts'
import { PACKING_ERRORS } from './compression.ts'
import { elementBytesOf, IS_LITTLE_ENDIAN, TYPED_ARRAYS } from './element-types.ts'
import { swapBytes } from './swap-bytes.ts'
import { newMemory, unpackedBytesOf } from './unpack-bytes.ts'
import { UnpackError } from './unpack-error.ts'

/**
 * Unpacks an array: its values as numbers, in the machine's byte order. 64-bit integers are BigInts, booleans a byte each, 0
 * for false. No memory is taken for more than its shape says.
 * @param allocate gives the memory of values that cannot stay where they are; it begins at a multiple of 8 bytes
 * @returns values that share the memory of the packed array where it has them as the machine needs them, otherwise a copy
 * @throws BsreadError `VALUE`, `LZ4` or `BSLZ4` for bytes that are damaged, or of another size than the shape says
 */
export function unpackArray(array: PackedArray, allocate: Allocate = newMemory): RawArray {
  const { type, shape, byteOrder } = array
  const elements = elementsOf(shape)
  const { BYTES_PER_ELEMENT: elementBytes } = TYPED_ARRAYS[type]
  const unpacked = unpackedOf(array, elementBytes, elements * elementBytes, allocate)
  const needsSwap = elementBytes > 1 && (byteOrder === 'little') !== IS_LITTLE_ENDIAN
  const isShared = unpacked === array.bytes
  const mustMove = unpacked.byteOffset % elementBytes > 0 || (needsSwap && isShared)
  const bytes = mustMove ? copied(unpacked, allocate) : unpacked
  if (needsSwap) swapBytes(bytes, elementBytes)
  return { kind: 'raw-array', values: new TYPED_ARRAYS[type](bytes.buffer, bytes.byteOffset, elements), shape }
}

/**
 * The bytes of an array's values in the order in which its sender has them; its own bytes where they are not packed.
 * @throws BsreadError as `unpackArray`
 */
export function unpackedBytes(array: PackedArray): Uint8Array {
  const elementBytes = elementBytesOf(array.type)
  return unpackedOf(array, elementBytes, elementsOf(array.shape) * elementBytes, newMemory)
}

function copied(bytes: Uint8Array, allocate: Allocate): Uint8Array {
  const copy = allocate(bytes.length)
  copy.set(bytes)
  return copy
}

function unpackedOf(
  { bytes, compression }: PackedArray,
  elementBytes: number,
  size: number,
  allocate: Allocate,
): Uint8Array {
  if (compression === 'none') {
    if (bytes.length === size) return bytes
    throw new BsreadError('VALUE', `The array has ${bytes.length} bytes, where its type and shape say ${size}.`)
  }
  try {
    return unpackedBytesOf(bytes, compression, elementBytes, size, allocate)
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error
    throw new BsreadError(PACKING_ERRORS[compression], `The array is damaged: ${error.message}`)
  }
}
