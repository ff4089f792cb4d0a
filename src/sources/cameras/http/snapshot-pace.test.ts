import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SnapshotPace } from './snapshot-pace.ts'

/** The interval of a camera that always takes so long. */
function interval(took: number, rate: number): number {
  const pace = new SnapshotPace()
  pace.took(took)
  return pace.interval(rate)
}

it.each([
  // ms, wanted a second, the interval
  [100, 2, 500],
  [100, 10, 200],
  [100, Infinity, 200],
  [300, 10, 600],
  [40, 100, 80],
  [10, 100, 40],
  [10, 10, 100],
  [10, 0, 10_000],
  [30_000, 0, 10_000],
])('a camera that takes %i ms and is wanted %d times a second is asked each %i ms', (took, rate, expected) => {
  expect(interval(took, rate)).toBe(expected)
})

it('a camera has rest for half of the time, and is never asked more often than is wanted', () => {
  fc.assert(
    fc.property(fc.nat({ max: 20_000 }), fc.double({ min: 0.01, max: 1e6, noNaN: true }), (took, rate) => {
      expect(interval(took, rate)).toBeGreaterThanOrEqual(Math.max(2 * took, 1_000 / rate, 40))
    }),
  )
})

it('one slow answer is soon forgotten', () => {
  const pace = new SnapshotPace()
  for (const took of [20, 20, 400, 20, 20, 20, 20, 20, 20, 20, 20]) pace.took(took)
  expect(pace.interval(Infinity)).toBeLessThan(100)
})
