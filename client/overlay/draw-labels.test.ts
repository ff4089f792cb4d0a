import { describe, expect, it } from 'vitest'
import { placeChip } from './draw-labels.ts'

const FIT = { x: 100, y: 0, width: 400, height: 300 }
const BOX = { left: 200, top: 100, width: 50, height: 80 }

describe('placeChip', () => {
  it('puts a label over its box', () => {
    expect(placeChip(BOX, 60, 18, 2, FIT, [])).toEqual({ left: 200, top: 80, width: 60, height: 18 })
  })

  it('puts it beside the box at the upper edge of the picture, and never beside the picture', () => {
    expect(placeChip({ ...BOX, top: 5 }, 60, 18, 2, FIT, [])).toMatchObject({ left: 252, top: 5 })
    expect(placeChip({ left: 100, top: 0, width: 400, height: 300 }, 60, 18, 2, FIT, [])).toMatchObject({ top: 2 })
    expect(placeChip({ ...BOX, left: 480 }, 60, 18, 2, FIT, [])).toMatchObject({ left: 440 })
    expect(placeChip({ ...BOX, left: 90 }, 60, 18, 2, FIT, [])).toMatchObject({ left: 100 })
  })

  it('takes the next free place, and none if all are taken', () => {
    const first = placeChip(BOX, 60, 18, 2, FIT, [])
    const second = placeChip(BOX, 60, 18, 2, FIT, first ? [first] : [])
    expect(second).toMatchObject({ left: 252, top: 100 })
    expect(placeChip(BOX, 60, 18, 2, FIT, [{ left: 0, top: 0, width: 600, height: 300 }])).toBeUndefined()
  })

  it('writes nothing for a box outside of the picture', () => {
    expect(placeChip({ ...BOX, left: 600 }, 60, 18, 2, FIT, [])).toBeUndefined()
  })
})
