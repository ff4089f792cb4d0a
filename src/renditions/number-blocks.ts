import type { TypedArray } from '../core/payload.ts'
import { IS_LITTLE_ENDIAN } from '../wire/bsread/element-types.ts'
import { BLOCK_LENGTH, LevelLoops } from './level-loops.ts'

/**
 * The values of an array as 64-bit floating-point numbers, a block at a time, where WebAssembly can read them. Loops in
 * JavaScript meet one type of array only, for which V8 compiles them: one that has met five types takes many times as long
 * for each.
 */
export class NumberBlocks {
  /** The loops over the block that is visited. */
  readonly loops: LevelLoops
  readonly #values: TypedArray

  /** @param loops may be used by one after the other */
  constructor(values: TypedArray, loops = new LevelLoops()) {
    this.#values = values
    this.loops = loops
  }

  /**
   * Calls `visit` with each block in turn.
   * @param visit `numbers` are valid until it returns, and begin at index `at` of the array. Integers of 64 bits beyond 2⁵³
   *   are rounded
   */
  eachBlock(visit: (numbers: Float64Array, at: number) => void): void {
    const values = this.#values
    for (let at = 0; at < values.length; at += BLOCK_LENGTH) {
      const numbers = this.loops.block.subarray(0, Math.min(BLOCK_LENGTH, values.length - at))
      const part = values.subarray(at, at + numbers.length)
      if (part instanceof BigInt64Array || part instanceof BigUint64Array) readLong(part, numbers)
      else numbers.set(part)
      visit(numbers, at)
    }
  }
}

/** Without a BigInt for each value, which takes ten times as long. */
function readLong(values: BigInt64Array | BigUint64Array, numbers: Float64Array): void {
  const halves = new Uint32Array(values.buffer, values.byteOffset, values.length * 2)
  // What a set highest bit stands for: -2⁶³ instead of 2⁶³.
  const sign = values instanceof BigInt64Array ? 2 ** 64 : 0
  for (let i = 0; i < numbers.length; i++) {
    const high = halves[2 * i + HIGH] ?? 0
    const low = halves[2 * i + LOW] ?? 0
    // The difference first: it is exact, and small numbers below 0 stay so.
    const upper = high * 2 ** 32 - (high >= 2 ** 31 ? sign : 0)
    numbers[i] = upper + low
  }
}

/** Where the halves of a 64-bit number are, by the machine's byte order. */
const LOW = IS_LITTLE_ENDIAN ? 0 : 1
const HIGH = 1 - LOW
