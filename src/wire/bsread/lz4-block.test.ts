import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomBytes, randomNumbers } from '../../../test/support/random.ts'
import { compressBlock, decompressBlock, longestBlock } from './lz4-block.ts'
import { UnpackError } from './unpack-error.ts'

/** Bytes that partly repeat, near and far. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 300 })).map(repeated),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])))

test('what is compressed is decompressed to the same bytes', () => {
  fc.assert(
    fc.property(bytes, (original) => {
      expect(decompressed(compressed(original), original.length)).toEqual(original)
    }),
    { numRuns: 200 },
  )
})

test.each([0, 1, 4, 5, 12, 13, 14, 15, 19, 269, 270, 271, 524, 525, 66_000])(
  '%i equal bytes, and as many of noise, are decompressed to the same',
  (length) => {
    for (const original of [new Uint8Array(length).fill(7), randomBytes(randomNumbers(length), length)])
      expect(Buffer.from(decompressed(compressed(original), length)).equals(original)).toBe(true)
  },
)

test('noise that comes again within 64 KB is stored once', () => {
  const noise = randomBytes(randomNumbers(1), 30_000)
  expect(compressed(Uint8Array.from([...noise, ...noise])).length).toBeLessThan(30_500)
})

test('no block is longer than the longest, and none gives more than 255 bytes for each of its own', () => {
  for (const original of [randomBytes(randomNumbers(2), 70_000), new Uint8Array(70_000)]) {
    const { length } = compressed(original)
    expect(length).toBeLessThanOrEqual(longestBlock(original.length))
    expect(original.length).toBeLessThanOrEqual(255 * length)
  }
})

test('the rules on the end hold: five literals at last, and no match begins within the last twelve bytes', () => {
  expect(compressed(new Uint8Array(12))).toEqual(Uint8Array.from([12 << 4, ...new Uint8Array(12)]))
  // One literal, seven bytes of match, five literals.
  expect(compressed(new Uint8Array(13))).toEqual(Uint8Array.from([0x13, 0, 1, 0, 0x50, 0, 0, 0, 0, 0]))
})

describe('a block is refused that', () => {
  const literals = (n: number) => [n << 4, ...new Uint8Array(n)]
  test.each([
    ['is empty', [], 0, 'end too early'],
    ['ends before its literals do', [0x50, 1, 2], 5, 'end too early'],
    ['ends within a length', [0xf0, 255], 300, 'end too early'],
    ['ends within an offset', [0x13, 0, 1], 13, 'end too early'],
    ['ends after a match', [0x13, 0, 1, 0], 8, 'do not end with literals'],
    ['ends after a match, which an end must follow', [0x13, 0, 1, 0], 20, 'end too early'],
    ['has more literals than announced', literals(6), 5, 'more bytes than announced'],
    ['has a longer match than announced', [0x1f, 0, 1, 0, 200, ...literals(5)], 30, 'more bytes than announced'],
    ['has fewer bytes than announced', literals(4), 5, 'fewer bytes than announced'],
    ['repeats bytes from before its beginning', [0x13, 0, 2, 0, ...literals(5)], 13, 'repeat bytes that are not there'],
    ['repeats bytes from where it is', [0x13, 0, 0, 0, ...literals(5)], 13, 'repeat bytes that are not there'],
    ['has four literals after its last match', [0x14, 0, 1, 0, ...literals(4)], 13, 'do not end with literals'],
    ['has a match in its last twelve bytes', [0x20, 0, 0, 1, 0, ...literals(5)], 11, 'do not end with literals'],
  ])('%s', (_what, block, length, message) => {
    expect(() => decompressed(Uint8Array.from(block), length)).toThrow(UnpackError)
    expect(() => decompressed(Uint8Array.from(block), length)).toThrow(message)
  })
})

function repeated([part, times]: [Uint8Array, number]): Uint8Array {
  return Uint8Array.from({ length: times }, (_, i) => part[i % part.length] ?? 0)
}

function compressed(original: Uint8Array): Uint8Array {
  const block = new Uint8Array(longestBlock(original.length))
  return block.subarray(0, compressBlock(original, block))
}

function decompressed(block: Uint8Array, length: number): Uint8Array {
  const to = new Uint8Array(length)
  decompressBlock(block, to)
  return to
}
