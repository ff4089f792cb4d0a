import { BITSHUFFLE_PREFIX_BYTES } from './announced-sizes.ts'
import { GROUP, transposeBits, untransposeBits } from './bitshuffle.ts'
import { compressBlock, decompressBlock, longestBlock } from './lz4-block.ts'
import { UnpackError } from './unpack-error.ts'

/*
 * What bitshuffle's HDF5 filter writes, and bsread with it: the number of bytes (64 bits, big-endian), the bytes of a block
 * (32 bits, big-endian), then each block as its compressed length (32 bits, big-endian) and an LZ4 block of transposed bits.
 * What is left makes one shorter block of a multiple of 8 elements, and the last elements, fewer than 8, are as they are.
 */

const LENGTH_BYTES = 4
const DEFAULT_BLOCK_BYTES = 8192
const FEWEST_IN_DEFAULT_BLOCK = 128

/** Gives memory of exactly so many bytes, whatever they are. */
export type Allocate = (bytes: number) => Uint8Array<ArrayBuffer>

/** A walk through packed bytes, block by block. */
export interface BlockWalk {
  readonly packed: Uint8Array
  /** Where the next block begins in `packed`. */
  from: number
  readonly to: Uint8Array
  /** Where it goes in `to`. */
  at: number
  readonly elementBytes: number
}

/**
 * Unpacks the next blocks of a walk, and moves it on.
 * @param blockBytes how many bytes each of them gives: a multiple of 8 elements
 * @param count how many there are
 * @returns how many it unpacked; none when this is beyond it or the next block is damaged
 */
export type BlockUnpacker = (walk: BlockWalk, blockBytes: number, count: number) => number

/**
 * Unpacks bytes.
 * @param elementBytes the size of an element: 1, 2, 4, 8
 * @param expected how many bytes they must give
 * @param allocate is asked for the memory of the result once the header says so too
 * @param quick what is tried first
 * @throws UnpackError for anything else than exactly these
 */
export function unpackBitshuffleLz4(
  packed: Uint8Array,
  elementBytes: number,
  expected: number,
  allocate: Allocate,
  quick?: BlockUnpacker,
): Uint8Array<ArrayBuffer> {
  const blockBytes = blockBytesOf(packed, elementBytes, expected)
  const to = allocate(expected)
  const walk: BlockWalk = { packed, from: BITSHUFFLE_PREFIX_BYTES, to, at: 0, elementBytes }
  const groupBytes = GROUP * elementBytes
  const lastBlock = Math.floor((expected % blockBytes) / groupBytes) * groupBytes
  unpackBlocks(walk, blockBytes, Math.floor(expected / blockBytes), quick)
  if (lastBlock > 0) unpackBlocks(walk, lastBlock, 1, quick)
  const rest = packed.subarray(walk.from)
  if (rest.length !== expected - walk.at)
    throw new UnpackError(`${rest.length} bytes follow the last block, where ${expected - walk.at} must follow.`)
  to.set(rest, walk.at)
  return to
}

/** Reads the header. */
function blockBytesOf(packed: Uint8Array, elementBytes: number, expected: number): number {
  if (packed.length < BITSHUFFLE_PREFIX_BYTES)
    throw new UnpackError('The data are shorter than a header of bitshuffle.')
  const header = new DataView(packed.buffer, packed.byteOffset, BITSHUFFLE_PREFIX_BYTES)
  const announced = header.getBigInt64(0)
  if (announced !== BigInt(expected))
    throw new UnpackError(`The data announce ${announced} bytes, where ${expected} are expected.`)
  const blockBytes = header.getInt32(8) || defaultBlockBytes(elementBytes)
  if (blockBytes < 0 || blockBytes % (GROUP * elementBytes) !== 0)
    throw new UnpackError(`A block of ${blockBytes} bytes is not a multiple of ${GROUP} elements.`)
  return blockBytes
}

/** As bitshuffle has it. */
function defaultBlockBytes(elementBytes: number): number {
  const elements = Math.floor(DEFAULT_BLOCK_BYTES / elementBytes / GROUP) * GROUP
  return Math.max(elements, FEWEST_IN_DEFAULT_BLOCK) * elementBytes
}

/** What the quick way cannot unpack the plain one does, or says what is wrong. */
function unpackBlocks(walk: BlockWalk, blockBytes: number, count: number, quick?: BlockUnpacker): void {
  let bits: Uint8Array | undefined
  for (let done = 0; done < count; ) {
    const quickly = quick?.(walk, blockBytes, count - done) ?? 0
    done += quickly
    if (quickly > 0) continue
    bits ??= new Uint8Array(blockBytes)
    unpackBlock(walk, bits)
    done += 1
  }
}

/** @param bits room for those of the block */
function unpackBlock(walk: BlockWalk, bits: Uint8Array): void {
  const { packed, to, at, elementBytes } = walk
  const begin = walk.from + LENGTH_BYTES
  if (begin > packed.length) throw new UnpackError('The data end before the last block.')
  const end = begin + new DataView(packed.buffer, packed.byteOffset + walk.from).getUint32(0)
  if (end > packed.length) throw new UnpackError('The data end within a block.')
  decompressBlock(packed.subarray(begin, end), bits)
  untransposeBits(bits, elementBytes, to.subarray(at, at + bits.length))
  walk.from = end
  walk.at += bits.length
}

/** The making of packed bytes, block by block. */
export interface PackWalk {
  readonly bytes: Uint8Array
  /** Where the next block begins in `bytes`. */
  from: number
  readonly packed: Uint8Array
  /** Where it goes in `packed`, which has room for all. */
  at: number
  readonly elementBytes: number
}

/**
 * Packs the next blocks of a walk, and moves it on.
 * @param blockBytes how many bytes go into each of them: a multiple of 8 elements
 * @param count how many there are
 * @returns how many it packed; none when this is beyond it
 */
export type BlockPacker = (walk: PackWalk, blockBytes: number, count: number) => number

/**
 * Packs bytes, so that `bitshuffle` of Python and C reads them.
 * @param elementBytes the size of an element: 1, 2, 4, 8; bytes beyond the last whole one stay as they are
 * @param blockBytes a multiple of 8 elements
 * @param quick what is tried first; packs to the same bytes
 */
export function packBitshuffleLz4(
  bytes: Uint8Array,
  elementBytes: number,
  blockBytes: number = defaultBlockBytes(elementBytes),
  quick?: BlockPacker,
): Uint8Array<ArrayBuffer> {
  const blocks = Math.ceil(bytes.length / blockBytes)
  const packed = new Uint8Array(BITSHUFFLE_PREFIX_BYTES + blocks * longestPackedBlock(blockBytes))
  const view = new DataView(packed.buffer)
  view.setBigInt64(0, BigInt(bytes.length))
  view.setInt32(8, blockBytes)
  const walk: PackWalk = { bytes, from: 0, packed, at: BITSHUFFLE_PREFIX_BYTES, elementBytes }
  const groupBytes = GROUP * elementBytes
  const lastBlock = Math.floor((bytes.length % blockBytes) / groupBytes) * groupBytes
  packBlocks(walk, blockBytes, Math.floor(bytes.length / blockBytes), quick)
  if (lastBlock > 0) packBlocks(walk, lastBlock, 1, quick)
  packed.set(bytes.subarray(walk.from), walk.at)
  return packed.slice(0, walk.at + bytes.length - walk.from)
}

/** How long a block gets at most, with its length before it, in bytes. */
export function longestPackedBlock(blockBytes: number): number {
  return LENGTH_BYTES + longestBlock(blockBytes)
}

function packBlocks(walk: PackWalk, blockBytes: number, count: number, quick?: BlockPacker): void {
  const quickly = quick?.(walk, blockBytes, count) ?? 0
  if (quickly === count) return
  const bits = new Uint8Array(blockBytes)
  for (let done = quickly; done < count; done++) packBlock(walk, bits)
}

/** @param bits room for those of the block */
function packBlock(walk: PackWalk, bits: Uint8Array): void {
  const { bytes, from, packed, at, elementBytes } = walk
  transposeBits(bytes.subarray(from, from + bits.length), elementBytes, bits)
  const compressed = compressBlock(bits, packed.subarray(at + LENGTH_BYTES))
  new DataView(packed.buffer, packed.byteOffset).setUint32(at, compressed)
  walk.from += bits.length
  walk.at += LENGTH_BYTES + compressed
}
