import type { Quantisation, TypedArray } from '../src/core/payload.ts'
import { unpackArray } from '../src/wire/bsread/unpack-array.ts'
import type { LiveFrame } from './live-frame.ts'

/** The values of an array. */
export interface FrameValues {
  /** The slowest dimension first: `[rows, columns]`. */
  readonly shape: readonly number[]
  /** In rows. 64-bit integers are BigInts; booleans bytes, 0 for false. They may share the memory of the frame. */
  readonly values: TypedArray
  /** What they stand for, where they are quantised: `value * scale + offset`, or no value at all where they are 0. */
  readonly quantisation: Quantisation | undefined
}

/**
 * Unpacks the values of a frame, whatever their order of bytes and compression.
 * @returns undefined if it is a picture: the watch does not ask for values, or the stream has pictures
 * @throws Error when they are damaged
 */
export function valuesOf({ array }: Pick<LiveFrame, 'array'>): FrameValues | undefined {
  if (!array) return undefined
  const { shape, values } = unpackArray(array)
  return { shape, values, quantisation: array.quantisation }
}

/**
 * The numbers that the values of a frame stand for, in the units of its sender: NaN where there is no value.
 * @returns the values themselves where they are not quantised
 */
export function dequantised({ values, quantisation }: FrameValues): TypedArray {
  if (!quantisation || values instanceof BigInt64Array || values instanceof BigUint64Array) return values
  const { scale, offset, log } = quantisation
  const numbers = new Float64Array(values.length)
  for (let i = 0; i < numbers.length; i++) {
    const code = values[i] ?? 0
    const number = code === 0 ? Number.NaN : code * scale + offset
    numbers[i] = log ? Math.exp(number) : number
  }
  return numbers
}
