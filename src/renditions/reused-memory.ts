import { Capacity } from './capacity.ts'

/** Memory that is used for one thing after another, each of another size; it shrinks as `Capacity` says. */
export class ReusedMemory {
  readonly #capacity = new Capacity()
  #memory = new ArrayBuffer(0)

  /**
   * Memory of so many bytes, whatever they are, until the next call.
   * @throws RangeError when the machine has not so much
   */
  of(bytes: number): Uint8Array<ArrayBuffer> {
    const capacity = this.#capacity.for(bytes)
    if (this.#memory.byteLength !== capacity) this.#memory = this.#newMemory(capacity)
    return new Uint8Array(this.#memory, 0, bytes)
  }

  #newMemory(bytes: number): ArrayBuffer {
    try {
      return new ArrayBuffer(bytes)
    } catch (error) {
      this.release()
      throw error
    }
  }

  /** Gives it up. */
  release(): void {
    this.#memory = new ArrayBuffer(0)
    this.#capacity.reset()
  }
}
