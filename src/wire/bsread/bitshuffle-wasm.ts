import { BITSHUFFLE_WASM } from './bitshuffle-code.ts'
import type { BlockUnpacker, BlockWalk } from './bitshuffle-lz4.ts'
import { instantiate } from './instantiate.ts'

/*
 * Unpacks blocks with WebAssembly (`bitshuffle.wat`). Some blocks at a time go into its memory and their elements out of it, so
 * that this memory stays small, whatever the size of an image, and within the caches of a processor.
 */

/** The largest block, in bytes, that bitshuffle.wat has room for. */
const LARGEST_BLOCK = 65_536
/** Packed bytes in its memory: more than a block can have. */
const INPUT = { begin: 73_728, length: 131_072 } as const
/** Elements in its memory. */
const OUTPUT = { begin: 205_824, length: 131_072 } as const

/** What bitshuffle.wat exports; it says there what it does. */
interface BitshuffleWasm {
  readonly memory: WebAssembly.Memory
  readonly taken: { readonly value: number }
  unpack(from: number, end: number, to: number, count: number, blockBytes: number, elementBytes: number): number
}

/**
 * Loads the module.
 * @param code as bitshuffle.wat makes it, in Base64
 * @returns undefined where WebAssembly or its SIMD is missing
 */
export function loadBlockUnpacker(code: string): BlockUnpacker | undefined {
  const wasm = instantiate<BitshuffleWasm>(code)
  if (!wasm) return undefined
  const memory = new Uint8Array(wasm.memory.buffer)
  return (walk, blockBytes, count) => {
    if (blockBytes > LARGEST_BLOCK) return 0
    let done = 0
    while (done < count) {
      const some = unpackSome(wasm, memory, walk, blockBytes, count - done)
      if (some === 0) break
      done += some
    }
    return done
  }
}

/** As many blocks as fit. */
function unpackSome(
  wasm: BitshuffleWasm,
  memory: Uint8Array,
  walk: BlockWalk,
  blockBytes: number,
  count: number,
): number {
  const input = walk.packed.subarray(walk.from, walk.from + INPUT.length)
  memory.set(input, INPUT.begin)
  const end = INPUT.begin + input.length
  const most = Math.min(count, Math.floor(OUTPUT.length / blockBytes))
  const done = wasm.unpack(INPUT.begin, end, OUTPUT.begin, most, blockBytes, walk.elementBytes)
  if (done === 0) return 0
  const length = done * blockBytes
  walk.to.set(memory.subarray(OUTPUT.begin, OUTPUT.begin + length), walk.at)
  walk.at += length
  walk.from += wasm.taken.value
  return done
}

let loaded: { readonly unpacker: BlockUnpacker | undefined } | undefined

/** Unpacks blocks in WebAssembly; one memory of 400 KB a thread. Does nothing where it is missing. */
export const unpackBlocksInWasm: BlockUnpacker = (walk, blockBytes, count) => {
  loaded ??= { unpacker: loadBlockUnpacker(BITSHUFFLE_WASM) }
  return loaded.unpacker?.(walk, blockBytes, count) ?? 0
}
