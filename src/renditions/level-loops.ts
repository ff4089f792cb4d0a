import { readFileSync } from 'node:fs'
import type { LevelRange } from '../core/colouring.ts'

/** The most numbers of a block: as many as fit into a processor's cache. */
export const BLOCK_LENGTH = 16_384

/**
 * The loops over the numbers of a drawn array in WebAssembly (`level-loops.wat`, assembled by
 * `test/support/web-assembly.ts`), a block at a time: JavaScript has no vectors, and takes several times as long.
 */
export class LevelLoops {
  readonly #wasm: LevelLoopsWasm
  /** The numbers of the block. */
  readonly block: Float64Array
  readonly #pixels: Uint32Array

  constructor() {
    this.#wasm = instantiate()
    const { buffer } = this.#wasm.memory
    this.block = new Float64Array(buffer, 0, BLOCK_LENGTH)
    this.#pixels = new Uint32Array(buffer, this.block.byteLength, BLOCK_LENGTH)
  }

  /**
   * The smallest of the numbers above `floor` and the largest of the finite ones; those of `known` if there is none beyond.
   * @param length of the block
   */
  extent(length: number, floor: number, known: LevelRange): LevelRange {
    const [min, max] = this.#wasm.extent(this.#padded(length), floor, known.min, known.max)
    return { min, max }
  }

  /**
   * Draws the numbers as gray pixels: (number − from) · steps, rounded, from 0 to 255; 0 for NaN.
   * @param length of the block
   * @returns one number a pixel, valid until the next call
   */
  paint(length: number, from: number, steps: number): Uint32Array {
    this.#wasm.paint(this.#padded(length), from, steps)
    return this.#pixels.subarray(0, length)
  }

  /** Fills the block up to a multiple of four with what does not count. */
  #padded(length: number): number {
    const padded = (length + 3) & ~3
    this.block.fill(Number.NaN, length, padded)
    return padded
  }
}

/** What level-loops.wat exports; its parameters are described there. */
interface LevelLoopsWasm {
  readonly memory: WebAssembly.Memory
  extent(count: number, floor: number, min: number, max: number): [number, number]
  paint(count: number, from: number, steps: number): void
}

let compiled: WebAssembly.Module | undefined

function instantiate(): LevelLoopsWasm {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('level-loops.wasm', import.meta.url)))
  const { exports }: { exports: object } = new WebAssembly.Instance(compiled)
  return exports as LevelLoopsWasm
}
