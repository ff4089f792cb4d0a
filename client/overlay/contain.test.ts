import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contain } from './contain.ts'

describe('contain', () => {
  it('leaves bars beside a picture that is taller than its place, and above one that is wider', () => {
    expect(contain({ width: 1000, height: 500 }, { width: 400, height: 400 })).toEqual({
      x: 250,
      y: 0,
      width: 500,
      height: 500,
    })
    expect(contain({ width: 500, height: 1000 }, { width: 800, height: 400 })).toEqual({
      x: 0,
      y: 375,
      width: 500,
      height: 250,
    })
  })

  it('stays inside on whole pixels, touches two sides and keeps the shape to a pixel', () => {
    const length = fc.integer({ min: 1, max: 5000 })
    fc.assert(
      fc.property(length, length, length, length, (width, height, innerWidth, innerHeight) => {
        const fit = contain({ width, height }, { width: innerWidth, height: innerHeight })
        for (const value of Object.values(fit)) expect(Number.isInteger(value)).toBe(true)
        expect(fit.x).toBeGreaterThanOrEqual(0)
        expect(fit.y).toBeGreaterThanOrEqual(0)
        expect(fit.x + fit.width).toBeLessThanOrEqual(width)
        expect(fit.y + fit.height).toBeLessThanOrEqual(height)
        expect(fit.width === width || fit.height === height).toBe(true)
        const scale = Math.min(width / innerWidth, height / innerHeight)
        expect(Math.abs(fit.width - innerWidth * scale)).toBeLessThanOrEqual(1)
        expect(Math.abs(fit.height - innerHeight * scale)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('is nothing where there is no place or no picture', () => {
    const nothing = { x: 0, y: 0, width: 0, height: 0 }
    expect(contain({ width: 0, height: 100 }, { width: 10, height: 10 })).toEqual(nothing)
    expect(contain({ width: 100, height: 100 }, { width: 10, height: 0 })).toEqual(nothing)
  })
})
