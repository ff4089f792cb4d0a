import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocateForChunk, chunkOf } from './http-chunk.ts'

/** What a receiver reads, and what follows it. */
function read(pieces: readonly Uint8Array[]): { bytes: Buffer; rest: Buffer } {
  const all = Buffer.concat(pieces)
  const end = all.indexOf('\r\n')
  const length = Number.parseInt(all.toString('latin1', 0, end), 16)
  return { bytes: all.subarray(end + 2, end + 2 + length), rest: all.subarray(end + 2 + length) }
}

const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }),
  fc.integer({ min: 1, max: 70_000 }).map((length) => new Uint8Array(length).fill(length)),
)

describe('a chunk', () => {
  it('is read as the bytes that it was made of, wherever these lie', () => {
    fc.assert(
      fc.property(bytes, fc.boolean(), (given, hasRoom) => {
        const part = hasRoom ? allocateForChunk(given.length) : given
        part.set(given)
        for (let time = 0; time < 2; time++) {
          const { bytes, rest } = read(chunkOf(part))
          expect(Buffer.compare(bytes, given)).toBe(0)
          expect(rest.toString('latin1')).toBe('\r\n')
        }
        expect(Buffer.compare(part, given)).toBe(0)
      }),
    )
  })

  it('is one piece, made once, of bytes that are small or have room around them', () => {
    for (const given of [new Uint8Array(100), allocateForChunk(100_000)]) {
      expect(chunkOf(given)).toHaveLength(1)
      expect(chunkOf(given)).toBe(chunkOf(given))
    }
    const [chunk] = chunkOf(allocateForChunk(100_000))
    expect(chunk?.buffer.byteLength).toBe(100_012)
  })
})
