import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { packBytes, unpackedBytesOf } from '../../src/wire/bsread/unpack-bytes.ts'
import { randomBytes, randomNumbers } from '../support/random.ts'

/* What we pack, unpacked with the libraries that instruments are read with in Python, and the other way round. */

const PYTHON = process.env.BELVEDERE_TEST_PYTHON ?? 'python3'
const SCRIPT = join(import.meta.dirname, '../fixtures/unpack_bytes.py')

/** How many elements: around groups of 8, around blocks, and many blocks. */
const COUNTS = [1, 3, 7, 8, 9, 13, 16, 127, 128, 136, 1023, 1024, 1031, 4096, 8191, 8192, 8200, 66_005]

it.each(['lz4', 'bitshuffle_lz4'] as const)('Python reads our %s, and we read Python’s', (packing) => {
  const random = randomNumbers(5)
  const cases = COUNTS.flatMap((count) =>
    [1, 2, 4, 8].map((elementBytes) => {
      // Every second byte is noise, so that some repeats and some does not.
      const bytes = randomBytes(random, count * elementBytes).map((byte, i) => (i % 2 ? byte : 3))
      return { elementBytes, bytes, packed: packBytes(bytes, packing, elementBytes) }
    }),
  )
  const input = cases.map((each) => ({ ...each, packing, bytes: base64(each.bytes), packed: base64(each.packed) }))
  const output = execFileSync(PYTHON, [SCRIPT], { input: JSON.stringify(input), maxBuffer: 100_000_000 })
  const answers: { unpacked: string; packed: string }[] = JSON.parse(output.toString())
  for (const [i, { elementBytes, bytes }] of cases.entries()) {
    const [unpacked, packed] = [answers[i]?.unpacked ?? '', Buffer.from(answers[i]?.packed ?? '', 'base64')]
    expect(unpacked === base64(bytes), `${bytes.length} bytes of ours in Python`).toBe(true)
    const ours = unpackedBytesOf(packed, packing, elementBytes, bytes.length)
    expect(base64(ours) === base64(bytes), `${bytes.length} bytes of Python's`).toBe(true)
  }
})

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
