import { expect, it } from 'vitest'
import { Pace } from './frame-pacer.ts'

/** How many of a camera's pictures are taken in ten seconds, that come every so many ms, each up to `jitter` ms late. */
function taken(rate: number, cameraRate: number, jitter = 0): number {
  const pace = new Pace(rate)
  let count = 0
  for (let n = 0; n < cameraRate * 10; n++)
    if (pace.take((n * 1000) / cameraRate + ((n * 7919) % 100) * 0.01 * jitter)) count++
  return count
}

it.each([
  [10, 30],
  [10, 25],
  [15, 30],
  [1, 30],
  [30, 60],
  [30, 144],
])('takes %i a second from a camera of %i', (rate, cameraRate) => {
  expect(taken(rate, cameraRate)).toBeGreaterThanOrEqual(rate * 10 - 1)
  expect(taken(rate, cameraRate)).toBeLessThanOrEqual(rate * 10 + 1)
})

it('takes all of a camera that is as fast as wanted, or slower, though its pictures do not come to the millisecond', () => {
  expect(taken(30, 30, 6)).toBeGreaterThanOrEqual(298)
  expect(taken(30, 29.97, 4)).toBeGreaterThanOrEqual(298)
  expect(taken(30, 12)).toBe(120)
})

it('does not make up for what was missed', () => {
  const pace = new Pace(10)
  expect(pace.take(0)).toBe(true)
  expect(pace.take(60_000)).toBe(true)
  const after = Array.from({ length: 10 }, (_, n) => pace.take(60_000 + (n + 1) * 10))
  expect(after.filter(Boolean).length).toBeLessThanOrEqual(2)
})
