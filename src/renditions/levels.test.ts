import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Levels } from '../core/colouring.ts'
import { paintLevels } from './level-painter.ts'
import { levelsOf } from './levels.ts'
import { NumberBlocks } from './number-blocks.ts'

const { NaN: NOT_A_NUMBER, POSITIVE_INFINITY, NEGATIVE_INFINITY, MAX_VALUE } = Number

function levels(values: readonly number[], levels: Levels, log = false) {
  return levelsOf(new NumberBlocks(Float64Array.from(values)), { levels, log })
}

/** How bright each value is drawn, 0 to 255. */
function painted(values: readonly number[], wanted: Levels = 'auto', log = false): number[] {
  const numbers = new NumberBlocks(Float64Array.from(values))
  const pixels = new Uint32Array(values.length)
  paintLevels(numbers, levelsOf(numbers, { levels: wanted, log }), log, pixels)
  const bytes = new Uint8Array(pixels.buffer)
  return values.map((_, i) => {
    const [red, green, blue, alpha] = bytes.subarray(i * 4)
    expect([green, blue, alpha]).toEqual([red, red, 255])
    return red ?? -1
  })
}

describe('the levels of an image', () => {
  it('are its smallest and largest value, without those that are no numbers', () => {
    expect(levels([3, -2, NOT_A_NUMBER, 7, POSITIVE_INFINITY, NEGATIVE_INFINITY], 'auto')).toEqual({ min: -2, max: 7 })
  })

  it('are those that are given, whatever is in it', () => {
    expect(levels([3, -2], { min: -100, max: 0.5 })).toEqual({ min: -100, max: 0.5 })
  })

  it('are both 0 where nothing counts', () => {
    const nothing = [NOT_A_NUMBER, POSITIVE_INFINITY]
    for (const wanted of ['auto', { percentiles: [1, 99] }] as const)
      expect(levels(nothing, wanted)).toEqual({ min: 0, max: 0 })
    expect(levels([-1, 0], 'auto', true)).toEqual({ min: 0, max: 0 })
  })

  it('are above 0 where the scale is logarithmic', () => {
    expect(levels([-5, 0, 0.1, 100], 'auto', true)).toEqual({ min: 0.1, max: 100 })
    expect(levels([-5, 0, 0.1, 100], { min: 0, max: 10 }, true)).toEqual({ min: 0.1, max: 10 })
    expect(levels([20, 100], { min: 0, max: 10 }, true)).toEqual({ min: 10, max: 10 })
  })

  it('are values by their rank as percentiles, however far one lies beyond the others', () => {
    const values = Array.from({ length: 1000 }, (_, i) => i + 1)
    expect(levels(values, { percentiles: [1, 99] })).toEqual({ min: 10, max: 990 })
    expect(levels([...values.slice(0, -1), 1e9], { percentiles: [1, 99] })).toEqual({ min: 10, max: 990 })
    expect(levels(values, { percentiles: [0, 100] })).toEqual({ min: 1, max: 1000 })
  })

  it('are percentiles of any values', () => {
    // Parts of a range of the very smallest numbers would be 0.
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((each) => (Math.abs(each) < 1e-300 ? 0 : each))
    const percentile = fc.double({ min: 0, max: 100, noNaN: true })
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), percentile, (values, low) => {
        const sorted = Float64Array.from(values).sort()
        const due = sorted[Math.max(1, Math.ceil((low / 100) * values.length)) - 1] ?? 0
        const range = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0)
        const { min } = levels(values, { percentiles: [low, 100] })
        expect(values).toContain(min)
        expect(Math.abs(min - due)).toBeLessThanOrEqual((2 * range) / 4096 ** 3)
      }),
    )
  })
})

describe('a drawn image', () => {
  it('goes from black to white in equal steps', () => {
    expect(painted([0, 1, 2, 3, 255], { min: 0, max: 255 })).toEqual([0, 1, 2, 3, 255])
    expect(painted([-1, 0, 1])).toEqual([0, 128, 255])
  })

  it('is black or white beyond the levels, and black where there is no number', () => {
    expect(painted([-5, 300, POSITIVE_INFINITY, NEGATIVE_INFINITY, NOT_A_NUMBER], { min: 0, max: 255 })).toEqual([
      0, 255, 255, 0, 0,
    ])
  })

  it('goes in equal factors where the scale is logarithmic, and is black where there is no logarithm', () => {
    expect(painted([1, 10, 100, 0, -5, POSITIVE_INFINITY], 'auto', true)).toEqual([0, 128, 255, 0, 0, 255])
  })

  it('is black where all values are the same, or none counts', () => {
    for (const log of [false, true]) {
      expect(painted([7, 7, 7], 'auto', log)).toEqual([0, 0, 0])
      expect(painted([NOT_A_NUMBER, NEGATIVE_INFINITY], 'auto', log)).toEqual([0, 0])
    }
  })

  it('copes with the largest numbers that there are', () => {
    expect(painted([-MAX_VALUE, 0, MAX_VALUE])).toEqual([0, 128, 255])
    expect(painted([0, 5e-324])).toEqual([0, 255])
  })

  it('has the nearest level of each value, for any levels', () => {
    const number = fc.double({ min: -1e9, max: 1e9, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(number, { maxLength: 50 }),
        number,
        fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
        (values, min, span) => {
          const max = min + span
          const drawn = painted(values, { min, max })
          for (const [i, value] of values.entries()) {
            const level = ((value - min) / (max - min)) * 255
            expect(Math.abs((drawn[i] ?? -9) - Math.min(Math.max(level, 0), 255))).toBeLessThanOrEqual(0.51)
          }
        },
      ),
    )
  })
})
