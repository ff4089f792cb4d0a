import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layOut } from './wall-layout.ts'
import { DENSITIES } from './wall-settings.ts'

const room = { width: 1440, height: 852, aspect: 16 / 9, gap: 4, headHeight: 0 }

describe('layOut', () => {
  it.each([
    [1, 1],
    [2, 2],
    [4, 2],
    [9, 3],
    [16, 4],
  ])('places %i pictures in %i columns on a laptop, all of them on the screen', (tiles, columns) => {
    const layout = layOut({ ...room, sections: [tiles] }, 'auto')
    expect(layout.columns).toBe(columns)
    expect(heightOf(layout, tiles)).toBeLessThanOrEqual(room.height)
  })

  it('lets one scroll rather than make pictures too small to be seen', () => {
    const { tileWidth } = layOut({ ...room, sections: [200] }, 'auto')
    expect(tileWidth).toBeGreaterThanOrEqual(240)
  })

  it('gives a telephone one picture across', () => {
    expect(layOut({ ...room, width: 390, height: 790, sections: [9] }, 'auto')).toEqual({ columns: 1, tileWidth: 390 })
  })

  it('makes pictures smaller from large to small, whatever the room', () => {
    const widths = (['large', 'medium', 'small'] as const).map((d) => layOut({ ...room, sections: [30] }, d).tileWidth)
    expect(widths).toEqual([...widths].sort((a, b) => b - a))
  })

  it('never goes beyond the room to the side', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8000 }),
        fc.integer({ min: 0, max: 5000 }),
        fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 20 }),
        fc.constantFrom(...DENSITIES),
        (width, height, sections, density) => {
          const { columns, tileWidth } = layOut({ ...room, width, height, sections }, density)
          expect(columns).toBeGreaterThanOrEqual(1)
          expect(tileWidth).toBeGreaterThanOrEqual(1)
          expect(columns * tileWidth + (columns - 1) * room.gap).toBeLessThanOrEqual(Math.max(width, 1))
        },
      ),
    )
  })
})

function heightOf({ columns, tileWidth }: { columns: number; tileWidth: number }, tiles: number): number {
  const rows = Math.ceil(tiles / columns)
  return rows * Math.floor(tileWidth / room.aspect) + (rows - 1) * room.gap
}
