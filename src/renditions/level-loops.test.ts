import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { isUpToDate } from '../../test/support/web-assembly.ts'
import { LevelLoops } from './level-loops.ts'

const loops = new LevelLoops()
const NOTHING = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }

/** Numbers of any size, NaN and the infinities among them, rarely as many as a whole vector. */
const numbers = fc.array(fc.oneof(fc.double(), fc.double({ min: -300, max: 300 })), { maxLength: 40 })

test('level-loops.wasm is what node test/support/web-assembly.ts makes of level-loops.wat', async () => {
  expect(await isUpToDate('levelLoops')).toBe(true)
})

describe('the loops over a block', () => {
  it('find the smallest and the largest number that count, of any numbers', () => {
    fc.assert(
      fc.property(numbers, fc.constantFrom(Number.NEGATIVE_INFINITY, 0, 10), (all, floor) => {
        // What an earlier block left behind does not count.
        loops.block.fill(1e9)
        loops.block.set(all)
        const { min, max } = loops.extent(all.length, floor, { min: Number.POSITIVE_INFINITY, max: floor })
        expect(min).toEqual(Math.min(...all.filter((each) => each > floor)))
        expect(max).toEqual(Math.max(floor, ...all.filter((each) => each < Number.POSITIVE_INFINITY)))
      }),
    )
  })

  it('go on from what other blocks have', () => {
    loops.block.set([5, 6])
    expect(loops.extent(2, Number.NEGATIVE_INFINITY, { min: 1, max: 9 })).toEqual({ min: 1, max: 9 })
    expect(loops.extent(0, Number.NEGATIVE_INFINITY, NOTHING)).toEqual(NOTHING)
  })

  it('draw each number as the nearest level', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: -300, max: 300, noNaN: true }), (all, from) => {
        loops.block.set(all)
        const levels = Array.from(loops.paint(all.length, from, 0.7), (pixel) => pixel & 255)
        const due = all.map((each) => Math.floor(Math.min(Math.max((each - from) * 0.7 + 0.5 || 0, 0), 255)))
        expect(levels).toEqual(due)
      }),
    )
  })
})
