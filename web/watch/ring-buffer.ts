/** An entry of a ring buffer. */
export interface RingEntry {
  /** The picture's number, increasing. */
  readonly n: number
  /** The encoded picture. */
  readonly blob: { readonly size: number }
}

/** The capacity of a ring buffer: pictures and bytes, whichever is reached first. */
export const RING_PICTURES = 100
export const RING_BYTES = 32 * 1024 * 1024

/**
 * A ring buffer of the last encoded pictures, oldest first, limited by count and bytes. The newest is kept whatever its
 * size. While it is held it keeps what it has and, once it is full, of what comes only the newest: somebody looks at what
 * was.
 */
export class RingBuffer<Picture extends RingEntry> {
  readonly #pictures: Picture[] = []
  readonly #most: number
  readonly #mostBytes: number
  #bytes = 0
  #isHeld = false

  constructor(most = RING_PICTURES, mostBytes = RING_BYTES) {
    this.#most = most
    this.#mostBytes = mostBytes
  }

  get length(): number {
    return this.#pictures.length
  }

  /** The total size in bytes. */
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

  /** Whether those that are there are kept in preference to those that come. */
  set isHeld(isHeld: boolean) {
    this.#isHeld = isHeld
  }

  push(picture: Picture): void {
    this.#pictures.push(picture)
    this.#bytes += picture.blob.size
    this.#evict()
  }

  /** Puts a picture in the place of the one with its number; does nothing if that has been evicted. */
  replace(picture: Picture): void {
    const index = this.indexOf(picture)
    const before = this.at(index)
    if (!before) return
    this.#pictures[index] = picture
    this.#bytes += picture.blob.size - before.blob.size
    this.#evict()
  }

  /** The index of a picture; -1 if it has been evicted. */
  indexOf(picture: Picture): number {
    return this.#pictures.findIndex(({ n }) => n === picture.n)
  }

  clear(): void {
    this.#pictures.length = 0
    this.#bytes = 0
    this.#isHeld = false
  }

  #evict(): void {
    while (this.#pictures.length > this.#most || (this.#bytes > this.#mostBytes && this.#pictures.length > 1)) {
      const [evicted] = this.#pictures.splice(this.#isHeld ? -2 : 0, 1)
      this.#bytes -= evicted?.blob.size ?? 0
    }
  }
}
