import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomBytes, randomNumbers } from '../../../test/support/random.ts'
import { isUpToDate } from '../../../test/support/web-assembly.ts'
import { untransposeBits } from './bitshuffle.ts'
import { type BlockUnpacker, packBitshuffleLz4, unpackBitshuffleLz4 } from './bitshuffle-lz4.ts'
import { loadBlockPacker, packBlocksInWasm } from './bitshuffle-pack-wasm.ts'
import { loadBlockUnpacker, unpackBlocksInWasm } from './bitshuffle-wasm.ts'
import { UnpackError } from './unpack-error.ts'

/** Elements of any size and number, between noise and all the same, and blocks of any number of groups. */
const image = fc.record({
  elementBytes: fc.constantFrom(1, 2, 4, 8),
  elements: fc.integer({ min: 0, max: 3000 }),
  blockGroups: fc.integer({ min: 1, max: 300 }),
  /** How many of the highest bits are zero in each byte. */
  zeros: fc.integer({ min: 0, max: 8 }),
  seed: fc.nat(),
})

test('the assembled code is what node test/support/web-assembly.ts makes of bitshuffle.wat, and of bitshuffle-pack.wat', async () => {
  expect([await isUpToDate('bitshuffle'), await isUpToDate('bitshufflePack')]).toEqual([true, true])
})

test('WebAssembly and TypeScript unpack the same bytes, in WebAssembly every block', () => {
  fc.assert(
    fc.property(image, ({ elementBytes, elements, blockGroups, zeros, seed }) => {
      const original = randomBytes(randomNumbers(seed), elements * elementBytes).map((byte) => byte >> zeros)
      const packed = packBitshuffleLz4(original, elementBytes, blockGroups * 8 * elementBytes)
      expect(unpacked(packed, elementBytes, original.length, onlyInWasm).equals(original)).toBe(true)
      expect(unpacked(packed, elementBytes, original.length).equals(original)).toBe(true)
    }),
    { numRuns: 100 },
  )
})

test('WebAssembly and TypeScript pack to the same bytes', () => {
  fc.assert(
    fc.property(
      image,
      fc.integer({ min: 1, max: 40 }),
      ({ elementBytes, elements, blockGroups, zeros, seed }, period) => {
        const random = randomNumbers(seed)
        const noise = randomBytes(random, elements * elementBytes)
        // Noise, what repeats, and both after one another.
        const original = noise.map((byte, i) => (i % 5000 < seed % 5000 ? byte >> zeros : (noise[i % period] ?? 0)))
        expectSamePacked(original, elementBytes, blockGroups * 8 * elementBytes)
      },
    ),
    { numRuns: 100 },
  )
})

test('blocks that are too large or too small for WebAssembly are packed too, and the largest and smallest that are not', () => {
  const original = randomBytes(randomNumbers(5), 200_003).map((byte, i) => (i % 3 ? 7 : byte))
  const sizes = [64, 128, 192, 8192, 65_536, 65_600]
  for (const blockBytes of sizes) expectSamePacked(original, 8, blockBytes)
  const inWasm = sizes.filter((blockBytes) => {
    const walk = { bytes: original, from: 0, packed: new Uint8Array(100_000), at: 0, elementBytes: 8 }
    return packBlocksInWasm(walk, blockBytes, 1) === 1 && walk.from === blockBytes
  })
  expect(inWasm).toEqual([128, 192, 8192, 65_536])
})

test('matches of every small distance and many lengths are the same in WebAssembly', () => {
  for (let distance = 1; distance <= 40; distance++)
    for (const length of [30, 300, 6000]) {
      const bits = Uint8Array.from({ length: 8192 }, (_, i) => (i < length ? i % distance : i * 31 + (i >> 5)))
      const elements = new Uint8Array(bits.length)
      untransposeBits(bits, 8, elements)
      const packed = packBitshuffleLz4(elements, 8)
      expect(unpacked(packed, 8, elements.length, onlyInWasm).equals(elements)).toBe(true)
    }
})

test('of 5,000 mutations, WebAssembly unpacks those that TypeScript does, to the same bytes, and both refuse the others', () => {
  const random = randomNumbers(16)
  const below = (limit: number) => Math.floor(random() * limit)
  const originals = [1, 2, 4, 8].map((elementBytes) => {
    const original = randomBytes(random, 100 * elementBytes + 3 * elementBytes).map((byte, i) => (i % 3 ? byte & 3 : 0))
    return {
      elementBytes,
      length: original.length,
      packed: packBitshuffleLz4(original, elementBytes, 32 * elementBytes),
    }
  })
  let refused = 0
  for (let n = 0; n < 5000; n++) {
    const { elementBytes, length, packed } = must(originals[n % originals.length])
    const bytes = packed.slice(0, random() < 0.2 ? below(packed.length) : packed.length)
    for (let i = below(4); i >= 0; i--) bytes[12 + below(bytes.length)] = random() < 0.3 ? 255 : below(256)
    const [wasm, plain] = [unpackBlocksInWasm, undefined].map((quick) => outcome(bytes, elementBytes, length, quick))
    expect(wasm).toEqual(plain)
    if (typeof plain === 'string') refused += 1
    const onlyWasm = outcome(bytes, elementBytes, length, onlyInWasm)
    expect(typeof onlyWasm === 'string').toBe(typeof plain === 'string')
  }
  expect(refused).toBeGreaterThan(1000)
})

test('larger blocks than it has room for are unpacked in TypeScript', () => {
  const original = randomBytes(randomNumbers(3), 300_000)
  for (const blockBytes of [65_536, 65_600, 200_000]) {
    const packed = packBitshuffleLz4(original, 8, blockBytes)
    expect(unpacked(packed, 8, original.length, unpackBlocksInWasm).equals(original)).toBe(true)
  }
})

test('where WebAssembly or its SIMD is missing there is no unpacker and no packer', () => {
  const unknownToThisMachine = Uint8Array.from([0, 97, 115, 109, 99, 0, 0, 0])
  const code = Buffer.from(unknownToThisMachine).toString('base64')
  expect([loadBlockUnpacker(code), loadBlockPacker(code)]).toEqual([undefined, undefined])
})

function expectSamePacked(original: Uint8Array, elementBytes: number, blockBytes: number): void {
  const plain = packBitshuffleLz4(original, elementBytes, blockBytes)
  const quick = packBitshuffleLz4(original, elementBytes, blockBytes, packBlocksInWasm)
  expect(Buffer.from(quick.buffer).equals(plain)).toBe(true)
  expect(unpacked(quick, elementBytes, original.length).equals(original)).toBe(true)
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is none')
  return value
}

/** Fails where TypeScript would step in. */
const onlyInWasm: BlockUnpacker = (walk, blockBytes, count) => {
  const done = unpackBlocksInWasm(walk, blockBytes, count)
  if (done < count) throw new UnpackError('WebAssembly refuses a block.')
  return done
}

function unpacked(packed: Uint8Array, elementBytes: number, length: number, quick?: BlockUnpacker): Buffer {
  return Buffer.from(unpackBitshuffleLz4(packed, elementBytes, length, (bytes) => new Uint8Array(bytes), quick).buffer)
}

/** The bytes, or why there are none. */
function outcome(packed: Uint8Array, elementBytes: number, length: number, quick?: BlockUnpacker): Buffer | string {
  try {
    return unpacked(packed, elementBytes, length, quick)
  } catch (error) {
    if (error instanceof UnpackError) return error.message
    throw error
  }
}
