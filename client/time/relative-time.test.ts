import { describe, expect, it } from 'vitest'
import { preciseAge, relativeTime, shortAge } from './relative-time.ts'

const NOW = new Date(2026, 10, 21, 15, 30, 20).getTime()
const MINUTE = 60_000
const DAY = 86_400_000

describe('shortAge', () => {
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
    expect(shortAge(ms, 'en')).toBe(words)
  })

  it('has the units of its language', () => {
    expect([149, 59_999, 60_000, 7_199_000, 172_800_000].map((ms) => shortAge(ms, 'zh-TW'))).toEqual([
      '0.1 秒',
      '59 秒',
      '1 分',
      '1 時',
      '2 天',
    ])
  })
})

describe('preciseAge', () => {
  it('tells hundredths at first, then what matters', () => {
    expect([-5, 40, 9990, 12_340, 125_000, 4_000_000, 100_000_000].map((ms) => preciseAge(ms, 'en'))).toEqual([
      '0.00 s',
      '0.04 s',
      '9.99 s',
      '12.3 s',
      '2 min 05 s',
      '1 h 06 min',
      '1 d 3 h',
    ])
  })

  it('has the units of its language', () => {
    expect([40, 12_340, 125_000, 4_000_000, 100_000_000].map((ms) => preciseAge(ms, 'zh-TW'))).toEqual([
      '0.04 秒',
      '12.3 秒',
      '2 分 05 秒',
      '1 時 06 分',
      '1 天 3 時',
    ])
  })
})

describe('how far away a moment is', () => {
  it.each([
    [0, 'now'],
    [5000, 'now'],
    [-59_000, 'now'],
    [-MINUTE, '1 minute ago'],
    [-5 * MINUTE, '5 minutes ago'],
    [-119 * MINUTE, '1 hour ago'],
    [-DAY, 'yesterday'],
    [-45 * DAY, '45 days ago'],
    [-70 * DAY, '2 months ago'],
    [-400 * DAY, 'last year'],
    [61 * MINUTE, 'in 1 hour'],
    [3 * DAY, 'in 3 days'],
    [30 * DAY - 5000, 'in 30 days'],
    [DAY - 5000, 'in 24 hours'],
  ])('is told in its largest unit: %i ms', (ms, text) => {
    expect(relativeTime(NOW + ms, NOW, 'en')).toBe(text)
  })

  it('is told in Chinese', () => {
    expect(relativeTime(NOW - 5 * MINUTE, NOW, 'zh-TW')).toBe('5 分鐘前')
    expect(relativeTime(NOW - 49 * 60 * MINUTE, NOW, 'zh-TW')).toBe('前天')
  })
})
