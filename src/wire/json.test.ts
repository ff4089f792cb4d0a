import { expect, it } from 'vitest'
import { checkDepth, isJsonObject, jsonOrText, parseJson } from './json.ts'

it('a text is read as JSON, or is itself', () => {
  expect([jsonOrText('{"a":[1]}'), jsonOrText('no vest')]).toEqual([{ a: [1] }, 'no vest'])
})

it('what is no JSON is refused with a sentence that names the field', () => {
  expect(parseJson('metadata_json', '{"a":1}', 1)).toEqual({ a: 1 })
  expect(() => parseJson('metadata_json', '{', 1)).toThrow(/^metadata_json: is not JSON \(.+\)$/)
})

it('a value may nest so deep and no deeper', () => {
  expect(() => checkDepth('body', [{ a: 1 }], 2)).not.toThrow()
  expect(() => checkDepth('body', [{ a: [] }], 2)).toThrow('body: nests deeper than 2 levels')
  expect(() => checkDepth('body', 'text', 0)).not.toThrow()
  expect(() => parseJson('body', '['.repeat(100_000) + ']'.repeat(100_000), 100)).toThrow(
    'nests deeper than 100 levels',
  )
})

it('an object is neither a list nor null', () => {
  expect([{}, [], null, 'a', 1].map(isJsonObject)).toEqual([true, false, false, false, false])
})
