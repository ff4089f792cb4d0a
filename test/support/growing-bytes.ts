/** Bytes that come piece by piece, without a copy of all of them for each piece. */
export class GrowingBytes {
  #room = new Uint8Array(1024)
  #length = 0

  /** All so far, which what comes later does not change. */
  get all(): Buffer<ArrayBuffer> {
    return Buffer.from(this.#room.buffer, 0, this.#length)
  }

  append(more: Uint8Array): void {
    const length = this.#length + more.length
    if (length > this.#room.length) {
      const larger = new Uint8Array(2 * length)
      larger.set(this.all)
      this.#room = larger
    }
    this.#room.set(more, this.#length)
    this.#length = length
  }
}
