import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MAX_DECISIONS, matchesAny, PatternList } from './pattern-list.ts'
import { matchesWildcard } from './wildcard.ts'

it('matches what one of its patterns matches, the first time and again', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '🐱', '*', '?', '\ud83d', '\udc31'), maxLength: 6 })
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), fc.array(text), (patterns, texts) => {
      const list = new PatternList(patterns)
      for (const each of [...texts, ...texts]) {
        const expected = patterns.some((pattern) => matchesWildcard(pattern, each))
        expect([list.matches(each), matchesAny(patterns, each)]).toEqual([expected, expected])
      }
    }),
    { numRuns: 1000 },
  )
})

it('decides rightly about more texts than it remembers', () => {
  const list = new PatternList(['site-*7', 'door'])
  for (let round = 0; round < 2; round++)
    for (let i = 0; i < MAX_DECISIONS + 100; i++) expect(list.matches(`site-${i}`)).toBe(i % 10 === 7)
  expect([list.matches('door'), list.matches('doors')]).toEqual([true, false])
})
