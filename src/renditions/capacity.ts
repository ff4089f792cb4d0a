/**
 * How large a piece of memory is to be that is used again and again for things of different sizes: it grows at once, and
 * shrinks when the last hundred things have needed far less.
 */
export class Capacity {
  #bytes = 0
  #mostNeeded = 0
  #uses = 0

  /** @returns the capacity for the next thing, which needs so many bytes; a multiple of 64 KB */
  for(bytes: number): number {
    this.#mostNeeded = Math.max(this.#mostNeeded, bytes)
    this.#uses += 1
    if (this.#uses === LOOK_AFTER) {
      if (this.#bytes > FAR_TOO_LARGE * roundedUp(this.#mostNeeded)) this.#bytes = 0
      this.#uses = 0
      this.#mostNeeded = bytes
    }
    if (this.#bytes < bytes) this.#bytes = roundedUp(bytes)
    return this.#bytes
  }

  /** Forgets everything: the memory was given up. */
  reset(): void {
    this.#bytes = 0
  }
}

/** As WebAssembly has it. */
export const PAGE_BYTES = 65_536

const LOOK_AFTER = 100
const FAR_TOO_LARGE = 2

function roundedUp(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES
}
