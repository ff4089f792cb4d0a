import { readFileSync } from 'node:fs'
import type { LevelRange } from '../core/colouring.ts'

/** The most numbers of a block: as many as fit into a processor's cache. */
export const BLOCK_LENGTH = 16_384

/**
 * The loops over the numbers of an array in WebAssembly (`level-loops.wat`, assembled by
 * `test/support/web-assembly.ts`), a block at a time: JavaScript has no vectors, and takes several times as long.
 */
export class LevelLoops {
  readonly #wasm: LevelLoopsWasm
  /** The numbers of the block. */
  readonly block: Float64Array
  readonly #pixels: Uint32Array
  readonly #narrowCodes: Uint8Array
  readonly #wideCodes: Uint16Array

  constructor() {
    this.#wasm = instantiate()
    const { buffer } = this.#wasm.memory
    this.block = new Float64Array(buffer, 0, BLOCK_LENGTH)
    const { byteLength } = this.block
    this.#pixels = new Uint32Array(buffer, byteLength, BLOCK_LENGTH)
    this.#narrowCodes = new Uint8Array(buffer, byteLength, BLOCK_LENGTH)
    this.#wideCodes = new Uint16Array(buffer, byteLength, BLOCK_LENGTH)
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

  /**
   * Quantises the numbers: 1 + (number − from) · steps, rounded, from 1 to the largest code; 0 for NaN.
   * @param length of the block
   * @param codes where the result goes, at index `at`
   */
  quantise(length: number, from: number, steps: number, codes: Codes, at: number): void {
    const isWide = codes instanceof Uint16Array
    this.#wasm.quantise(this.#padded(length), from, steps, largestCode(codes) - 1, isWide ? 1 : 0)
    codes.set((isWide ? this.#wideCodes : this.#narrowCodes).subarray(0, length), at)
  }

  /** Fills the block up to a multiple of four with what does not count. */
  #padded(length: number): number {
    const padded = (length + 3) & ~3
    this.block.fill(Number.NaN, length, padded)
    return padded
  }
}

/** Quantised values: of 8 or of 16 bits. */
export type Codes = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>

/** The largest code that there is in so many bits. */
export function largestCode({ BYTES_PER_ELEMENT: bytes }: Codes): number {
  return 2 ** (8 * bytes) - 1
}

/** What level-loops.wat exports; its parameters are described there. */
interface LevelLoopsWasm {
  readonly memory: WebAssembly.Memory
  extent(count: number, floor: number, min: number, max: number): [number, number]
  paint(count: number, from: number, steps: number): void
  quantise(count: number, from: number, steps: number, most: number, wide: 0 | 1): void
}

let compiled: WebAssembly.Module | undefined

function instantiate(): LevelLoopsWasm {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('level-loops.wasm', import.meta.url)))
  const { exports }: { exports: object } = new WebAssembly.Instance(compiled)
  return exports as LevelLoopsWasm
}
