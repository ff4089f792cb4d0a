import { expect, it } from 'vitest'
import { KEPT_INTERVALS, MedianInterval } from './median-interval.ts'

function of(...intervals: number[]): MedianInterval {
  const median = new MedianInterval()
  for (const interval of intervals) median.add(interval)
  return median
}

it('is not known from one interval, which may have been a pause', () => {
  expect(of().value).toBeUndefined()
  expect(of(600_000).value).toBeUndefined()
  expect(of(40_000, 40_000).value).toBe(40_000)
})

it('is not moved by one late frame', () => {
  expect(of(100, 100, 5000, 100).value).toBe(100)
})

it('follows a stream that has become slower after two frames, and one that is fast again at once', () => {
  const median = of(...Array.from({ length: 100 }, () => 100), 40_000, 41_000)
  expect(median.value).toBe(40_000)
  median.add(100)
  expect(median.value).toBe(100)
})

it('is the median of the last ones, and begins anew after a pause', () => {
  const median = of(...Array.from({ length: 100 }, () => 100))
  for (let i = 0; i <= KEPT_INTERVALS / 2; i++) median.add(10_000)
  median.add(0)
  expect(median.value).toBe(10_000)
  median.restart()
  expect(median.value).toBeUndefined()
})
