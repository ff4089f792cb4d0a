import { expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { LogLimit } from './log-limit.ts'

it('logs each kind at most once in a period, a second by default, and how many it has left out', () => {
  const clock = new ManualClock()
  const lines: [object, string][] = []
  const log = { error() {}, info() {}, warn: (fields: object, sentence: string) => lines.push([fields, sentence]) }
  const limit = new LogLimit({ clock, log })
  for (let i = 0; i < 5; i++) limit.warn('full', { i }, 'Redis is full')
  limit.warn('garbage', {}, 'an entry is garbage')
  clock.advance(1000)
  limit.warn('full', { i: 5 }, 'Redis is full')
  expect(lines).toEqual([
    [{ i: 0 }, 'Redis is full'],
    [{}, 'an entry is garbage'],
    [{ i: 5, unlogged: 4 }, 'Redis is full'],
  ])
})
