import { describe, expect, it } from 'vitest'
import { byDay, dayName, timeOfDay } from './days.ts'

const at = (day: number, hour: number) => new Date(2026, 10, day, hour).getTime()

describe('the days of the trail', () => {
  it('hold what happened on them, in the order it came in', () => {
    const entries = [at(21, 15), at(21, 0), at(20, 23)].map((moment, id) => ({ id, at: moment }))
    expect(byDay(entries).map((day) => day.entries.map(({ id }) => id))).toEqual([[0, 1], [2]])
  })

  it('are called by how near they are', () => {
    expect(dayName(at(21, 0), at(21, 23), 'en')).toBe('Today')
    expect(dayName(at(20, 23), at(21, 0), 'en')).toBe('Yesterday')
    expect(dayName(at(20, 23), at(21, 0), 'zh-TW')).toBe('昨天')
    expect(dayName(at(18, 12), at(21, 0), 'en')).toBe('Wednesday, November 18, 2026')
  })

  it('have hours from 00 to 23', () => {
    expect(timeOfDay(at(21, 0), 'en')).toBe('00:00:00')
  })
})
