import { expect, it } from 'vitest'
import { DecoderTimes } from './decoder-times.ts'

it('times are written from 10 s on, and come back as they were', () => {
  const times = new DecoderTimes()
  const written = [-5000, 75_000, 35_000].map((pts) => times.next(pts))
  expect(written).toEqual([10_000_000, 10_080_000, 10_040_000])
  expect(written.map((each) => times.original(each ?? 0))).toEqual([-5000, 75_000, 35_000])
})

it('times that jump back are no times', () => {
  const times = new DecoderTimes()
  times.next(1e12)
  expect(times.next(1e12 - 4e6)).toBe(6e6)
  expect(times.next(1e12 - 6e6)).toBeUndefined()
})
