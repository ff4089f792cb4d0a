import type { PackedArray, TypedArray } from '../core/payload.ts'
import { elementBytesOf, IS_LITTLE_ENDIAN } from '../wire/bsread/element-types.ts'
import { packBytes } from '../wire/bsread/unpack-bytes.ts'
import { nearestFloats } from './nearest-floats.ts'
import type { NumberBlocks } from './number-blocks.ts'
import type { WrittenValues } from './picture-scaler.ts'
import { quantise } from './quantiser.ts'
import type { ValuesOutput } from './scaler.ts'

/** An array, and its values. */
export interface UnpackedArray {
  readonly array: PackedArray
  readonly values: TypedArray
  /** The same. */
  readonly numbers: NumberBlocks
}

/** Writes the values of an array in the way that is wanted, in this machine's order of bytes and into memory of their own. */
export function writeValues(from: UnpackedArray, output: ValuesOutput): WrittenValues {
  const written = convert(from, output)
  if (output.compression !== 'bitshuffle_lz4') return written
  const { compression } = output
  return { ...written, compression, bytes: packBytes(written.bytes, compression, elementBytesOf(written.type)) }
}

/** Not compressed. */
function convert({ array, values, numbers }: UnpackedArray, { type, scale }: ValuesOutput): WrittenValues {
  const { shape } = array
  const written = { kind: 'packed-array', shape, byteOrder: OUR_ORDER, compression: 'none' } as const
  switch (type) {
    case 'native':
      return { ...written, type: array.type, bytes: new Uint8Array(bytesOf(values)) }
    case 'f32':
      return { ...written, type: 'float32', bytes: bytesOf(nearestFloats(values)) }
    case 'u16': {
      const codes = new Uint16Array(values.length)
      const quantisation = quantise(numbers, scale, codes)
      return { ...written, type: 'uint16', bytes: bytesOf(codes), quantisation }
    }
    case 'u8': {
      const codes = new Uint8Array(values.length)
      const quantisation = quantise(numbers, scale, codes)
      return { ...written, type: 'uint8', bytes: codes, quantisation }
    }
  }
}

function bytesOf<Memory extends ArrayBufferLike>(values: ArrayBufferView<Memory>): Uint8Array<Memory> {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

const OUR_ORDER = IS_LITTLE_ENDIAN ? 'little' : 'big'
