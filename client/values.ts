import type { TypedArray } from '../src/core/payload.ts'
import { unpackArray } from '../src/wire/bsread/unpack-array.ts'
import type { LiveFrame } from './live-frame.ts'

/** The values of an array. */
export interface FrameValues {
  /** The slowest dimension first: `[rows, columns]`. */
  readonly shape: readonly number[]
  /** In rows. 64-bit integers are BigInts; booleans bytes, 0 for false. They may share the memory of the frame. */
  readonly values: TypedArray
}

/**
 * Unpacks the values of a frame, whatever their order of bytes and compression.
 * @returns undefined if it is a picture: the watch does not ask for values, or the stream has pictures
 * @throws Error when they are damaged
 */
export function valuesOf({ array }: Pick<LiveFrame, 'array'>): FrameValues | undefined {
  if (!array) return undefined
  const { shape, values } = unpackArray(array)
  return { shape, values }
}
