import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearestFloats } from './nearest-floats.ts'

/** The neighbours of a 32-bit floating-point number. */
function neighboursOf(float: number): number[] {
  const bits = new Int32Array(Float32Array.of(float).buffer)[0] ?? 0
  return [bits - 1, bits + 1].map((each) => new Float32Array(Int32Array.of(each).buffer)[0] ?? 0)
}

function distance(float: number, value: bigint): bigint {
  const off = BigInt(float) - value
  return off < 0n ? -off : off
}

/** Integers that are hardly more or less than halfway between two floats. */
const nearHalfway = fc
  .record({
    top: fc.bigInt({ min: 1n << 23n, max: (1n << 24n) - 1n }),
    shift: fc.bigInt({ min: 30n, max: 38n }),
    off: fc.bigInt({ min: -2n, max: 2n }),
  })
  .map(({ top, shift, off }) => (top << shift) + (1n << (shift - 1n)) + off)

describe('the nearest floats', () => {
  it('of 64-bit integers are nearest, also of those that are nearly halfway between two', () => {
    const signed = fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      nearHalfway,
      nearHalfway.map((value) => -value),
    )
    const unsigned = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      nearHalfway.map((value) => value * 2n),
    )
    const check = (value: bigint, float = Number.NaN) => {
      for (const other of neighboursOf(float))
        if (Number.isInteger(other)) expect(distance(float, value) <= distance(other, value)).toBe(true)
    }
    fc.assert(fc.property(signed, (value) => check(value, nearestFloats(BigInt64Array.of(value))[0])))
    fc.assert(fc.property(unsigned, (value) => check(value, nearestFloats(BigUint64Array.of(value))[0])))
  })

  it('of small 64-bit integers are these', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 24), max: 2 ** 24 }), (value) => {
        expect(nearestFloats(BigInt64Array.of(BigInt(value)))[0]).toBe(value)
      }),
    )
  })

  it('of other numbers are as JavaScript rounds, with NaN and the infinities as they are', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(nearestFloats(Float64Array.of(value))[0]).toBe(Math.fround(value))
      }),
    )
    expect([...nearestFloats(Uint8Array.of(0, 255))]).toEqual([0, 255])
  })
})
