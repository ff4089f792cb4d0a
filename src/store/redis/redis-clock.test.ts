import { expect, it } from 'vitest'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { RedisClock } from './redis-clock.ts'

/** A Redis whose clock is ahead by `ahead` ms, and takes `delay` ms to answer after it has looked at it. */
function redis(clock: ManualClock, { ahead, delay }: { ahead: number; delay: number }) {
  return {
    async send() {
      const time = clock.now() + ahead
      clock.advance(delay)
      return [String(Math.floor(time / 1000)), String((time % 1000) * 1000)]
    },
  }
}

it('an answer that took long does not spoil what is known of the clock of Redis, and one that was quick corrects it', async () => {
  const clock = new ManualClock()
  const redisClock = new RedisClock(clock)
  const ahead = () => redisClock.now() - clock.now()
  await redisClock.measure(redis(clock, { ahead: 3_600_000, delay: 2 }))
  expect(ahead()).toBe(3_599_999)
  await redisClock.measure(redis(clock, { ahead: 3_600_000, delay: 20_000 }))
  expect(ahead()).toBe(3_599_999)
  await redisClock.measure(redis(clock, { ahead: -1000, delay: 2 }))
  expect(ahead()).toBe(-1000)
})
