import { type BlockPacker, longestPackedBlock, type PackWalk } from './bitshuffle-lz4.ts'
import { BITSHUFFLE_PACK_WASM } from './bitshuffle-pack-code.ts'
import { instantiate } from './instantiate.ts'

/*
 * Packs blocks with WebAssembly (`bitshuffle-pack.wat`). Some blocks at a time go into its memory and out of it, as where they
 * are unpacked.
 */

/** The largest block, in bytes, that bitshuffle-pack.wat has room for, and the fewest elements in one. */
const LARGEST_BLOCK = 65_536
const FEWEST_ELEMENTS = 16
/** Elements in its memory. */
const INPUT = { begin: 86_016, length: 131_072 } as const
/** Packed blocks in its memory. */
const OUTPUT = { begin: 218_112, length: 139_264 } as const

/** What bitshuffle-pack.wat exports; it says there what it does. */
interface PackWasm {
  readonly memory: WebAssembly.Memory
  pack(from: number, count: number, blockBytes: number, elementBytes: number, to: number): number
}

/**
 * Loads the module.
 * @param code as bitshuffle-pack.wat makes it, in Base64
 * @returns undefined where WebAssembly or its SIMD is missing
 */
export function loadBlockPacker(code: string): BlockPacker | undefined {
  const wasm = instantiate<PackWasm>(code)
  if (!wasm) return undefined
  const memory = new Uint8Array(wasm.memory.buffer)
  return (walk, blockBytes, count) => {
    if (blockBytes > LARGEST_BLOCK || blockBytes < FEWEST_ELEMENTS * walk.elementBytes) return 0
    const most = Math.floor(Math.min(INPUT.length / blockBytes, OUTPUT.length / longestPackedBlock(blockBytes)))
    for (let done = 0; done < count; done += most)
      packSome(wasm, memory, walk, blockBytes, Math.min(most, count - done))
    return count
  }
}

/** @param count how many there are, for which there is room */
function packSome(wasm: PackWasm, memory: Uint8Array, walk: PackWalk, blockBytes: number, count: number): void {
  const { bytes, from, packed, at, elementBytes } = walk
  memory.set(bytes.subarray(from, from + count * blockBytes), INPUT.begin)
  const end = wasm.pack(INPUT.begin, count, blockBytes, elementBytes, OUTPUT.begin)
  packed.set(memory.subarray(OUTPUT.begin, end), at)
  walk.from += count * blockBytes
  walk.at += end - OUTPUT.begin
}

let loaded: { readonly packer: BlockPacker | undefined } | undefined

/** Packs blocks in WebAssembly; one memory of 400 KB a thread. Does nothing where it is missing. */
export const packBlocksInWasm: BlockPacker = (walk, blockBytes, count) => {
  loaded ??= { packer: loadBlockPacker(BITSHUFFLE_PACK_WASM) }
  return loaded.packer?.(walk, blockBytes, count) ?? 0
}
