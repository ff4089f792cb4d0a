import { expect, it } from 'vitest'
import { fitsWildcard } from './wildcard.ts'

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
])('%j on %j is %s', (pattern, text, fits) => {
  expect(fitsWildcard(pattern, text)).toBe(fits)
})

it('takes no long time for many stars', () => {
  expect(fitsWildcard(`${'*a'.repeat(50)}b`, 'a'.repeat(200))).toBe(false)
})
