import { expect, it } from 'vitest'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { ReadingTime } from './reading-time.ts'

it('reading from a camera pauses once it has taken much of the time, up to the next period', () => {
  const clock = new ManualClock()
  const reading = new ReadingTime(clock)
  const take = (ms: number) => reading.spend(() => clock.advance(ms))
  expect([take(0), take(30), take(9)]).toEqual([0, 0, 0])
  clock.advance(40)
  expect(take(1)).toBe(20)
  clock.advance(20)
  expect([take(39), take(1)]).toEqual([0, 60])
  clock.advance(60)
  expect(take(250)).toBe(0)
})
