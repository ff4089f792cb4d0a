import { describe, expect, it } from 'vitest'
import { dayAndTime, dayName, shortMoment, timeAndDay, timeOfDay, timeToMillisecond } from './absolute-time.ts'

const NOW = new Date(2026, 10, 21, 14, 3, 22).getTime()
const DAY = 86_400_000
const at = (day: number, hour: number) => new Date(2026, 10, day, hour).getTime()

describe('timeAndDay', () => {
  it('is the time of day today, in 24 hours', () => {
    expect(timeAndDay(NOW, NOW, 'en')).toBe('14:03:22')
    expect(timeAndDay(NOW, NOW, 'zh-TW')).toBe('14:03:22')
  })

  it('has the day when it is another one', () => {
    expect(timeAndDay(NOW - DAY, NOW, 'en')).toBe('Nov 20, 14:03:22')
  })
})

describe('dayAndTime', () => {
  it('has its weekday when it is near and its year when it is not', () => {
    expect(dayAndTime(NOW + DAY, NOW, 'en')).toContain('Sun')
    expect(dayAndTime(NOW + 300 * DAY, NOW, 'en')).toContain('2027')
  })
})

describe('shortMoment', () => {
  it('is as short as it can be understood', () => {
    expect(shortMoment(at(21, 23), NOW, 'en')).toBe('23:00')
    expect(shortMoment(at(23, 9), NOW, 'en')).toBe('Mon 09:00')
    expect(shortMoment(at(29, 9), NOW, 'en')).toBe('Nov 29')
    expect(shortMoment(at(21, 9) + 365 * DAY, NOW, 'en')).toBe('Nov 21, 2027')
  })
})

describe('dayName', () => {
  it('calls a day by how near it is', () => {
    expect(dayName(at(21, 0), at(21, 23), 'en')).toBe('Today')
    expect(dayName(at(20, 23), at(21, 0), 'en')).toBe('Yesterday')
    expect(dayName(at(20, 23), at(21, 0), 'zh-TW')).toBe('昨天')
    expect(dayName(at(18, 12), at(21, 0), 'en')).toBe('Wednesday, November 18, 2026')
  })
})

describe('timeOfDay', () => {
  it('has hours from 00 to 23', () => {
    expect(timeOfDay(at(21, 0), 'en')).toBe('00:00:00')
  })
})

describe('timeToMillisecond', () => {
  it('tells milliseconds', () => {
    expect(timeToMillisecond(new Date(2026, 10, 21, 4, 3, 22, 45).getTime())).toBe('04:03:22.045')
  })
})
