import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { indexOfBytes } from './byte-search.ts'

/** Few different bytes, so that there are many near matches. */
const similar = (maxLength: number) => fc.array(fc.constantFrom(13, 10, 45), { minLength: 1, maxLength })

describe('the search for bytes', () => {
  it('finds what a naive search finds, from wherever it begins', () => {
    fc.assert(
      fc.property(
        similar(40),
        similar(6),
        fc.integer({ min: 1, max: 400 }),
        fc.nat(300),
        (unit, pattern, times, from) => {
          const bytes = Buffer.concat(Array.from({ length: times }, () => Buffer.from(unit)))
          const wanted = Buffer.from(pattern)
          expect(indexOfBytes(bytes, wanted, from)).toBe(naive(bytes, wanted, from))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('finds a pattern behind any number of near matches', () => {
    fc.assert(
      fc.property(similar(12), fc.integer({ min: 4000, max: 20_000 }), (pattern, length) => {
        const wanted = Buffer.from([...pattern, 7])
        const bytes = Buffer.concat([Buffer.alloc(length, Buffer.from(pattern)), wanted])
        expect(indexOfBytes(bytes, wanted, 0)).toBe(naive(bytes, wanted, 0))
      }),
      { numRuns: 200 },
    )
  })

  it('asks the native search seldom, however many bytes look like the beginning of the pattern', () => {
    const bytes = new Uint8Array(1_000_000).fill(13)
    const native = vi.spyOn(bytes, 'indexOf')
    expect(indexOfBytes(bytes, Buffer.from('\r\n--boundary'), 0)).toBe(-1)
    expect(native.mock.calls.length).toBeLessThan(200)
  })
})

function naive(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
  for (let at = from; at + pattern.length <= bytes.length; at++)
    if (pattern.every((byte, i) => bytes[at + i] === byte)) return at
  return -1
}
