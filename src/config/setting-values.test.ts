import { expect, it } from 'vitest'
import { didYouMean, valueOfText } from './setting-values.ts'

it.each([
  ['integer', ' 12 ', 12],
  ['number', '-1.5', -1.5],
  ['integer', '0x10', '0x10'],
  ['integer', '', ''],
  ['boolean', 'true', true],
  ['boolean', '1', true],
  ['boolean', 'false', false],
  ['boolean', '0', false],
  ['boolean', 'yes', 'yes'],
  ['array', 'a, b,', ['a', 'b']],
  ['array', '["a", "b"]', ['a', 'b']],
  ['array', '["a"', '["a"'],
  ['string', ' 12 ', ' 12 '],
])('as %s the text "%s" stands for %j', (type, text, value) => {
  expect(valueOfText(text, { type })).toEqual(value)
})

it('a name far from every other is like none of them', () => {
  expect(didYouMean('hsot', ['host', 'port'])).toBe('. Did you mean host?')
  expect(didYouMean('elephant', ['host', 'port'])).toBe('.')
})
