import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { profilePath } from './profile-path.ts'

const BOX = { width: 100, height: 20 }

describe('profilePath', () => {
  it('draws each value, the largest at the top, and leaves out what is missing', () => {
    expect(profilePath([0, 10, 5], BOX)).toBe('M0 20L50 0L100 10')
    expect(profilePath([0, null, 10, 0], BOX)).toBe('M0 20M66.7 0L100 20')
  })

  it('shows a peak of one value among thousands', () => {
    const values = Array.from({ length: 5000 }, (_, i) => (i === 2525 ? 1 : 0))
    expect(profilePath(values, BOX)).toContain('L50.5 20L50.5 0L51.5 20')
  })

  it('draws a line in the middle if all values are the same', () => {
    expect(profilePath([3, 3], BOX)).toBe('M0 10L100 10')
  })

  it('tells the smallest and the largest numbers apart', () => {
    expect(profilePath([-Number.MIN_VALUE, 0], BOX)).toBe('M0 20L100 0')
    expect(profilePath([-5.4e-323, -6e-323], BOX)).toBe('M0 0L100 20')
    expect(profilePath([-Number.MAX_VALUE, Number.MAX_VALUE, 0], BOX)).toBe('M0 20L50 0L100 10')
  })

  it('stays within its box and short, whatever the values are', () => {
    const value = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }))
    fc.assert(
      fc.property(fc.array(value, { maxLength: 400 }), (values) => {
        const points = profilePath(values, BOX).match(/[ML][^ML]+/g) ?? []
        expect(points.length).toBeLessThanOrEqual(2 * BOX.width)
        for (const point of points) {
          const [x = Number.NaN, y = Number.NaN] = point.slice(1).split(' ').map(Number)
          expect(x >= 0 && x <= BOX.width && y >= 0 && y <= BOX.height).toBe(true)
        }
      }),
    )
  })
})
