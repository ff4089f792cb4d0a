import type { FrameInput } from '../../src/core/frame.ts'
import { type ArrayPayload, arraySize, type ElementType, type PackedArray, type Size } from '../../src/core/payload.ts'
import { IS_LITTLE_ENDIAN, TYPED_ARRAYS } from '../../src/wire/bsread/element-types.ts'
import { swapBytes } from '../../src/wire/bsread/swap-bytes.ts'

/** Options of an array. */
export interface ArrayOptions {
  readonly type?: ElementType
  /** Default: one row a row of pixels. */
  readonly shape?: readonly number[]
  readonly byteOrder?: PackedArray['byteOrder']
}

/** An array of one image as a sender sends it, not compressed. @param valueAt gives whole numbers where the type has only these */
export function arrayOf(
  { width, height }: Size,
  valueAt: (x: number, y: number) => number,
  { type = 'float64', shape = [height, width], byteOrder = 'little' }: ArrayOptions = {},
): PackedArray {
  const numbers = Array.from({ length: width * height }, (_, i) => valueAt(i % width, Math.floor(i / width)))
  const { BYTES_PER_ELEMENT: elementBytes } = TYPED_ARRAYS[type]
  const bytes = new Uint8Array(numbers.length * elementBytes)
  const values = new TYPED_ARRAYS[type](bytes.buffer, 0, numbers.length)
  for (const [i, number] of numbers.entries())
    if (values instanceof BigInt64Array || values instanceof BigUint64Array) values[i] = BigInt(number)
    else values[i] = number
  if ((byteOrder === 'little') !== IS_LITTLE_ENDIAN) swapBytes(bytes, elementBytes)
  return { kind: 'packed-array', bytes, type, shape, byteOrder, compression: 'none' }
}

/** An image whose left half is 0 and whose right half is 100. */
export function halvesArray(size: Size = { width: 64, height: 48 }, options?: ArrayOptions): PackedArray {
  return arrayOf(size, (x) => (x < size.width / 2 ? 0 : 100), options)
}

/** A frame with an array. */
export function arrayFrame(label: string, key: string, payload: ArrayPayload = halvesArray()): FrameInput {
  const size = arraySize(payload.shape) ?? { width: 1, height: 1 }
  return { stream: { label, key }, size, payload, metadata: {} }
}
