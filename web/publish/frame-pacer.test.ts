import { expect, it } from 'vitest'
import { FramePacer } from './frame-pacer.ts'

/** How many of a camera's pictures are taken in ten seconds, at a given interval, each up to `jitter` ms late. */
function taken(rate: number, cameraRate: number, jitter = 0): number {
  const pacer = new FramePacer(rate)
  let count = 0
  for (let n = 0; n < cameraRate * 10; n++)
    if (pacer.take((n * 1000) / cameraRate + ((n * 7919) % 100) * 0.01 * jitter)) count++
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
  const pacer = new FramePacer(10)
  expect(pacer.take(0)).toBe(true)
  expect(pacer.take(60_000)).toBe(true)
  const after = Array.from({ length: 10 }, (_, n) => pacer.take(60_000 + (n + 1) * 10))
  expect(after.filter(Boolean).length).toBeLessThanOrEqual(2)
})
