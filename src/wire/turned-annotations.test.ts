import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exifOf, jpeg, withExif } from '../../test/support/pictures.ts'
import { NO_ANNOTATIONS } from './annotation-fields.ts'
import { readPicture } from './picture.ts'
import { placedIn, turnedAnnotations } from './turned-annotations.ts'

const STORED = { width: 320, height: 240 }

function turned(orientation: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8, size = STORED) {
  const detection_items = '[[30,40,110,100,0.9,5]]'
  const annotations = { ...NO_ANNOTATIONS, detection_items, ...size }
  return turnedAnnotations(placedIn(annotations, STORED, orientation) ?? annotations)
}

describe('coordinates that come with a picture', () => {
  it('are of the turned one, unless the size that the sender gives is that of the stored one', () => {
    const asSent = '[[30,40,110,100,0.9,5]]'
    for (const size of [
      { width: 0, height: 0 },
      { width: 240, height: 320 },
      { width: 640, height: 480 },
    ])
      expect(turned(6, size)).toMatchObject({ detection_items: asSent, ...size })
    // Upside down it has the same size: nobody knows, and most detectors turn.
    for (const orientation of [1, 2, 3, 4] as const)
      expect(turned(orientation)).toMatchObject({ detection_items: asSent, ...STORED })
    const size = { width: 240, height: 320 }
    expect(turned(5)).toMatchObject({ detection_items: '[[40,30,100,110,0.9,5]]', ...size })
    expect(turned(6)).toMatchObject({ detection_items: '[[140,30,200,110,0.9,5]]', ...size })
    expect(turned(7)).toMatchObject({ detection_items: '[[140,210,200,290,0.9,5]]', ...size })
    expect(turned(8)).toMatchObject({ detection_items: '[[40,210,100,290,0.9,5]]', ...size })
  })

  it('are turned in polygons too; what is no coordinate stays, and so does what cannot be read', () => {
    const cone_polygons = '[[[0,0],[320,0],[320,240,7]],"?",[[1],2]]'
    const annotations = { ...NO_ANNOTATIONS, cone_polygons, pole_polygons: 'poles', detection_items: '[[1,2],3]' }
    const { payload, orientation } = readPicture(withExif(jpeg(320, 240), 'image/jpeg', exifOf(6)), { maxPixels: 1e6 })
    const placed = placedIn({ ...annotations, ...STORED }, payload, orientation)
    expect(placed && turnedAnnotations(placed)).toEqual({
      ...annotations,
      cone_polygons: '[[[240,0],[240,320],[0,320,7]],"?",[[1],2]]',
      ...{ width: 240, height: 320 },
    })
  })

  it('leave all that is beside them as it was sent, to the digit', () => {
    const items =
      '[ [30, 40.5, 110, 100, 1e400, {"id": 1610521604143693812, "at": [1.0, -0]}, "a,]"], [1e400,0,1,1], [ ], 1.0 ]'
    const annotations = { ...NO_ANNOTATIONS, detection_items: items, cone_polygons: ' [ ] ', ...STORED }
    expect(turnedAnnotations({ ...annotations, orientation: 6 })).toMatchObject({
      cone_polygons: '[]',
      detection_items:
        '[[140,30,199.5,110,1e400,{"id": 1610521604143693812, "at": [1.0, -0]},"a,]"],[1e400,0,1,1],[ ],1.0]',
    })
  })

  it('are those that a list has after it is parsed, whatever else is in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', ' ', '\n '), (value, space) => {
        const text = JSON.stringify(value, undefined, space)
        const items = turnedAnnotations({ ...NO_ANNOTATIONS, detection_items: text, ...STORED, orientation: 6 })
        const parsed: unknown = JSON.parse(items.detection_items)
        // What has no four numbers at its beginning is as it was.
        const isBox = (each: unknown) => Array.isArray(each) && each.length >= 4
        if (!Array.isArray(value) || !value.some(isBox)) expect(parsed).toEqual(JSON.parse(text))
      }),
    )
  })
})
