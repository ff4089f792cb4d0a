import type { PieceOrder } from '../../src/core/array-piece.ts'
import type { EncodedImage, PackedArray } from '../../src/core/payload.ts'
import type { ScaledPictures, ScaleJob, Scaler, ValuesOutput } from '../../src/renditions/scaler.ts'

/** A job of a fake scaler, which the test finishes. */
export interface FakeJob extends ScaleJob {
  /** The sizes asked for: "320x240". */
  readonly sizes: readonly string[]
  /** Makes its pictures, of no pixels. */
  finish(result?: { readonly isDamaged: boolean }): Promise<void>
  fail(error: Error): Promise<void>
}

/** Values that are to be written, which the test does. */
export interface FakeWriting {
  readonly order: PieceOrder
  finish(bytes: Uint8Array): Promise<void>
  fail(error: Error): Promise<void>
}

/** A scaler whose jobs take as long as a test wants. */
export class FakeScaler implements Scaler {
  /** Those that were begun and not finished. */
  readonly jobs: FakeJob[] = []
  /** Likewise. */
  readonly orders: FakeWriting[] = []
  threads: number
  isStuck = false
  readonly #idleListeners: (() => void)[] = []

  constructor(threads = 1) {
    this.threads = threads
  }

  get idle(): number {
    return this.threads - this.jobs.length - this.orders.length
  }

  scale(job: ScaleJob): Promise<ScaledPictures> {
    if (this.idle <= 0) throw new Error('no thread is idle')
    const { promise, resolve, reject } = Promise.withResolvers<ScaledPictures>()
    const sizes = job.outputs.map(({ width, height }) => `${width}x${height}`)
    const end = async (settle: () => void) => {
      this.jobs.splice(this.jobs.indexOf(fake), 1)
      settle()
      // Whoever waits for it goes on in the microtasks before this.
      await new Promise(setImmediate)
    }
    const fake: FakeJob = {
      ...job,
      sizes,
      finish: ({ isDamaged } = { isDamaged: false }) =>
        end(() => {
          const pictures = job.outputs.map(({ width, height }) => pictureOf(width, height))
          resolve({ pictures, values: job.values?.map(valuesOf), isDamaged })
        }),
      fail: (error) => end(() => reject(error)),
    }
    this.jobs.push(fake)
    return promise
  }

  write(order: PieceOrder): Promise<Uint8Array> {
    if (this.idle <= 0) throw new Error('no thread is idle')
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
    const end = async (settle: () => void) => {
      this.orders.splice(this.orders.indexOf(fake), 1)
      settle()
      await new Promise(setImmediate)
    }
    const fake: FakeWriting = {
      order,
      finish: (bytes) => end(() => resolve(bytes)),
      fail: (error) => end(() => reject(error)),
    }
    this.orders.push(fake)
    return promise
  }

  onIdle(listener: () => void): void {
    this.#idleListeners.push(listener)
  }

  /** Threads are there again. */
  becomeIdle(): void {
    for (const listener of this.#idleListeners) listener()
  }

  async close(): Promise<void> {}
}

function pictureOf(width: number, height: number): EncodedImage {
  return { kind: 'image', bytes: new Uint8Array(4), mediaType: 'image/jpeg', width, height }
}

function valuesOf({ type, compression = 'none' }: ValuesOutput): PackedArray {
  const types = { native: 'float64', f32: 'float32', u16: 'uint16', u8: 'uint8' } as const
  return {
    kind: 'packed-array',
    bytes: new Uint8Array(4),
    type: types[type],
    shape: [4],
    byteOrder: 'little',
    compression,
  }
}
