import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isUpToDate } from '../../test/support/web-assembly.ts'
import type { Size } from '../core/payload.ts'
import { Resampler } from './resampler.ts'
import { fitted } from './rungs.ts'
import { weightTable } from './weight-table.ts'

const side = fc.integer({ min: 1, max: 70 })

/** A size, and some smaller ones of its shape, as renditions have them. */
const sizes = fc.tuple(side, side).chain(([width, height]) =>
  fc.record({
    original: fc.constant({ width, height }),
    wanted: fc.array(
      fc
        .integer({ min: 1, max: width })
        .map((most) => fitted({ width, height }, { width: most, height: Number.POSITIVE_INFINITY })),
      { minLength: 1, maxLength: 3 },
    ),
    seed: fc.integer(),
  }),
)

test('resampler.wasm is what node test/support/web-assembly.ts makes of resampler.wat', async () => {
  expect(await isUpToDate('resampler')).toBe(true)
})

test.each([
  [1280, 720, 'into the caches', 16],
  [1920, 1080, 'past the caches', 0],
])('an original of %i × %i lies where libjpeg-turbo writes it %s', (width, height, _where, beside) => {
  const { original } = new Resampler().begin({ width, height }, [{ width: width / 2, height: height / 2 }], 0)
  expect(original.data.byteOffset % 32).toBe(beside)
})

describe('a smaller picture', () => {
  test('is the original averaged over the area of each pixel', () => {
    const resampler = new Resampler()
    const one = fc.tuple(side, side).chain(([width, height]) =>
      fc.record({
        original: fc.constant({ width, height }),
        // Below a third it is done in two steps, which differs a little.
        wanted: fc.record({
          width: fc.integer({ min: Math.ceil((width + 1) / 3), max: width }),
          height: fc.integer({ min: Math.ceil((height + 1) / 3), max: height }),
        }),
        seed: fc.integer(),
      }),
    )
    fc.assert(
      fc.property(one, ({ original, wanted, seed }) => {
        const pixels = noise(original, seed)
        const [made = []] = shrink(resampler, original, pixels, [wanted])
        expect(largestDifference(made, reference(original, pixels, wanted))).toBeLessThanOrEqual(1)
      }),
      { numRuns: 100 },
    )
  })

  test('made together with others differs little from one made alone', () => {
    const resampler = new Resampler()
    fc.assert(
      fc.property(sizes, ({ original, wanted, seed }) => {
        const pixels = gradient(original, seed)
        const made = shrink(resampler, original, pixels, wanted)
        for (const [i, size] of wanted.entries()) {
          // Where a few pixels are all of a picture, each is a mean of so much that the roundings on the way add up.
          if (Math.min(size.width, size.height) < 8) continue
          expect(largestDifference(made[i] ?? [], reference(original, pixels, size))).toBeLessThanOrEqual(6)
        }
      }),
      { numRuns: 100 },
    )
  })

  test('of one colour has exactly this colour', () => {
    const resampler = new Resampler()
    fc.assert(
      fc.property(sizes, fc.nat(255), ({ original, wanted }, value) => {
        const pixels = new Uint8Array(original.width * original.height * 4).fill(value)
        for (const made of shrink(resampler, original, pixels, wanted))
          expect(made.every((each) => each === value)).toBe(true)
      }),
    )
  })

  test('is neither brighter nor darker', () => {
    const original = { width: 256, height: 256 }
    const pixels = noise(original, 1)
    const [half = []] = shrink(new Resampler(), original, pixels, [{ width: 128, height: 128 }])
    expect(Math.abs(mean(half) - mean(pixels))).toBeLessThan(0.05)
  })
})

test('its memory grows with a large picture and is given back after a hundred small ones', () => {
  const resampler = new Resampler()
  const begin = (width: number, height: number) => resampler.begin({ width, height }, [{ width: 40, height: 30 }], 0)
  begin(4000, 3000)
  expect(resampler.memoryBytes).toBeGreaterThan(4000 * 3000 * 4)
  for (let i = 0; i < 200; i++) begin(320, 240)
  expect(resampler.memoryBytes).toBeLessThan(1_000_000)
  for (let i = 0; i < 1000; i++) begin(100 + (i % 37) * 30, 100 + (i % 11) * 50)
  expect(resampler.memoryBytes).toBeLessThan(5_000_000)
})

test('the weights of each new sample are 256 in all, and lie within the samples', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 3000 }), (a, b) => {
      const [from, to] = [Math.max(a, b), Math.min(a, b)]
      const { taps, starts, weights } = weightTable(from, to)
      const sums = Array.from(starts, (_, i) => weights.subarray(i * taps, (i + 1) * taps).reduce((a, b) => a + b, 0))
      expect(new Set(sums)).toEqual(new Set([256]))
      expect(Math.max(...starts) + taps).toBeLessThanOrEqual(from)
    }),
    { numRuns: 30 },
  )
})

function shrink(resampler: Resampler, original: Size, pixels: Uint8Array, wanted: readonly Size[]): Uint8Array[] {
  const shrinking = resampler.begin(original, wanted, 0)
  shrinking.original.data.set(pixels)
  return shrinking.shrink().map(({ data }) => Uint8Array.from(data))
}

/** The mean over each new pixel's area, in floating point and with the same weights. */
function reference(original: Size, pixels: Uint8Array, size: Size): number[] {
  const columns = weightTable(original.width, size.width)
  const rows = weightTable(original.height, size.height)
  const made: number[] = []
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++)
      for (let channel = 0; channel < 4; channel++) {
        let sum = 0
        for (let j = 0; j < rows.taps; j++)
          for (let i = 0; i < columns.taps; i++) {
            const at = ((rows.starts[y] ?? 0) + j) * original.width + (columns.starts[x] ?? 0) + i
            const weight = (rows.weights[y * rows.taps + j] ?? 0) * (columns.weights[x * columns.taps + i] ?? 0)
            sum += (pixels[at * 4 + channel] ?? 0) * weight
          }
        made.push(sum / 256 ** 2)
      }
  return made
}

function noise({ width, height }: Size, seed: number): Uint8Array {
  let state = seed
  return Uint8Array.from({ length: width * height * 4 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return state >>> 24
  })
}

/** Colours that change slowly, as large parts of photographs do. */
function gradient({ width, height }: Size, seed: number): Uint8Array {
  return Uint8Array.from({ length: width * height * 4 }, (_, i) => {
    const [x, y] = [(i >> 2) % width, Math.floor((i >> 2) / width)]
    return 128 + 100 * Math.sin((x + 2 * y + (seed % 100)) / 40 + (i & 3))
  })
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] ?? 0) - (b[i] ?? 0)))
  return largest
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
}
