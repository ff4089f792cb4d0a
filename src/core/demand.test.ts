import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DemandTally, isSameDemand, largestWish, NO_DEMAND, type Wish } from './demand.ts'

const wish = fc.record({
  maxFps: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
  width: fc.option(fc.constantFrom(320, 640, 1280), { nil: undefined }),
})

describe('a demand', () => {
  it('is the largest of the wishes of those who are there, however they came and went', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ wish, leaves: fc.boolean() })), (viewers) => {
        const tally = new DemandTally()
        for (const viewer of viewers) tally.add(viewer.wish)
        for (const viewer of viewers) if (viewer.leaves) tally.remove(viewer.wish)
        const left: Wish[] = viewers.filter(({ leaves }) => !leaves).map((viewer) => viewer.wish)
        const { maxFps, width } = largestWish(left)
        expect(tally.demand).toEqual(left.length === 0 ? NO_DEMAND : { viewers: left.length, maxFps, maxWidth: width })
      }),
    )
  })

  it('is the same work for one viewer and for many, and none for nobody', () => {
    expect(
      isSameDemand({ viewers: 1, maxFps: 5, maxWidth: undefined }, { viewers: 9, maxFps: 5, maxWidth: undefined }),
    ).toBe(true)
    expect(isSameDemand({ viewers: 1, maxFps: 5, maxWidth: 320 }, { viewers: 1, maxFps: 5, maxWidth: undefined })).toBe(
      false,
    )
    expect(isSameDemand(NO_DEMAND, { viewers: 1, maxFps: undefined, maxWidth: undefined })).toBe(false)
  })
})
