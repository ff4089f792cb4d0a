import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dequantised } from '../../client/values.ts'
import type { Levels } from '../core/colouring.ts'
import { type Codes, LevelLoops } from './level-loops.ts'
import { NumberBlocks } from './number-blocks.ts'
import { quantise } from './quantiser.ts'

const loops = new LevelLoops()
const { NaN: NOT_A_NUMBER, POSITIVE_INFINITY, NEGATIVE_INFINITY, MAX_VALUE } = Number

/** The codes of values, and what they stand for. */
function quantised(values: readonly number[], levels: Levels = 'auto', log = false, Kind = Uint8Array as CodesKind) {
  const codes = new Kind(values.length)
  const quantisation = quantise(new NumberBlocks(Float64Array.from(values), loops), { levels, log }, codes)
  const numbers = [...dequantised({ shape: [values.length], values: codes, quantisation })].map(Number)
  return { codes: [...codes], quantisation, numbers }
}

type CodesKind = new (length: number) => Codes
const KINDS: readonly CodesKind[] = [Uint8Array, Uint16Array]

describe('quantised values', () => {
  it('go from 1 to the largest code in equal steps, which the scale and the offset say', () => {
    expect(quantised([0, 127, 254])).toEqual({
      codes: [1, 128, 255],
      quantisation: { scale: 1, offset: -1, levels: { min: 0, max: 254 }, log: false },
      numbers: [0, 127, 254],
    })
    expect(quantised([0, 65_534], 'auto', false, Uint16Array)).toMatchObject({
      codes: [1, 65_535],
      quantisation: { scale: 1, offset: -1 },
    })
  })

  it('beyond the levels are the nearest one; what is no number is 0', () => {
    const values = [-1, 300, POSITIVE_INFINITY, NEGATIVE_INFINITY, NOT_A_NUMBER]
    for (const [i, kind] of KINDS.entries()) {
      const { codes, numbers } = quantised(values, { min: 0, max: 254 }, false, kind)
      expect(codes).toEqual([1, i ? 65_535 : 255, i ? 65_535 : 255, 1, 0])
      expect(numbers).toEqual([0, 254, 254, 0, NOT_A_NUMBER])
    }
  })

  it('have equal factors where the scale is logarithmic, and are 0 where there is no logarithm', () => {
    const { codes, numbers, quantisation } = quantised([1, 10, 100, 0, -5, POSITIVE_INFINITY], 'auto', true)
    expect(codes).toEqual([1, 128, 255, 0, 0, 255])
    for (const [i, number] of [1, 10, 100].entries()) expect(numbers[i]).toBeCloseTo(number)
    expect(quantisation).toMatchObject({ levels: { min: 1, max: 100 }, log: true })
    expect(quantised([0, -5], 'auto', true)).toMatchObject({ codes: [0, 0], quantisation: { scale: 0, offset: 0 } })
  })

  it('that are all the same are that, and none are none', () => {
    expect(quantised([7, 7])).toMatchObject({ codes: [1, 1], numbers: [7, 7] })
    expect(quantised([NOT_A_NUMBER]).numbers).toEqual([NOT_A_NUMBER])
    expect(quantised([]).codes).toEqual([])
  })

  it('are the same where they differ by less than steps can say', () => {
    for (const kind of KINDS)
      expect(quantised([0, 1e-310, 5e-324], 'auto', false, kind)).toMatchObject({
        codes: [1, 1, 1],
        numbers: [0, 0, 0],
      })
  })

  it('may be the largest that there are', () => {
    const { numbers, quantisation } = quantised([-MAX_VALUE, 0, MAX_VALUE])
    expect(
      Object.values(quantisation.levels).concat(quantisation.scale, quantisation.offset).every(Number.isFinite),
    ).toBe(true)
    expect(numbers[1]).toBeCloseTo(0)
  })

  it('are at most half a step from what they were, whatever the levels and however many there are', () => {
    const number = fc.double({ min: -1e9, max: 1e9, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 1, maxLength: 50 }),
        fc.option(fc.record({ min: number, span: fc.double({ min: 1e-3, max: 1e9, noNaN: true }) }), {
          nil: undefined,
        }),
        fc.constantFrom(...KINDS),
        (values, given, kind) => {
          const levels: Levels = given ? { min: given.min, max: given.min + given.span } : 'auto'
          const { numbers, quantisation } = quantised(values, levels, false, kind)
          const { min, max } = quantisation.levels
          // What a number of this size cannot say more exactly.
          const rounding = 1e-15 * Math.max(Math.abs(min), Math.abs(max))
          for (const [i, value] of values.entries()) {
            const within = Math.min(Math.max(value, min), max)
            expect(Math.abs((numbers[i] ?? 1e99) - within)).toBeLessThanOrEqual(quantisation.scale / 2 + 4 * rounding)
          }
        },
      ),
    )
  })

  it('are at most half a step of the logarithm from what they were', () => {
    const number = fc.double({ min: 1e-6, max: 1e12, noNaN: true })
    fc.assert(
      fc.property(fc.array(number, { minLength: 2, maxLength: 50 }), fc.constantFrom(...KINDS), (values, kind) => {
        const { numbers, quantisation } = quantised(values, 'auto', true, kind)
        for (const [i, value] of values.entries())
          expect(Math.abs(Math.log((numbers[i] ?? 1e99) / value))).toBeLessThanOrEqual(quantisation.scale / 2 + 1e-12)
      }),
    )
  })

  it('are of any block of any length', () => {
    const values = Float64Array.from({ length: 40_003 }, (_, i) => i % 255)
    for (const kind of KINDS) {
      const codes = new kind(values.length)
      const quantisation = quantise(new NumberBlocks(values), { levels: 'auto', log: false }, codes)
      const numbers = dequantised({ shape: [values.length], values: codes, quantisation })
      const most = quantisation.scale / 2 + 1e-9
      const wrong = values.findIndex((value, i) => Math.abs(value - Number(numbers[i])) > most)
      expect(wrong).toBe(-1)
    }
  })
})
