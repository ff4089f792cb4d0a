import { expect, it } from 'vitest'
import { ShownInterval } from './shown-interval.ts'

/** Frames by their sequence number and when they were received, s. */
function shown(...frames: readonly (readonly [sequence: number, seconds: number])[]): number | undefined {
  const interval = new ShownInterval()
  for (const [sequence, seconds] of frames) interval.took({ sequence, receivedAt: seconds * 1000 })
  return interval.value
}

it('is known from the third frame on', () => {
  expect(shown([1, 0], [2, 40])).toBeUndefined()
  expect(shown([1, 0], [2, 40], [3, 80])).toBe(40_000)
})

it('takes skipped frames into account', () => {
  expect(shown([1, 0], [5, 4], [25, 24])).toBe(1000)
})

it('is not changed by one late frame, the same frame in another size, or a count that begins anew', () => {
  expect(shown([1, 0], [2, 1], [3, 2], [3, 30], [4, 3], [5, 20], [1, 60], [2, 61])).toBe(1000)
})
