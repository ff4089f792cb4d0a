import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ProgramTimes } from './program-times.ts'

const START = 1_764_410_000_000
const packet = (ms: number, isKey = false) => ({
  bytes: new Uint8Array(),
  isKey,
  pts: ms * 1000,
  dts: ms * 1000,
  arrivedAt: 0,
})

it('packets have the time of their segment, and their own distance from its first', () => {
  const times = new ProgramTimes()
  times.begins(START)
  times.begins(START + 2_040)
  expect(times.captureTime(packet(80, true))).toBe(START)
  expect(times.captureTime(packet(160))).toBe(START + 80)
  expect(times.captureTime(packet(120))).toBe(START + 40)
  // A key frame within the segment, and the first of the next: the clocks have drifted by 40 ms.
  expect(times.captureTime(packet(1_080, true))).toBe(START + 1_000)
  expect(times.captureTime(packet(2_080, true))).toBe(START + 2_040)
  expect(times.captureTime(packet(2_120))).toBe(START + 2_080)
})

it('clocks that drift apart all day stay together', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -0.02, max: 0.02, noNaN: true }),
      fc.integer({ min: 500, max: 6_000 }),
      (drift, length) => {
        const times = new ProgramTimes()
        const startOf = (n: number) => START + n * length * (1 + drift)
        for (let n = 0; n < 100; n++) {
          times.begins(startOf(n))
          // Some are read before their packets come.
          if (n >= 2)
            expect(Math.abs((times.captureTime(packet((n - 2) * length, true)) ?? 0) - startOf(n - 2))).toBeLessThan(
              0.01,
            )
        }
      },
    ),
    { numRuns: 10 },
  )
})

it('a segment whose first packet never comes puts nothing off', () => {
  const times = new ProgramTimes()
  for (const n of [0, 1, 2, 3]) times.begins(START + n * 2_000)
  expect(times.captureTime(packet(0, true))).toBe(START)
  expect(times.captureTime(packet(6_010, true))).toBe(START + 6_000)
})

it('without a time of the first segment there is none', () => {
  const times = new ProgramTimes()
  times.begins(undefined)
  times.begins(START)
  expect(times.captureTime(packet(0, true))).toBeUndefined()
  expect(times.captureTime(packet(2_000, true))).toBeUndefined()
})
