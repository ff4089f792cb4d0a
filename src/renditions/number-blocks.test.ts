import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TypedArray } from '../core/payload.ts'
import { NumberBlocks } from './number-blocks.ts'

function numbersOf(values: TypedArray): number[] {
  const numbers: number[] = []
  new NumberBlocks(values).eachBlock((block, at) => {
    expect(at).toBe(numbers.length)
    numbers.push(...block)
  })
  return numbers
}

describe('the values of an array', () => {
  it('are the same numbers, of whatever type they are', () => {
    const smallest = [-(2n ** 63n), -(2n ** 53n), -1n, 0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n]
    expect(numbersOf(BigInt64Array.from(smallest))).toEqual(smallest.map(Number))
    expect(numbersOf(BigUint64Array.of(0n, 2n ** 63n, 2n ** 64n - 1n))).toEqual([0, 2 ** 63, 2 ** 64])
    expect(numbersOf(Int8Array.of(-128, 127))).toEqual([-128, 127])
    expect(numbersOf(Uint16Array.of(0, 65_535))).toEqual([0, 65_535])
    expect(numbersOf(Int32Array.of(-(2 ** 31), 2 ** 31 - 1))).toEqual([-(2 ** 31), 2 ** 31 - 1])
    expect(numbersOf(Float32Array.of(0.5, Number.NEGATIVE_INFINITY))).toEqual([0.5, Number.NEGATIVE_INFINITY])
    expect(numbersOf(Float64Array.of(1e300, Number.NaN))).toEqual([1e300, Number.NaN])
  })

  it('are rounded as BigInts are where they have more than 53 bits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(numbersOf(BigInt64Array.of(value))).toEqual([Number(value)])
      }),
    )
  })

  it('come all, however many there are', () => {
    const values = Uint16Array.from({ length: 40_000 }, (_, i) => i)
    expect(numbersOf(values)).toEqual([...values])
    expect(numbersOf(new Uint8Array(0))).toEqual([])
  })
})
