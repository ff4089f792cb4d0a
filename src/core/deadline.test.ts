import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { Deadline } from './deadline.ts'

describe('a deadline', () => {
  it('acts once, when it was last set to, however often it was put off, moved forward or cleared', () => {
    const step = fc.record({ set: fc.option(fc.integer({ min: 0, max: 50 })), pause: fc.integer({ min: 0, max: 60 }) })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const clock = new ManualClock()
        const acted: number[] = []
        const expected: number[] = []
        const deadline = new Deadline(clock, () => acted.push(clock.monotonic()))
        let at: number | undefined
        for (const { set, pause } of steps) {
          if (set === null) deadline.clear()
          else deadline.set(set)
          at = set === null ? undefined : clock.monotonic() + set
          const until = clock.monotonic() + pause
          clock.advance(pause)
          if (at === undefined || at > until) continue
          expected.push(at)
          at = undefined
        }
        expect(acted).toEqual(expected)
      }),
    )
  })

  it('keeps no timer once it is closed', () => {
    const clock = new ManualClock()
    const deadline = new Deadline(clock, () => expect.unreachable())
    deadline.set(10)
    deadline.set(100)
    deadline.close()
    clock.advance(200)
  })
})
