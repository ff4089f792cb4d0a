import { UnpackError } from './unpack-error.ts'

/*
 * The LZ4 block format (lz4_Block_format.md of the LZ4 project), without any frame around it. A block is a row of sequences:
 * a token, literals, and a match, which repeats bytes that are already there; the last sequence has literals only.
 */

/** A match is at least so long; its token counts from here. */
const SHORTEST_MATCH = 4
/** The last bytes of a block are literals. */
const LAST_LITERALS = 5
/** The last match begins at least so far before the end. */
const LAST_MATCH = 12
/** Half of a token: further bytes add to the length. */
const MORE = 15
const FURTHEST = 65_535

/** A block of `length` bytes gives at most this many for each of its own. */
export const MOST_EXPANSION = 255

/** How long a block of so many bytes can get, in bytes. */
export function longestBlock(length: number): number {
  return length + Math.floor(length / 255) + 16
}

/**
 * Decompresses a block, as strictly as C's `LZ4_decompress_safe`: nothing is read or written outside, and the rules on the
 * end of a block hold.
 * @param block nothing but the block
 * @param to filled completely
 * @throws UnpackError when the block is damaged, or gives more or fewer bytes
 */
export function decompressBlock(block: Uint8Array, to: Uint8Array): void {
  const lastMatch = to.length - LAST_MATCH
  const lastMatchEnd = to.length - LAST_LITERALS
  let from = 0
  let at = 0
  for (;;) {
    const token = block[from++]
    if (token === undefined) throw new UnpackError('The LZ4 data end too early.')
    let literals = token >> 4
    if (literals === MORE) {
      literals += moreLength(block, from)
      from += moreLengthBytes(literals - MORE)
    }
    if (literals > block.length - from) throw new UnpackError('The LZ4 data end too early.')
    if (literals > to.length - at) throw new UnpackError('The LZ4 data hold more bytes than announced.')
    copy(block, from, to, at, literals)
    from += literals
    at += literals
    if (from === block.length) break
    const offset = (block[from] ?? 0) | ((block[from + 1] ?? 0) << 8)
    from += 2
    if (offset === 0 || offset > at) throw new UnpackError('The LZ4 data repeat bytes that are not there.')
    let length = token & MORE
    if (length === MORE) {
      length += moreLength(block, from)
      from += moreLengthBytes(length - MORE)
    }
    length += SHORTEST_MATCH
    if (length > to.length - at) throw new UnpackError('The LZ4 data hold more bytes than announced.')
    if (at > lastMatch || length > lastMatchEnd - at) throw new UnpackError('The LZ4 data do not end with literals.')
    repeat(to, at, offset, length)
    at += length
  }
  if (at !== to.length) throw new UnpackError('The LZ4 data hold fewer bytes than announced.')
}

/** What a length has beyond the half of a token. */
function moreLength(block: Uint8Array, begin: number): number {
  let length = 0
  for (let at = begin; ; at++) {
    const byte = block[at]
    if (byte === undefined) throw new UnpackError('The LZ4 data end too early.')
    length += byte
    if (byte < 255) return length
  }
}

/** How many bytes say so much. */
function moreLengthBytes(length: number): number {
  return Math.floor(length / 255) + 1
}

/** Below this a loop is faster than a call. */
const SHORT_COPY = 48

function copy(from: Uint8Array, begin: number, to: Uint8Array, at: number, length: number): void {
  if (length > SHORT_COPY) to.set(from.subarray(begin, begin + length), at)
  else for (let i = 0; i < length; i++) to[at + i] = from[begin + i] ?? 0
}

function repeat(bytes: Uint8Array, at: number, offset: number, length: number): void {
  if (length > SHORT_COPY && offset >= length) bytes.copyWithin(at, at - offset, at - offset + length)
  else if (length > SHORT_COPY && offset === 1) bytes.fill(bytes[at - 1] ?? 0, at, at + length)
  else for (let i = at; i < at + length; i++) bytes[i] = bytes[i - offset] ?? 0
}

const HASH_BITS = 13
/** After so many misses in a row (a power of two), every second place is looked at, and so on: what does not repeat is passed quickly. */
const PATIENCE_BITS = 6

/**
 * Compresses bytes to a block that every decoder of LZ4 reads. Greedy: it takes the first match that it finds.
 * @param to at least `longestBlock(bytes.length)` long
 * @returns the length of the block, which begins at the beginning of `to`
 */
export function compressBlock(bytes: Uint8Array, to: Uint8Array): number {
  const writer = new BlockWriter(bytes, to)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // Where four bytes with this hash were seen last, plus one.
  const seen = new Uint32Array(1 << HASH_BITS)
  const lastBegin = bytes.length - LAST_MATCH
  let misses = 0
  for (let at = 0; at <= lastBegin; ) {
    const four = view.getUint32(at, true)
    const hash = Math.imul(four, 2_654_435_761) >>> (32 - HASH_BITS)
    const match = (seen[hash] ?? 0) - 1
    seen[hash] = at + 1
    if (match < 0 || at - match > FURTHEST || view.getUint32(match, true) !== four) {
      at += 1 + (misses++ >> PATIENCE_BITS)
      continue
    }
    misses = 0
    let end = at + SHORTEST_MATCH
    while (end < bytes.length - LAST_LITERALS && bytes[end] === bytes[end - at + match]) end += 1
    writer.sequence(at, { offset: at - match, length: end - at })
    at = end
  }
  writer.sequence(bytes.length)
  return writer.length
}

/** Writes sequences; what lies between two matches becomes literals. */
class BlockWriter {
  readonly #bytes: Uint8Array
  readonly #to: Uint8Array
  /** The end of the last match. */
  #done = 0
  length = 0

  constructor(bytes: Uint8Array, to: Uint8Array) {
    this.#bytes = bytes
    this.#to = to
  }

  /** @param at the end of the literals, where the match begins if there is one */
  sequence(at: number, match?: { readonly offset: number; readonly length: number }): void {
    const literals = at - this.#done
    const extra = match ? match.length - SHORTEST_MATCH : 0
    this.#to[this.length++] = (Math.min(literals, MORE) << 4) | Math.min(extra, MORE)
    this.#more(literals)
    copy(this.#bytes, this.#done, this.#to, this.length, literals)
    this.length += literals
    this.#done = at
    if (!match) return
    this.#to[this.length++] = match.offset & 255
    this.#to[this.length++] = match.offset >> 8
    this.#more(extra)
    this.#done += match.length
  }

  /** The same as `moreLength` reads. */
  #more(length: number): void {
    if (length < MORE) return
    let rest = length - MORE
    for (; rest >= 255; rest -= 255) this.#to[this.length++] = 255
    this.#to[this.length++] = rest
  }
}
