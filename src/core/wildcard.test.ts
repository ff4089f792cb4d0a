import fc from 'fast-check'
import { expect, it } from 'vitest'
import { matchesWildcard } from './wildcard.ts'

it.each([
  ['*test*', 'my-test-site', true],
  ['*test*', 'my-Test-site', false],
  ['*test*', 'tes', false],
  ['site?', 'site1', true],
  ['site?', 'site', false],
  ['*', '', true],
  ['a*b*c', 'a--b--b-c', true],
  ['a*b*c', 'a--c--b', false],
  ['工*', '工地/1', true],
  ['', '', true],
  ['a.c', 'abc', false],
  ['a?c', 'a🐱c', true],
  ['a??c', 'a🐱c', false],
  ['*?', '🐱', true],
  ['*??', '🐱', false],
  ['*🐱', '🐶🐱', true],
  ['*🐱', '🐱🐶', false],
])('%j on %j is %s', (pattern, text, fits) => {
  expect(matchesWildcard(pattern, text)).toBe(fits)
})

it('gives what a regular expression does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '🐱', '🐶', '*', '?', '\ud83d', '\udc31'), maxLength: 8 })
  fc.assert(
    fc.property(text, text, (pattern, given) => {
      const source = [...pattern].map((each) => ({ '*': '.*', '?': '.' })[each] ?? each).join('')
      expect(matchesWildcard(pattern, given)).toBe(new RegExp(`^${source}$`, 'su').test(given))
    }),
    { numRuns: 1000 },
  )
})

it('takes no long time for many stars', () => {
  expect(matchesWildcard(`${'*a'.repeat(50)}b`, 'a'.repeat(200))).toBe(false)
})
