/** What a ring keeps: anything with a size. */
export interface RingEntry {
  /** Rising from one to the next. */
  readonly n: number
  /** The encoded picture. */
  readonly blob: { readonly size: number }
}

/** How much a ring keeps: whichever is less. */
export const RING_PICTURES = 100
export const RING_BYTES = 32 * 1024 * 1024

/**
 * A ring buffer of the last pictures that came, oldest first, encoded: as many as fit. The newest is kept however large it
 * is.
 */
export class RingBuffer<Picture extends RingEntry> {
  readonly #pictures: Picture[] = []
  readonly #most: number
  readonly #mostBytes: number
  #bytes = 0

  constructor(most = RING_PICTURES, mostBytes = RING_BYTES) {
    this.#most = most
    this.#mostBytes = mostBytes
  }

  get length(): number {
    return this.#pictures.length
  }

  /** Of all that is kept. */
  get bytes(): number {
    return this.#bytes
  }

  get newest(): Picture | undefined {
    return this.#pictures.at(-1)
  }

  /** @param index 0 is the oldest */
  at(index: number): Picture | undefined {
    return index < 0 ? undefined : this.#pictures[index]
  }

  push(picture: Picture): void {
    this.#pictures.push(picture)
    this.#bytes += picture.blob.size
    while (this.#pictures.length > this.#most || (this.#bytes > this.#mostBytes && this.#pictures.length > 1)) {
      this.#bytes -= this.#pictures.shift()?.blob.size ?? 0
    }
  }

  /** Where a picture is now; -1 if it has fallen out, which only the oldest do. */
  indexOf(picture: Picture): number {
    return this.#pictures.findIndex(({ n }) => n === picture.n)
  }

  clear(): void {
    this.#pictures.length = 0
    this.#bytes = 0
  }
}
