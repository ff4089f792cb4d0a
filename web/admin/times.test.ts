import { describe, expect, it } from 'vitest'
import { away, dayValue, endOfDay, minuteValue, momentOf, when } from './times.ts'

const NOW = new Date(2026, 10, 21, 15, 30, 20).getTime()
const MINUTE = 60_000
const DAY = 86_400_000

describe('how far away a moment is', () => {
  it.each([
    [0, 'now'],
    [-59_000, 'now'],
    [-MINUTE, '1 minute ago'],
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
    expect(away(NOW + ms, NOW, 'en')).toBe(text)
  })

  it('is told in Chinese', () => {
    expect(away(NOW - 5 * MINUTE, NOW, 'zh-TW')).toBe('5 分鐘前')
  })
})

describe('a moment', () => {
  it('has its weekday when it is near and its year when it is not', () => {
    expect(when(NOW + DAY, NOW, 'en')).toContain('Sun')
    expect(when(NOW + 300 * DAY, NOW, 'en')).toContain('2027')
  })

  it('is what a field held, in the zone of the reader', () => {
    expect(minuteValue(NOW)).toBe('2026-11-21T15:30')
    expect(momentOf('2026-11-21T15:30')).toBe(new Date(2026, 10, 21, 15, 30).getTime())
    expect(dayValue(NOW)).toBe('2026-11-21')
    expect(momentOf('2026-11-21')).toBe(new Date(2026, 10, 21).getTime())
    expect(momentOf('')).toBeUndefined()
  })

  it('is in a day that ends before midnight', () => {
    expect(endOfDay(NOW)).toBe(new Date(2026, 10, 22).getTime() - 1)
  })
})
