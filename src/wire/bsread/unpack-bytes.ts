import { LZ4_PREFIX_BYTES } from './announced-sizes.ts'
import { type Allocate, packBitshuffleLz4, unpackBitshuffleLz4 } from './bitshuffle-lz4.ts'
import { packBlocksInWasm } from './bitshuffle-pack-wasm.ts'
import { unpackBlocksInWasm } from './bitshuffle-wasm.ts'
import type { Packing } from './compression.ts'
import { compressBlock, decompressBlock, longestBlock, MOST_EXPANSION } from './lz4-block.ts'
import { UnpackError } from './unpack-error.ts'

/** Memory that nobody else uses. */
export const newMemory: Allocate = (bytes) => new Uint8Array(bytes)

/**
 * Unpacks the bytes of a channel or of a data header.
 * @param elementBytes the size of an element: 1, 2, 4, 8
 * @param expected how many bytes they must give
 * @param allocate is asked for the memory of the result once the size that the bytes announce is the expected one. Whoever
 *   unpacks image after image gives the same memory again: new memory costs at least half as much as unpacking does.
 * @throws UnpackError for anything else than exactly these
 */
export function unpackedBytesOf(
  bytes: Uint8Array,
  compression: Packing,
  elementBytes: number,
  expected: number,
  allocate: Allocate = newMemory,
): Uint8Array<ArrayBuffer> {
  if (expected > bytes.length * MOST_EXPANSION)
    throw new UnpackError(`The ${bytes.length} bytes of the data cannot hold the ${expected} that are expected.`)
  return compression === 'lz4'
    ? unpackLz4(bytes, expected, allocate)
    : unpackBitshuffleLz4(bytes, elementBytes, expected, allocate, unpackBlocksInWasm)
}

/**
 * Packs bytes, so that other receivers read them: the size before an LZ4 block is little-endian, as Python's sender has it.
 * @param elementBytes the size of an element: 1, 2, 4, 8
 */
export function packBytes(bytes: Uint8Array, compression: Packing, elementBytes: number): Uint8Array<ArrayBuffer> {
  return compression === 'lz4' ? packLz4(bytes) : packBitshuffleLz4(bytes, elementBytes, undefined, packBlocksInWasm)
}

/** The size is little-endian, big-endian or in the order of the elements, depending on the sender. */
function unpackLz4(bytes: Uint8Array, expected: number, allocate: Allocate): Uint8Array<ArrayBuffer> {
  if (bytes.length < LZ4_PREFIX_BYTES) throw new UnpackError('The data are shorter than the size before LZ4 data.')
  const header = new DataView(bytes.buffer, bytes.byteOffset, LZ4_PREFIX_BYTES)
  const [little, big] = [header.getUint32(0, true), header.getUint32(0)]
  if (little !== expected && big !== expected)
    throw new UnpackError(`The data announce ${Math.min(little, big)} bytes, where ${expected} are expected.`)
  const to = allocate(expected)
  decompressBlock(bytes.subarray(LZ4_PREFIX_BYTES), to)
  return to
}

function packLz4(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(LZ4_PREFIX_BYTES + longestBlock(bytes.length))
  new DataView(packed.buffer).setUint32(0, bytes.length, true)
  return packed.slice(0, LZ4_PREFIX_BYTES + compressBlock(bytes, packed.subarray(LZ4_PREFIX_BYTES)))
}
