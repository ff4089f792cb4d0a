import { describe, expect, it } from 'vitest'
import { readAnnotations } from './annotation-fields.ts'

const LIMITS = { maxTextBytes: 1000, maxValues: 150 }

describe('annotations', () => {
  it('are none where the sender gave none, whatever it left empty', () => {
    expect(readAnnotations({}, LIMITS)).toBeUndefined()
    expect(
      readAnnotations({ warnings_json: '', width: '0', height: 0, detection_items_json: null }, LIMITS),
    ).toBeUndefined()
  })

  it('are the texts to the letter, and values as their JSON', () => {
    expect(
      readAnnotations({ warnings_json: '{ "a" : 1 }', detection_items_json: [[1, 2]], width: '640' }, LIMITS),
    ).toEqual({
      warnings: '{ "a" : 1 }',
      cone_polygons: '',
      pole_polygons: '',
      detection_items: '[[1,2]]',
      width: 640,
      height: 0,
    })
  })

  it.each(['No warning', '無警告', 'Too close\nNo hardhat', '{"a": {"count": NaN}}', '[[NaN, 1], [2', '\u0000'])(
    'are kept where they are no JSON: %j',
    (text) => {
      const fields = { warnings_json: text, cone_polygons_json: text, detection_items_json: text }
      expect(readAnnotations(fields, LIMITS)).toMatchObject({
        warnings: text,
        cone_polygons: text,
        detection_items: text,
      })
    },
  )

  it.each([
    [{ cone_polygons_json: '['.repeat(120) + ']'.repeat(120) }, /cone_polygons_json: nests deeper than 100/],
    [{ width: '-1' }, /width: a number from 0/],
    [{ warnings_json: `"${'x'.repeat(1000)}"` }, 'warnings_json: at most 1000 bytes (frames.metadata_bytes)'],
    [{ detection_items_json: ['x'.repeat(1000)] }, 'detection_items_json: at most 1000 bytes (frames.metadata_bytes)'],
    [{ detection_items_json: Array(150).fill(1) }, 'detection_items_json: at most 150 values (frames.metadata_values)'],
    [{ height: 1e7 }, /height: a number from 0/],
  ])('refuse what is none: %j', (fields, sentence) => {
    expect(() => readAnnotations(fields, LIMITS)).toThrow(sentence)
  })
})
