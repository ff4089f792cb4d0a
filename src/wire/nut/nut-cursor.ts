import { NutError } from './nut-error.ts'

/** Reads the numbers of NUT one after the other. Where the bytes are at their end it gives zeros, and says so (`isShort`). */
export class NutCursor {
  readonly #bytes: Uint8Array
  #at: number
  #isShort = false

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  /** Where the next number begins. */
  get at(): number {
    return this.#at
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** Whether more was read than is there: what was read last means nothing then. */
  get isShort(): boolean {
    return this.#isShort
  }

  /** What was read, from the beginning of the bytes on to `end`. */
  upTo(end: number): Uint8Array {
    return this.#bytes.subarray(0, end)
  }

  byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) this.#isShort = true
    else this.#at++
    return byte ?? 0
  }

  /**
   * A number of variable length (`v`): seven bits a byte, the highest first.
   * @throws NutError beyond 2⁵³, as neither times nor sizes are so large
   */
  number(): number {
    let value = 0
    for (;;) {
      const byte = this.byte()
      value = value * 128 + (byte & 0x7f)
      if (value > Number.MAX_SAFE_INTEGER) throw new NutError('a number is too large')
      if (byte < 128) return value
    }
  }

  /** The same with a sign (`s`): 0, 1, −1, 2, −2 … */
  signed(): number {
    const value = this.number() + 1
    return value % 2 === 1 ? -(value - 1) / 2 : value / 2
  }

  /** So many bytes, a view of them. */
  bytes(length: number): Uint8Array {
    if (length > this.left) {
      this.#isShort = true
      return new Uint8Array()
    }
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  /** Bytes with their number before them (`vb`). */
  counted(): Uint8Array {
    return this.bytes(this.number())
  }
}
