import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { Deadlines } from './deadline.ts'

const RESOLUTION = 10

describe('a deadline', () => {
  it('acts once, and not too late, when it was last set to, however often it and others were put off or cleared', () => {
    const step = fc.record({
      which: fc.integer({ min: 0, max: 2 }),
      set: fc.option(fc.integer({ min: 0, max: 50 })),
      pause: fc.integer({ min: 0, max: 60 }),
    })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const clock = new ManualClock()
        const deadlines = new Deadlines(clock, RESOLUTION)
        const all = [0, 1, 2].map(() => {
          const one: { at: number | undefined; deadline: ReturnType<Deadlines['create']> } = {
            at: undefined,
            deadline: deadlines.create(() => {
              const late = clock.monotonic() - (one.at ?? Number.NaN)
              expect(late).toBeGreaterThanOrEqual(0)
              expect(late).toBeLessThanOrEqual(RESOLUTION)
              one.at = undefined
            }),
          }
          return one
        })
        for (const { which, set, pause } of [...steps, { which: 0, set: null, pause: 100 }]) {
          const one = all[which]
          if (!one) throw new Error('no such deadline')
          if (set === null) one.deadline.clear()
          else one.deadline.set(set)
          one.at = set === null ? undefined : clock.monotonic() + set
          clock.advance(pause)
        }
        expect(all.map(({ at }) => at)).toEqual([undefined, undefined, undefined])
      }),
    )
  })

  it('may be set again by its own action', () => {
    const clock = new ManualClock()
    const acted: number[] = []
    const deadline = new Deadlines(clock, RESOLUTION).create(() => {
      acted.push(clock.monotonic())
      if (acted.length < 3) deadline.set(20)
    })
    deadline.set(20)
    clock.advance(200)
    expect(acted.length).toBe(3)
  })

  it('keeps no timer once none is set', () => {
    const clock = new ManualClock()
    const deadline = new Deadlines(clock, RESOLUTION).create(() => expect.unreachable())
    deadline.set(10)
    deadline.set(100)
    deadline.clear()
    clock.advance(RESOLUTION)
    expect(clock.timers).toBe(0)
  })
})
