import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contain } from './contain.ts'
import { cover, visiblePart } from './cover.ts'

const length = fc.integer({ min: 1, max: 5000 })
const size = fc.record({ width: length, height: length })

describe('cover', () => {
  it('fills the container, and shows the middle of what does not fit', () => {
    expect(cover({ width: 100, height: 100 }, { width: 400, height: 200 })).toEqual({
      x: -50,
      y: 0,
      width: 200,
      height: 100,
    })
    expect(cover({ width: 100, height: 100 }, { width: 100, height: 300 })).toEqual({
      x: 0,
      y: -100,
      width: 100,
      height: 300,
    })
  })

  it('leaves no pixel of the container empty, whatever the sizes', () => {
    fc.assert(
      fc.property(size, size, (outer, inner) => {
        expect(visiblePart(cover(outer, inner), outer)).toEqual({ x: 0, y: 0, ...outer })
      }),
    )
  })

  it('has no area without one', () => {
    expect(cover({ width: 0, height: 5 }, { width: 5, height: 5 })).toEqual({ x: 0, y: 0, width: 0, height: 0 })
  })
})

describe('the visible part', () => {
  it('is all of a picture that is contained', () => {
    fc.assert(
      fc.property(size, size, (outer, inner) => {
        const fit = contain(outer, inner)
        expect(visiblePart(fit, outer)).toEqual(fit)
      }),
    )
  })
})
