import { describe, expect, it } from 'vitest'
import { dayValue, endOfDay, minuteValue, momentOf } from './date-input.ts'

const NOW = new Date(2026, 10, 21, 15, 30, 20).getTime()

describe('a field for a moment', () => {
  it('holds it in the zone of the reader', () => {
    expect(minuteValue(NOW)).toBe('2026-11-21T15:30')
    expect(momentOf('2026-11-21T15:30')).toBe(new Date(2026, 10, 21, 15, 30).getTime())
    expect(dayValue(NOW)).toBe('2026-11-21')
    expect(momentOf('2026-11-21')).toBe(new Date(2026, 10, 21).getTime())
    expect(momentOf('')).toBeUndefined()
  })
})

describe('the end of a day', () => {
  it('is before midnight', () => {
    expect(endOfDay(NOW)).toBe(new Date(2026, 10, 22).getTime() - 1)
  })
})
