/** Writes the numbers of NUT one after the other. */
export class NutBytes {
  readonly #bytes: number[] = []

  /** A number of variable length (`v`); whole, 0 or more. */
  number(value: number): this {
    const digits = [value % 128]
    for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.push(128 + (rest % 128))
    this.#bytes.push(...digits.reverse())
    return this
  }

  /** The same with a sign (`s`). */
  signed(value: number): this {
    return this.number(value > 0 ? 2 * value - 1 : -2 * value)
  }

  /** Bytes as they are. */
  bytes(bytes: Uint8Array): this {
    for (const byte of bytes) this.#bytes.push(byte)
    return this
  }

  /** 32 bits, the highest first. */
  word(value: number): this {
    this.#bytes.push(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
    return this
  }

  /** All that was written. */
  take(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }
}
