import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ReorderBuffer } from './reorder-buffer.ts'

/** What comes out: numbers of packets, with what is missing before each in brackets. */
function ordered(depth: number, sequences: readonly number[], source = () => 1): string {
  const out: string[] = []
  const buffer = new ReorderBuffer(depth, ({ sequence }, lost) => {
    out.push(lost > 0 ? `(${lost})${sequence}` : String(sequence))
  })
  for (const sequence of sequences)
    buffer.take({
      payloadType: 96,
      marker: false,
      sequence: sequence & 0xffff,
      timestamp: 0,
      source: source(),
      payload: new Uint8Array(),
    })
  return out.join(' ')
}

it('packets that were overtaken come in order, also over the end of the numbers', () => {
  expect(ordered(4, [65_533, 65_535, 65_534, 1, 0, 2])).toBe('65533 65534 65535 0 1 2')
})

it('what does not come is given up when too many wait for it', () => {
  expect(ordered(3, [1, 3, 4, 6, 7, 8, 9])).toBe('1 (1)3 4 (1)6 7 8 9')
})

it('over TCP nothing waits', () => {
  expect(ordered(0, [1, 2, 5, 6])).toBe('1 2 (2)5 6')
})

it('repeated and late packets are dropped', () => {
  expect(ordered(2, [1, 2, 2, 1, 3, 4, 4])).toBe('1 2 3 4')
})

it('numbers that begin again are followed, as are those of another sender', () => {
  const again = Array.from({ length: 150 }, (_, at) => 100 + at)
  expect(ordered(4, [5000, ...again])).toMatch(/^5000 \(1\)200 201 .* 249$/)
  let sent = 0
  expect(ordered(4, [5000, 7, 8], () => (++sent > 1 ? 2 : 1))).toBe('5000 (1)7 8')
})

it('whatever comes, packets come out rising and at most once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -6, max: 12 }), { maxLength: 90 }), (steps) => {
      let at = 60_000
      const given = steps.map((step) => (at += step > 6 ? 1 : step))
      const numbers = ordered(5, given)
        .split(' ')
        .map((each) => Number(each.replace(/\(.*\)/, '')))
      for (const [index, each] of numbers.entries())
        if (index > 0) expect(((each - (numbers[index - 1] ?? 0)) & 0xffff) < 0x8000).toBe(true)
      expect(new Set(numbers).size).toBe(numbers.length)
    }),
  )
})
