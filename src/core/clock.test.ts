import { expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { every } from './clock.ts'

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
