import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { sharedUseOf } from '../../test/support/shared-use.ts'
import { RateLimiter } from './rate-limiter.ts'

it('gives what there is for a period, then nothing until the next', () => {
  const clock = new ManualClock()
  const limiter = new RateLimiter({ amount: 3, period: 1000 }, clock)
  expect([1, 2, 3].map(() => limiter.take('a'))).toEqual([0, 0, 0])
  clock.advance(400)
  expect(limiter.take('a')).toBe(600)
  clock.advance(600)
  expect([1, 2, 3].map(() => limiter.take('a'))).toEqual([0, 0, 0])
  expect(limiter.take('a')).toBe(1000)
})

it('tells how long there is nothing, and takes nothing for that', () => {
  const clock = new ManualClock()
  const limiter = new RateLimiter({ amount: 1, period: 1000 }, clock)
  expect([limiter.wait('a'), limiter.wait('a'), limiter.take('a'), limiter.wait('a')]).toEqual([0, 0, 0, 1000])
  clock.advance(400)
  expect([limiter.wait('a'), limiter.wait('b')]).toEqual([600, 0])
})

it('is each for itself', () => {
  const limiter = new RateLimiter({ amount: 1, period: 1000 }, new ManualClock())
  expect(limiter.take('a')).toBe(0)
  expect(limiter.take('b')).toBe(0)
  expect(limiter.take('a')).toBe(1000)
})

it('lets through what is larger than all there is for a period, which is owed then', () => {
  const clock = new ManualClock()
  const limiter = new RateLimiter({ amount: 10, period: 1000 }, clock)
  expect(limiter.take('a', 25)).toBe(0)
  expect(limiter.take('a', 1)).toBe(2000)
  clock.advance(2000)
  expect(limiter.take('a', 5)).toBe(0)
  expect(limiter.take('a', 1)).toBe(1000)
})

it('never gives more than the periods hold that have begun, whatever is asked when', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(700), fc.integer({ min: 1, max: 20 }))), (asks) => {
      const clock = new ManualClock()
      const limiter = new RateLimiter({ amount: 20, period: 1000 }, clock)
      let given = 0
      let passed = 0
      for (const [wait, some] of asks) {
        clock.advance(wait)
        passed += wait
        const after = limiter.take('a', some)
        if (after === 0) given += some
        else expect(after).toBeLessThanOrEqual(1000)
      }
      expect(given).toBeLessThanOrEqual(20 * (Math.floor(passed / 1000) + 1))
    }),
  )
})

it('remembers no more clients than it may', () => {
  const limiter = new RateLimiter({ amount: 1, period: 1e6 }, new ManualClock(), { most: 2 })
  for (const client of ['a', 'b', 'c']) expect(limiter.take(client)).toBe(0)
  expect(limiter.take('c')).toBeGreaterThan(0)
  expect(limiter.take('a')).toBe(0)
})

it('counts what a client takes at another server, also more than is left here', () => {
  const clock = new ManualClock()
  const [here, there] = sharedUseOf(2).map((shared) => new RateLimiter({ amount: 3, period: 1000 }, clock, { shared }))
  for (let i = 0; i < 2; i++) expect(there?.take('ann')).toBe(0)
  expect(here?.take('ann')).toBe(0)
  expect([here?.wait('ann'), there?.wait('ann'), here?.wait('bob')]).toEqual([1000, 1000, 0])
  clock.advance(1000)
  there?.take('ann', 9)
  // What is owed is paid off by the next periods.
  expect(here?.wait('ann')).toBe(3000)
})

it('keeps nobody out forever, whatever another server says', () => {
  const clock = new ManualClock()
  const [here, there] = sharedUseOf(2)
  const limiter = new RateLimiter({ amount: 3, period: 1000 }, clock, { shared: here })
  for (let i = 0; i < 3; i++) there?.used('ann', Number.MAX_SAFE_INTEGER)
  expect(limiter.wait('ann')).toBeLessThanOrEqual(101_000)
  clock.advance(101_000)
  expect(limiter.take('ann')).toBe(0)
})
