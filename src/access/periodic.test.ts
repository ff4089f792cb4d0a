import { expect, it } from 'vitest'
import { ManualClock } from '../../test/support/clock.ts'
import { repeat } from './periodic.ts'

/** Lets what was settled be heard of. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

it('work is repeated an interval after it was done, also when it fails, until that is stopped', async () => {
  const clock = new ManualClock()
  const failures: unknown[] = []
  let times = 0
  const work = async () => {
    if (++times === 2) throw new Error('no')
  }
  const stop = repeat(clock, 100, work, (error) => failures.push(error))
  for (const expected of [1, 2, 3]) {
    clock.advance(99)
    expect(times).toBe(expected - 1)
    clock.advance(1)
    await settled()
    expect(times).toBe(expected)
  }
  expect(failures).toEqual([new Error('no')])
  clock.advance(100)
  stop()
  await settled()
  clock.advance(1000)
  expect(times).toBe(4)
})
