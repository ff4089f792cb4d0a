import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { packBytes, unpackedBytesOf } from './unpack-bytes.ts'
import { UnpackError } from './unpack-error.ts'

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/bsread')

/** The size of an element, by its type. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  bool: 1,
  string: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
}

const compression = fc.constantFrom('lz4' as const, 'bitshuffle_lz4' as const)
const elementBytes = fc.constantFrom(1, 2, 4, 8)

describe('a real sender’s', () => {
  const { messages } = JSON.parse(readFileSync(join(FIXTURES, 'types/index.json'), 'utf8')) as { messages: Message[] }
  const channels = messages.flatMap(({ file, expect: { channels } }) => {
    const frames = framesOf(join(FIXTURES, 'types', file))
    return channels.map((channel, i) => ({ ...channel, file, frame: frames[2 + 2 * i] ?? new Uint8Array() }))
  })
  const packed = channels.filter(({ compression }) => compression === 'lz4' || compression === 'bitshuffle_lz4')

  test.each(packed)(
    '$compression of $name in $file gives its values',
    ({ frame, type, encoding, compression, value }) => {
      const size = ELEMENT_BYTES[type] ?? 0
      const values = Buffer.from(unpackedBytesOf(frame, compression, size, value.bytes).buffer)
      if (encoding === 'big' && size === 2) values.swap16()
      if (encoding === 'big' && size === 4) values.swap32()
      if (encoding === 'big' && size === 8) values.swap64()
      expect(createHash('sha256').update(values).digest('hex')).toBe(value.sha256_le)
    },
  )
})

test('what is packed gives the same bytes again', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.nat(3000), fc.nat()).map(([length, step]) => Uint8Array.from({ length }, (_, i) => (i * step) >> 6)),
  )
  fc.assert(
    fc.property(bytes, compression, elementBytes, (bytes, compression, elementBytes) => {
      const packed = packBytes(bytes, compression, elementBytes)
      expect(unpackedBytesOf(packed, compression, elementBytes, bytes.length)).toEqual(bytes)
    }),
  )
})

test('noise, and any change to what is packed, ends in an UnpackError or in as many bytes as expected', () => {
  const changes = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 5 })
  fc.assert(
    fc.property(
      compression,
      elementBytes,
      fc.uint8Array({ maxLength: 400 }),
      changes,
      fc.nat(500),
      (compression, elementBytes, noise, changes, expected) => {
        for (const packed of [noise, packBytes(noise, compression, elementBytes)]) {
          for (const [at, value] of changes) if (at < packed.length) packed[at] = value
          const length = packed === noise ? expected : noise.length
          const outcome = unpackedOr(packed, compression, elementBytes, length)
          if (!(outcome instanceof UnpackError)) expect(outcome.length).toBe(length)
        }
      },
    ),
    { numRuns: 2000 },
  )
})

test('LZ4’s size counts in the byte order in which it is the expected one', () => {
  const little = packBytes(new Uint8Array(300), 'lz4', 8)
  const big = Uint8Array.from([...little.slice(0, 4).reverse(), ...little.slice(4)])
  expect(unpackedBytesOf(little, 'lz4', 8, 300)).toEqual(unpackedBytesOf(big, 'lz4', 8, 300))
})

test('values go into the memory that is given for them', () => {
  const memory = new Uint8Array(800)
  for (const compression of ['lz4', 'bitshuffle_lz4'] as const) {
    const bytes = new Uint8Array(800).fill(compression.length)
    const packed = packBytes(bytes, compression, 8)
    expect(unpackedBytesOf(packed, compression, 8, 800, () => memory)).toBe(memory)
    expect(memory).toEqual(bytes)
  }
})

describe('no memory is taken for values', () => {
  const packed = packBytes(new Uint8Array(1000), 'bitshuffle_lz4', 8)
  const withNumber = (at: number, value: number) => {
    const changed = packed.slice()
    new DataView(changed.buffer).setInt32(at, value)
    return changed
  }
  test.each([
    ['of another size than expected', packed, 'bitshuffle_lz4', 992, 'announce 1000 bytes, where 992 are expected'],
    ['of a negative size', withNumber(0, -1), 'bitshuffle_lz4', 1000, 'announce -4294966296 bytes'],
    ['of 4 GiB more', withNumber(0, 1), 'bitshuffle_lz4', 1000, 'announce 4294968296 bytes'],
    ['in blocks of a negative size', withNumber(8, -64), 'bitshuffle_lz4', 1000, 'not a multiple of 8 elements'],
    ['in blocks of 12 elements', withNumber(8, 96), 'bitshuffle_lz4', 1000, 'not a multiple of 8 elements'],
    ['without a whole header', packed.slice(0, 11), 'bitshuffle_lz4', 1000, 'shorter than a header'],
    ['that are more than so few bytes can hold', packed, 'bitshuffle_lz4', 2 ** 32, 'cannot hold the 4294967296'],
    ['with another size before LZ4', packed, 'lz4', 1000, 'where 1000 are expected'],
    ['without a whole size before LZ4', packed.slice(0, 3), 'lz4', 1, 'shorter than the size'],
  ] as const)('%s', (_what, bytes, compression, expected, message) => {
    const allocate = () => {
      throw new Error('memory was taken')
    }
    expect(() => unpackedBytesOf(bytes, compression, 8, expected, allocate)).toThrow(message)
    expect(unpackedOr(bytes, compression, 8, expected)).toBeInstanceOf(UnpackError)
  })
})

describe('values are refused whose data', () => {
  const packed = packBytes(new Uint8Array(1001), 'bitshuffle_lz4', 8)
  test.each([
    ['end in the middle of a block', packed.slice(0, 20), 'end within a block'],
    ['end before the last block', packed.slice(0, 14), 'end before the last block'],
    ['end before the last elements', packed.slice(0, -1), 'follow the last block, where 41 must follow'],
    ['go on', Uint8Array.from([...packed, 0]), 'follow the last block, where 41 must follow'],
  ])('%s', (_what, bytes, message) => {
    expect(() => unpackedBytesOf(bytes, 'bitshuffle_lz4', 8, 1001)).toThrow(message)
  })
})

interface Message {
  readonly file: string
  readonly expect: {
    readonly channels: readonly {
      readonly name: string
      readonly type: string
      readonly encoding: 'little' | 'big'
      readonly compression: 'lz4' | 'bitshuffle_lz4'
      readonly value: { readonly bytes: number; readonly sha256_le: string }
    }[]
  }
}

/** The frames of a message, from a file as test/fixtures/bsread/README.md describes it. */
function framesOf(path: string): Uint8Array[] {
  const file = readFileSync(path)
  const count = file.readUInt32LE(4)
  let at = 8 + 4 * count
  return Array.from({ length: count }, (_, i) => {
    const begin = at
    at += file.readUInt32LE(8 + 4 * i)
    return file.subarray(begin, at)
  })
}

function unpackedOr(
  packed: Uint8Array,
  compression: 'lz4' | 'bitshuffle_lz4',
  elementBytes: number,
  expected: number,
): Uint8Array | UnpackError {
  try {
    return unpackedBytesOf(packed, compression, elementBytes, expected)
  } catch (error) {
    if (error instanceof UnpackError) return error
    throw error
  }
}
