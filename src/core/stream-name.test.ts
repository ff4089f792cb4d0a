import fc from 'fast-check'
import { expect, it } from 'vitest'
import { collectGarbage } from '../../test/support/garbage.ts'
import { checkName, isName, isSameName, matches, nameId, streamId } from './stream-name.ts'

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
  ['.\u200b.', /must not be "\.\."/],
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

it.each([
  ['normalisation', 'Bu\u0308hne', 'B\u00fchne'],
  ['characters that nobody sees', 'c\u200da\ufe0fm\u00ad', 'cam'],
  ['both', 'e\u200b\u0301', '\u00e9'],
  ['space at their ends', ' cam\u3000', 'cam'],
])('names that differ by %s alone are one, and stay as they were sent', (_what, one, other) => {
  expect(checkName('label', one)).toBe(one)
  expect(nameId(one)).toBe(other)
  expect(nameId(other)).toBe(other)
  expect(isSameName(one, other)).toBe(true)
  expect(streamId({ label: one, key: other })).toBe(streamId({ label: other, key: one }))
  expect(matches({ label: one }, { label: other, key: 'x' })).toBe(true)
})

it.each([
  ['a b', 'ab'],
  ['Cam', 'cam'],
  ['cam 1', 'cam 01'],
  ['①', '1'],
  ['ﬁ', 'fi'],
])('%j and %j are two', (one, other) => {
  expect(isSameName(one, other)).toBe(false)
})

it('the id of a name is that of its id', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (name) => nameId(nameId(name)) === nameId(name)))
})

it('no two streams share an id', () => {
  expect(streamId({ label: 'a', key: 'b/c' })).not.toBe(streamId({ label: 'a/b', key: 'c' }))
})

it('long names that strangers give are known by the same, and are not kept in memory', async () => {
  await collectGarbage()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 12; i++)
    expect(nameId(`${i}\u00ad${'e'.repeat(500_000)} `)).toHaveLength(String(i).length + 500_000)
  await collectGarbage()
  // Kept, they would be 6 MB at least.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(4_000_000)
})
