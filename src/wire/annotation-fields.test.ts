import { describe, expect, it } from 'vitest'
import { readAnnotations } from './annotation-fields.ts'

describe('annotations', () => {
  it('are none where the sender gave none, whatever it left empty', () => {
    expect(readAnnotations({})).toBeUndefined()
    expect(readAnnotations({ warnings_json: '', width: '0', height: 0, detection_items_json: null })).toBeUndefined()
  })

  it('are the texts to the letter, and values as their JSON', () => {
    expect(readAnnotations({ warnings_json: '{ "a" : 1 }', detection_items_json: [[1, 2]], width: '640' })).toEqual({
      warnings: '{ "a" : 1 }',
      cone_polygons: '',
      pole_polygons: '',
      detection_items: '[[1,2]]',
      width: 640,
      height: 0,
    })
  })

  it.each([
    [{ warnings_json: '{' }, /warnings_json: is not JSON/],
    [{ cone_polygons_json: '['.repeat(200) + ']'.repeat(200) }, /cone_polygons_json: nests deeper than 100/],
    [{ width: '-1' }, /width: an integer from 0/],
    [{ height: 1.5 }, /height: an integer from 0/],
  ])('refuse what is none: %j', (fields, sentence) => {
    expect(() => readAnnotations(fields)).toThrow(sentence)
  })
})
