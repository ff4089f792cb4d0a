import type { TypedArray } from '../core/payload.ts'
import { IS_LITTLE_ENDIAN } from '../wire/bsread/element-types.ts'

/** The 32-bit floating-point numbers nearest to these values; an infinity for what is beyond all of them. */
export function nearestFloats(values: TypedArray): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(values.length)
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) readLong(values, floats)
  else floats.set(values)
  return floats
}

/**
 * 64-bit integers come by way of 64-bit floating-point numbers, which cannot have all of them either. Rounded twice some
 * would go the wrong way: so of large ones the last 12 bits, which are far below the last one of the result, become a
 * single one that says whether there are any.
 */
function readLong(values: BigInt64Array | BigUint64Array, floats: Float32Array): void {
  const halves = new Uint32Array(values.buffer, values.byteOffset, values.length * 2)
  // What a set highest bit stands for: -2⁶³ instead of 2⁶³.
  const sign = values instanceof BigInt64Array ? 2 ** 64 : 0
  for (let i = 0; i < floats.length; i++) {
    const high = halves[2 * i + HIGH] ?? 0
    const low = halves[2 * i + LOW] ?? 0
    const upper = high * 2 ** 32 - (high >= 2 ** 31 ? sign : 0)
    floats[i] = upper + (Math.abs(upper) < 2 ** 52 ? low : withoutLastBits(low))
  }
}

function withoutLastBits(low: number): number {
  return low - (low & 0xfff) + (low & 0xfff ? 0x800 : 0)
}

/** Where the halves of a 64-bit number are, by the machine's byte order. */
const LOW = IS_LITTLE_ENDIAN ? 0 : 1
const HIGH = 1 - LOW
