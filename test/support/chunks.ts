import fc from 'fast-check'

/** For property tests: the lengths of the pieces that a stream of bytes arrives in, used again and again; 1 to some. */
export const chunking: fc.Arbitrary<number[]> = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 700 })),
  {
    minLength: 1,
    maxLength: 20,
  },
)

/** Bytes in pieces of those lengths. */
export function chunked(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    const length = lengths[chunks.length % lengths.length] ?? 1
    // A copy, as readers must not keep what they are given.
    chunks.push(bytes.slice(at, at + length))
    at += length
  }
  return chunks
}
