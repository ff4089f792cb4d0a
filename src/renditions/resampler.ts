import { readFileSync } from 'node:fs'
import { LruMap } from '../core/lru-map.ts'
import type { Size } from '../core/payload.ts'
import { Capacity, PAGE_BYTES } from './capacity.ts'
import { type ShrinkPlan, type ShrinkStep, shrinkPlan } from './shrink-plan.ts'
import { columnTable, type MixTable, rowTable } from './weight-table.ts'

/** Bytes of a pixel: red, green, blue, and one that does not count. */
export const PIXEL_BYTES = 4

/** The pixels of a picture, row by row without gaps. */
export interface Pixels extends Size {
  readonly data: Buffer<ArrayBuffer>
}

/** A picture that is being shrunk, in the resampler's memory; valid until the next is begun. */
export interface Shrinking {
  /** To be filled with the original's pixels. */
  readonly original: Pixels
  /** As much memory as was asked for, for other purposes. */
  readonly spare: Buffer<ArrayBuffer>
  /** Makes the smaller pictures, in the order in which they were asked for; one of the original's size is the original. */
  shrink(): readonly Pixels[]
}

/**
 * Shrinks pictures with WebAssembly (`resampler.wat`, assembled by `test/support/web-assembly.ts`). They are decoded
 * into its memory and encoded from there, so that nothing is copied. The memory grows with the pictures, and is given
 * back when they have needed far less for a while.
 */
export class Resampler {
  #wasm = instantiate()
  readonly #capacity = new Capacity()
  readonly #columns = new LruMap<string, MixTable>(MAX_TABLES)
  readonly #rows = new LruMap<string, MixTable>(MAX_TABLES)

  /** The size of its memory. */
  get memoryBytes(): number {
    return this.#wasm.memory.buffer.byteLength
  }

  /**
   * Begins a picture.
   * @param sizes the wanted ones, none larger than the original
   * @param spareBytes the size of `Shrinking.spare`
   * @throws RangeError when the machine has not enough memory
   */
  begin(original: Size, sizes: readonly Size[], spareBytes: number): Shrinking {
    const plan = shrinkPlan(original, sizes)
    const layout = new Layout(byteLengthOf(original) <= CACHED_BYTES ? BESIDE_VECTORS : 0)
    const places = plan.pictures.map((size) => layout.take(byteLengthOf(size)))
    const mixes = plan.steps.map((step) => (step.isHalf ? undefined : this.#mix(plan, step, layout)))
    const row = layout.take(original.width * PIXEL_BYTES)
    const spare = layout.take(spareBytes)
    this.#provide(layout.bytes)
    const { memory, halve, resample } = this.#wasm
    const pixels = (picture: number): Pixels => {
      const size = plan.pictures[picture] ?? original
      return { ...size, data: Buffer.from(memory.buffer, places[picture], byteLengthOf(size)) }
    }
    const shrink = () => {
      for (const [i, { width, height, from }] of plan.steps.entries()) {
        const stride = (plan.pictures[from] ?? original).width * PIXEL_BYTES
        const [at = 0, to = 0, mix] = [places[from], places[i + 1], mixes[i]]
        if (mix) {
          const { columns, rows } = mix
          for (const { place, bytes } of [columns, rows]) new Uint8Array(memory.buffer).set(bytes, place)
          resample(at, stride, to, width, height, columns.place, columns.entryBytes, rows.place, rows.entryBytes, row)
        } else halve(at, stride, to, width, height)
      }
      return plan.results.map(pixels)
    }
    return { original: pixels(0), spare: Buffer.from(memory.buffer, spare, spareBytes), shrink }
  }

  /** The tables of a step, and their places. */
  #mix({ pictures }: ShrinkPlan, { from, width, height }: ShrinkStep, layout: Layout) {
    const source = pictures[from] ?? { width, height }
    const columns = known(this.#columns, source.width, width, columnTable)
    const rows = known(this.#rows, source.height, height, rowTable)
    return {
      columns: { ...columns, place: layout.take(columns.bytes.length) },
      rows: { ...rows, place: layout.take(rows.bytes.length) },
    }
  }

  /** Gives up its memory, until the next picture. */
  release(): void {
    this.#wasm = instantiate()
    this.#capacity.reset()
  }

  /** Makes the memory as large as needed, or smaller when it has been far too large. */
  #provide(bytes: number): void {
    const capacity = this.#capacity.for(bytes)
    if (capacity < this.memoryBytes) this.#wasm = instantiate()
    const missing = capacity - this.memoryBytes
    if (missing > 0) this.#wasm.memory.grow(missing / PAGE_BYTES)
  }
}

/** As many pairs of sizes as are in use at the same time, generously; a table has some 20 KB. */
const MAX_TABLES = 64

/** Gives out places in the memory. */
class Layout {
  #end: number

  /** @param begin of the first place */
  constructor(begin: number) {
    this.#end = begin
  }

  /** How much memory is needed so far. */
  get bytes(): number {
    return this.#end
  }

  /** @returns where it begins; `BEYOND` more bytes can be read and written behind it */
  take(length: number): number {
    const place = this.#end
    this.#end = Math.ceil((place + length + BEYOND) / ALIGNMENT) * ALIGNMENT
    return place
  }
}

/** As resampler.wat has it. */
const BEYOND = 32
/** A cache line. */
const ALIGNMENT = 64
/**
 * Where an original of up to `CACHED_BYTES` begins. libjpeg-turbo writes rows that begin at a multiple of 32 bytes past the
 * caches, others into them: then 1280 × 720 takes 0.11 ms less to shrink, but 1920 × 1080, which no longer fits, 0.1 more
 * to decode.
 */
const BESIDE_VECTORS = 16
const CACHED_BYTES = 4 * 1024 * 1024

function byteLengthOf({ width, height }: Size): number {
  return width * height * PIXEL_BYTES
}

function known(
  tables: LruMap<string, MixTable>,
  from: number,
  to: number,
  make: (from: number, to: number) => MixTable,
): MixTable {
  const key = `${from} ${to}`
  const table = tables.get(key) ?? make(from, to)
  tables.set(key, table)
  return table
}

/** What resampler.wat exports; its parameters are described there. */
interface ResamplerWasm {
  readonly memory: WebAssembly.Memory
  halve(from: number, stride: number, to: number, width: number, height: number): void
  resample(
    from: number,
    stride: number,
    to: number,
    width: number,
    height: number,
    columns: number,
    columnBytes: number,
    rows: number,
    rowBytes: number,
    row: number,
  ): void
}

let compiled: WebAssembly.Module | undefined

function instantiate(): ResamplerWasm {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('resampler.wasm', import.meta.url)))
  const { exports }: { exports: object } = new WebAssembly.Instance(compiled)
  return exports as ResamplerWasm
}
