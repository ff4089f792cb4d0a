import { pageUpdate } from '../update/this-page.ts'
import type { EncodeAnswer, EncodeOrder } from './encoder-protocol.ts'

/**
 * The browser gives a page other pixels than were drawn (stripes in Firefox with `privacy.resistFingerprinting`), so that
 * it is not recognized by how it draws: nothing that is worth sending can be encoded.
 */
export class FalsifiedError extends Error {
  override readonly name = 'FalsifiedError'
}

/** Encodes JPEGs in a worker, one at a time. */
export class Encoder {
  readonly #worker = new Worker(new URL('./encoder.worker.ts', import.meta.url), { type: 'module', name: 'encoder' })
  #waiting: PromiseWithResolvers<Uint8Array> | undefined

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<EncodeAnswer>) => {
      const waiting = this.#waiting
      this.#waiting = undefined
      if ('bytes' in data) waiting?.resolve(new Uint8Array(data.bytes))
      else waiting?.reject('isFalsified' in data ? new FalsifiedError() : new Error(data.problem))
    }
    this.#worker.onerror = ({ message }) => {
      // Without one the worker's script could not be loaded.
      if (!message) void pageUpdate.partFailed()
      this.#waiting?.reject(new Error(message))
      this.#waiting = undefined
    }
  }

  /** Whether a picture is being encoded: `encode` must not be called. */
  get isBusy(): boolean {
    return this.#waiting !== undefined
  }

  /**
   * Encodes a picture as JPEG and closes it. Must not be called while it is busy.
   * @throws FalsifiedError
   * @throws Error with the browser's message when the picture cannot be encoded
   */
  async encode(order: EncodeOrder): Promise<Uint8Array> {
    const waiting = Promise.withResolvers<Uint8Array>()
    // Before it counts as busy: transferring a picture that was closed meanwhile throws here.
    this.#worker.postMessage(order, [order.picture])
    this.#waiting = waiting
    return waiting.promise
  }

  /** Terminates the worker; a pending `encode` never settles. */
  close(): void {
    this.#worker.terminate()
  }
}
