import type { Packing } from './compression.ts'
import { longestBlock, MOST_EXPANSION } from './lz4-block.ts'

/**
 * How many bytes packed bytes say that they unpack to. bitshuffle begins with 8 bytes, big-endian. LZ4 begins with 4 bytes,
 * whose order differs between senders (Python little-endian, C++ big-endian, Java and Rust that of the channel), so it has
 * two readings. Only sizes that LZ4 can make of so many bytes count, which is in all but contrived cases one of the two.
 * @returns each at most once, ascending; empty if the bytes cannot be what they should be
 */
export function announcedSizes(bytes: Uint8Array, compression: Packing): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return compression === 'lz4' ? lz4Sizes(view) : bitshuffleSizes(view)
}

function lz4Sizes(view: DataView): readonly number[] {
  if (view.byteLength < LZ4_PREFIX_BYTES) return []
  const packed = view.byteLength - LZ4_PREFIX_BYTES
  const readings = new Set([view.getUint32(0, true), view.getUint32(0)])
  return [...readings]
    .filter((size) => size <= packed * MOST_EXPANSION && packed <= longestBlock(size))
    .sort((a, b) => a - b)
}

function bitshuffleSizes(view: DataView): readonly number[] {
  if (view.byteLength < BITSHUFFLE_PREFIX_BYTES) return []
  const packed = view.byteLength - BITSHUFFLE_PREFIX_BYTES
  const size = view.getUint32(0) * 2 ** 32 + view.getUint32(4)
  return size === 0 || size <= packed * MOST_EXPANSION ? [size] : []
}

/** What is before an LZ4 block: the size, little- or big-endian. */
export const LZ4_PREFIX_BYTES = 4
/** What is before the blocks of bitshuffle: the size (64 bits) and the bytes of a block (32 bits), big-endian. */
export const BITSHUFFLE_PREFIX_BYTES = 12
