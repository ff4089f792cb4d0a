import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Demand, DemandTally, isSameDemand, largestDemand, NO_DEMAND, type ViewerDemand } from './demand.ts'

const demand = fc.record({
  kinds: fc.uniqueArray(fc.constantFrom('image' as const, 'packed-array' as const, 'raw-array' as const)),
  maxFps: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
  width: fc.option(fc.constantFrom(320, 640, 1280), { nil: undefined }),
})

describe('a demand', () => {
  it('is the largest of the demands of those who are there, however they came and went', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ demand, leaves: fc.boolean() })), (viewers) => {
        const tally = new DemandTally()
        for (const viewer of viewers) tally.add(viewer.demand)
        for (const viewer of viewers) if (viewer.leaves) tally.remove(viewer.demand)
        const left: ViewerDemand[] = viewers.filter(({ leaves }) => !leaves).map((viewer) => viewer.demand)
        const { maxFps, width } = largestDemand(left)
        const kinds = [...new Set(left.flatMap((each) => each.kinds ?? []))].sort()
        const all = { viewers: left.length, maxFps, maxWidth: width, kinds }
        expect(tally.demand).toEqual(left.length === 0 ? NO_DEMAND : all)
      }),
    )
  })

  it('of several watches of which one wants values is for values, unless that one wants no frames', () => {
    expect(largestDemand([{ width: 320 }, { values: 'native' }]).values).toBe('native')
    expect(largestDemand([{ width: 320 }, { values: 'native', maxFps: 0 }])).not.toHaveProperty('values')
  })

  it('of several watches that want values is for the most exact ones, compressed as the last one says', () => {
    expect(largestDemand([{ values: 'u16' }, { values: 'u8' }])).not.toHaveProperty('compression')
    const packed = { values: 'u8', compression: 'bitshuffle_lz4' } as const
    expect(largestDemand([packed, { values: 'f32' }])).toMatchObject({ ...packed, values: 'f32' })
    expect(largestDemand([packed, { values: 'u16', compression: 'none' }])).toMatchObject({
      values: 'u16',
      compression: 'none',
    })
  })

  it('of several watches with the same quality is that quality, and otherwise of the largest width, or the original', () => {
    expect(largestDemand([{ quality: 'low' }, { quality: 'low', onlyJpeg: true }])).toMatchObject({
      quality: 'low',
      onlyJpeg: true,
    })
    expect(largestDemand([{ quality: 'low' }, { quality: 'high' }])).toEqual({ maxFps: undefined, width: undefined })
    expect(largestDemand([{ quality: 'low' }, { width: 320 }])).toEqual({ maxFps: undefined, width: undefined })
    expect(largestDemand([{ width: 640 }, { width: 320 }])).toEqual({ maxFps: undefined, width: 640 })
  })

  it('has the colours of the last watch that has any', () => {
    const [gray, jet] = [{ colouring: { colormap: 'gray' } }, { colouring: { colormap: 'jet' } }] as const
    expect(largestDemand([gray, jet, {}])).toMatchObject(jet)
    expect(largestDemand([jet, { ...gray, maxFps: 0 }])).toMatchObject(jet)
    expect(largestDemand([{}, {}])).not.toHaveProperty('colouring')
  })

  it('does not grow to the original because somebody also watches for state changes only', () => {
    const tile = { maxFps: 15, width: 320 }
    expect(largestDemand([{ maxFps: 0 }, tile])).toEqual(tile)
    expect(largestDemand([tile, { maxFps: 0 }])).toEqual(tile)
    expect(largestDemand([{ maxFps: 0 }, { maxFps: 0, width: 320 }]).maxFps).toBe(0)
  })

  it('of one who stands for many counts as theirs', () => {
    const tally = new DemandTally()
    tally.add({ viewers: 7, width: 320 })
    tally.add({})
    expect(tally.demand.viewers).toBe(8)
    tally.remove({ viewers: 7, width: 320 })
    expect(tally.demand.viewers).toBe(1)
  })

  it('is the same work for one viewer and for many, and none for nobody', () => {
    const one: Demand = { viewers: 1, maxFps: 5, maxWidth: undefined, kinds: ['image'] }
    expect(isSameDemand(one, { ...one, viewers: 9 })).toBe(true)
    expect(isSameDemand(one, { ...one, maxWidth: 320 })).toBe(false)
    expect(isSameDemand(one, { ...one, kinds: ['image', 'raw-array'] })).toBe(false)
    expect(isSameDemand(NO_DEMAND, one)).toBe(false)
  })
})
