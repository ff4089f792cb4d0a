import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shapesOf } from './shapes.ts'

const SIZE = { width: 640, height: 480 }
const NAMES = ['Hardhat', 'Mask', 'NO-Hardhat']

describe('shapesOf', () => {
  it('reads polygons and boxes, areas under boxes', () => {
    const { shapes, unread, size } = shapesOf(
      {
        detection_items: [
          [10, 20, 30, 40, 0.9, 2],
          [1, 2, 3, 4, 0.5, 'Robot'],
        ],
        cone_polygons: [
          [
            [0, 0],
            [10, 0],
            [10, 10],
          ],
        ],
        pole_polygons: [
          [
            [1, 1],
            [2, 1],
            [2, 2],
            [1, 2],
          ],
        ],
      },
      SIZE,
      NAMES,
    )
    expect(shapes.map(({ kind }) => kind)).toEqual(['cones', 'poles', 'boxes', 'boxes'])
    expect(shapes[2]).toEqual({ kind: 'boxes', class: 'NO-Hardhat', confidence: 0.9, x1: 10, y1: 20, x2: 30, y2: 40 })
    expect(shapes[3]).toMatchObject({ class: 'Robot' })
    expect(unread).toEqual([])
    expect(size).toEqual(SIZE)
  })

  it('takes the size that the annotations name, and the picture’s without one', () => {
    expect(shapesOf({ width: 1920, height: 1080 }, SIZE, NAMES).size).toEqual({ width: 1920, height: 1080 })
    expect(shapesOf({ width: 0, height: 0 }, SIZE, NAMES).size).toEqual(SIZE)
    expect(shapesOf(undefined, SIZE, NAMES)).toEqual({ size: SIZE, shapes: [], unread: [] })
  })

  it('calls a class whose number has no name by its number', () => {
    const { shapes } = shapesOf({ detection_items: [[0, 0, 1, 1, 1, 12]] }, SIZE, NAMES)
    expect(shapes[0]).toMatchObject({ class: 'class 12' })
  })

  it('turns a box right that was given from another corner', () => {
    const { shapes } = shapesOf({ detection_items: [[30, 40, 10, 20, null, 0]] }, SIZE, NAMES)
    expect(shapes[0]).toMatchObject({ x1: 10, y1: 20, x2: 30, y2: 40, confidence: undefined })
  })

  it('keeps as text what it cannot read, and draws the rest', () => {
    const { shapes, unread } = shapesOf(
      { detection_items: [[0, 0, 1, 1, 1, 0], 'who?', [1, 2]], cone_polygons: 'three cones', pole_polygons: { a: 1 } },
      SIZE,
      NAMES,
    )
    expect(shapes).toHaveLength(1)
    expect(unread).toEqual([
      { field: 'cone_polygons', text: 'three cones' },
      { field: 'pole_polygons', text: '{"a":1}' },
      { field: 'detection_items', text: '["who?",[1,2]]' },
    ])
  })

  it('says nothing of empty fields', () => {
    const empty = { detection_items: '', cone_polygons: [], pole_polygons: null }
    expect(shapesOf(empty, SIZE, NAMES)).toMatchObject({ shapes: [], unread: [] })
    expect(shapesOf({ detection_items: {} }, SIZE, NAMES)).toMatchObject({ shapes: [], unread: [] })
  })

  it('never throws and drops nothing, whatever JSON comes', () => {
    const json = fc.jsonValue()
    const numbers = fc.array(fc.array(fc.oneof(fc.double(), fc.constant(null), fc.string()), { maxLength: 8 }))
    fc.assert(
      fc.property(fc.oneof(json, numbers), json, (items, polygons) => {
        // Through JSON as in the protocol, which has no NaN, no Infinity and no hidden properties.
        const [detection_items, cone_polygons] = JSON.parse(JSON.stringify([items, polygons]))
        const { shapes, unread } = shapesOf({ detection_items, cone_polygons }, SIZE, NAMES)
        for (const shape of shapes) {
          const places = shape.kind === 'boxes' ? [shape.x1, shape.y1, shape.x2, shape.y2] : shape.points.flat()
          expect(places.every(Number.isFinite)).toBe(true)
        }
        if (Array.isArray(detection_items)) {
          const left = unread.find(({ field }) => field === 'detection_items')
          const texts: unknown = left ? JSON.parse(left.text) : []
          const boxes = shapes.filter(({ kind }) => kind === 'boxes')
          expect(Array.isArray(texts) && texts.length + boxes.length).toBe(detection_items.length)
        }
      }),
    )
  })
})
