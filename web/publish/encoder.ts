import type { EncodeAnswer, EncodeOrder } from './encoder-protocol.ts'

/** Makes JPEGs in a worker, one at a time. */
export class Encoder {
  readonly #worker = new Worker(new URL('./encoder.worker.ts', import.meta.url), { type: 'module', name: 'encoder' })
  #waiting: PromiseWithResolvers<Uint8Array> | undefined

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<EncodeAnswer>) => {
      const waiting = this.#waiting
      this.#waiting = undefined
      if ('bytes' in data) waiting?.resolve(new Uint8Array(data.bytes))
      else waiting?.reject(new Error(data.problem))
    }
    this.#worker.onerror = ({ message }) => {
      this.#waiting?.reject(new Error(message))
      this.#waiting = undefined
    }
  }

  /** Whether a picture is being made: no other can be. */
  get isBusy(): boolean {
    return this.#waiting !== undefined
  }

  /**
   * A JPEG of the picture, which is closed. Must not be called while it is busy.
   * @throws Error what the browser says of a picture that cannot be encoded
   */
  async encode(order: EncodeOrder): Promise<Uint8Array> {
    const waiting = Promise.withResolvers<Uint8Array>()
    // Before it counts as under way: a picture that was closed meanwhile cannot be sent, which throws here.
    this.#worker.postMessage(order, [order.picture])
    this.#waiting = waiting
    return waiting.promise
  }

  /** Ends the worker; a picture that is being made never comes. */
  close(): void {
    this.#worker.terminate()
  }
}
