import fc from 'fast-check'
import { expect, test } from 'vitest'
import { transposeBits, untransposeBits } from './bitshuffle.ts'

/** Some groups of elements. */
const elements = fc
  .tuple(fc.constantFrom(1, 2, 4, 8), fc.integer({ min: 0, max: 40 }))
  .chain(([elementBytes, groups]) =>
    fc.record({
      elementBytes: fc.constant(elementBytes),
      bytes: fc.uint8Array({ minLength: groups * 8 * elementBytes, maxLength: groups * 8 * elementBytes }),
    }),
  )

test('bit n of element i becomes bit i of row n', () => {
  fc.assert(
    fc.property(elements, fc.nat(), ({ elementBytes, bytes }, some) => {
      fc.pre(bytes.length > 0)
      const [count, bitsOfElement] = [bytes.length / elementBytes, elementBytes * 8]
      const [i, n] = [some % count, some % bitsOfElement]
      const to = new Uint8Array(bytes.length)
      transposeBits(bytes, elementBytes, to)
      expect(bit(to, n * count + i)).toBe(bit(bytes, i * bitsOfElement + n))
    }),
  )
})

test('elements to bits and back are the same elements', () => {
  fc.assert(
    fc.property(elements, ({ elementBytes, bytes }) => {
      const [bits, back] = [new Uint8Array(bytes.length), new Uint8Array(bytes.length)]
      transposeBits(bytes, elementBytes, bits)
      untransposeBits(bits, elementBytes, back)
      expect(back).toEqual(bytes)
    }),
  )
})

function bit(bytes: Uint8Array, n: number): number {
  return ((bytes[n >> 3] ?? 0) >> (n & 7)) & 1
}
