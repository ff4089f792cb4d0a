import { expect, it } from 'vitest'
import { checkName, isName, streamId } from './stream-name.ts'

it.each(['a', '工地/東 🦺', 'x'.repeat(200), '🦺'.repeat(200), 'a b', "O'Neil", '--IMG--', '../..'])(
  'the name %j is taken as it is',
  (name) => {
    expect(checkName('label', name)).toBe(name)
    expect(isName(name)).toBe(true)
  },
)

it.each([
  ['', /must not be empty/],
  ['   ', /must not be empty/],
  ['.', /must not be "\."/],
  ['..', /must not be "\.\."/],
  ['\u200b\u00ad ', /invisible/],
  ['x'.repeat(201), /at most 200 characters, this one has 201/],
  ['a\nb', /control characters/],
  ['a\0b', /control characters/],
  ['a\u2028b', /control characters/],
  ['half \ud83d', /control characters/],
  [undefined, /a text is required/],
  [7, /a text is required/],
])('the name %j is refused, and the sentence names the field', (name, reason) => {
  expect(() => checkName('key', name)).toThrow(reason)
  expect(() => checkName('key', name)).toThrow(/^key: /)
  expect(isName(name)).toBe(false)
})

it('names that differ by normalisation alone are one', () => {
  expect(checkName('label', 'Bu\u0308hne')).toBe('B\u00fchne')
})

it('no two streams share an id', () => {
  expect(streamId({ label: 'a', key: 'b/c' })).not.toBe(streamId({ label: 'a/b', key: 'c' }))
})
