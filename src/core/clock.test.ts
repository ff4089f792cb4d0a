import { expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { every, inTime } from './clock.ts'

it('does something again and again, until it is called off', () => {
  const clock = new ManualClock()
  let times = 0
  const cancel = every(clock, 100, () => times++)
  clock.advance(99)
  expect(times).toBe(0)
  clock.advance(1)
  clock.advance(250)
  expect(times).toBe(3)
  cancel()
  clock.advance(1000)
  expect(times).toBe(3)
})

it('can be called off by what it does, and goes on after what fails', () => {
  const clock = new ManualClock()
  let times = 0
  const cancel = every(clock, 100, () => {
    if (++times === 2) cancel()
    if (times === 1) throw new Error('once')
  })
  expect(() => clock.advance(100)).toThrow('once')
  clock.advance(1000)
  expect(times).toBe(2)
})

it('waits for work that is done in time, and no longer for what is not', async () => {
  const clock = new ManualClock()
  const late = () => Promise.reject(new Error('too late'))
  const { promise, resolve } = Promise.withResolvers<number>()
  const waited = [inTime(clock, 100, promise, () => 0), inTime(clock, 200, promise, late)]
  clock.advance(100)
  resolve(1)
  expect(await Promise.all(waited)).toEqual([0, 1])
  await expect(inTime(clock, 100, Promise.reject(new Error('failed')), late)).rejects.toThrow('failed')
  const never = inTime(clock, 100, new Promise<number>(() => {}), late)
  clock.advance(100)
  await expect(never).rejects.toThrow('too late')
})
