import { describe, expect, it } from 'vitest'
import { inWords, moment } from './times.ts'

describe('inWords', () => {
  it.each([
    [-20, '0.0 s'],
    [149, '0.1 s'],
    [9_940, '9.9 s'],
    [9_960, '9 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [7_199_000, '1 h'],
    [172_800_000, '2 d'],
  ])('says %i ms as %s', (ms, words) => {
    expect(inWords(ms)).toBe(words)
  })
})

describe('moment', () => {
  const now = new Date(2026, 10, 21, 14, 3, 22).getTime()

  it('is the time of day today, in 24 hours', () => {
    expect(moment(now, now, 'en')).toBe('14:03:22')
    expect(moment(now, now, 'zh-TW')).toBe('14:03:22')
  })

  it('has the day when it is another one', () => {
    expect(moment(now - 86_400_000, now, 'en')).toBe('Nov 20, 14:03:22')
  })
})
