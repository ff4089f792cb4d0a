import { describe, expect, it } from 'vitest'
import { randomNumbers } from '../test/support/random.ts'
import { ClockOffset } from './clock-offset.ts'

/**
 * An exchange that begins at `t0` (local clock), with delays `there` and `back` and the server's clock `ahead`, in ms.
 */
function exchange(t0: number, ahead: number, there: number, back: number, work = 0) {
  const t1 = t0 + there + ahead
  return { t0, t1, t2: t1 + work, t3: t0 + there + work + back }
}

describe('ClockOffset', () => {
  it('knows nothing before the first exchange', () => {
    const clock = new ClockOffset()
    expect([clock.offset, clock.roundTrip]).toEqual([undefined, undefined])
  })

  it('tells the offset exactly when the way there is as long as the way back, whatever the server took', () => {
    const clock = new ClockOffset()
    expect(clock.add(exchange(1000, 5000, 20, 20, 300))).toBe(true)
    expect([clock.offset, clock.roundTrip]).toEqual([5000, 40])
  })

  it('keeps the exchange with the shortest round trip', () => {
    const clock = new ClockOffset()
    clock.add(exchange(1000, 5000, 10, 10))
    expect(clock.add(exchange(2000, 5000, 10, 190))).toBe(false)
    expect(clock.offset).toBe(5000)
  })

  it.each([
    ['a near server', 1, 4],
    ['a far server over a busy link', 60, 300],
  ])('is wrong by less than the delays differ: %s', (_name, shortest, spread) => {
    const random = randomNumbers(7)
    const clock = new ClockOffset()
    const delay = () => shortest + spread * random() ** 3
    for (let t0 = 0; t0 < 3_600_000; t0 += 2500) {
      clock.add(exchange(t0, -123_456, delay(), delay()))
      if (t0 > 60_000) expect(Math.abs((clock.offset ?? 0) + 123_456)).toBeLessThanOrEqual((clock.roundTrip ?? 0) / 2)
    }
    expect(Math.abs((clock.offset ?? 0) + 123_456)).toBeLessThan(spread / 4)
  })

  it('follows clocks that drift apart, here by 100 parts in a million', () => {
    const random = randomNumbers(11)
    const clock = new ClockOffset()
    let worst = 0
    for (let t0 = 0; t0 < 3_600_000; t0 += 2500) {
      const ahead = 1000 + t0 * 1e-4
      clock.add(exchange(t0, ahead, 5 + 20 * random(), 5 + 20 * random()))
      if (t0 > 60_000) worst = Math.max(worst, Math.abs((clock.offset ?? 0) - ahead))
    }
    expect(worst).toBeLessThan(15)
  })

  it('follows drift even where every round trip is shorter than the clock can tell', () => {
    const clock = new ClockOffset()
    clock.add({ t0: 0, t1: 100, t2: 100, t3: 0 })
    for (let i = 1; i <= 5; i++) clock.add({ t0: i, t1: i + 110, t2: i + 110, t3: i + 1 })
    expect(clock.offset).toBe(109.5)
  })

  it('believes a longer exchange at once when a clock must have been set', () => {
    const clock = new ClockOffset()
    clock.add(exchange(1000, 0, 5, 5))
    expect(clock.add(exchange(2000, 3_600_000, 40, 40))).toBe(true)
    expect(clock.offset).toBe(3_600_000)
  })

  it('lets the first exchange of another connection count', () => {
    const clock = new ClockOffset()
    clock.add(exchange(1000, 0, 5, 5))
    clock.restart()
    expect(clock.offset).toBe(0)
    expect(clock.add(exchange(2000, 6, 15, 15))).toBe(true)
    expect(clock.offset).toBe(6)
  })

  it('ignores an exchange during which a clock was set back, and one without numbers', () => {
    const clock = new ClockOffset()
    expect(clock.add({ t0: 5000, t1: 5010, t2: 5010, t3: 1000 })).toBe(false)
    expect(clock.add({ t0: Number.NaN, t1: 5010, t2: 5010, t3: 1000 })).toBe(false)
    expect(clock.offset).toBeUndefined()
  })
})
