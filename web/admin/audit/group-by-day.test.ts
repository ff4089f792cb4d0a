import { describe, expect, it } from 'vitest'
import { groupByDay } from './group-by-day.ts'

const at = (day: number, hour: number) => new Date(2026, 10, day, hour).getTime()

describe('the days of the trail', () => {
  it('hold what happened on them, in the order it came in', () => {
    const entries = [at(21, 15), at(21, 0), at(20, 23)].map((moment, id) => ({ id, at: moment }))
    expect(groupByDay(entries).map((day) => day.entries.map(({ id }) => id))).toEqual([[0, 1], [2]])
  })
})
