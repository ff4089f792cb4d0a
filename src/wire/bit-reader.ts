/**
 * Reads the fields of H.264 and H.265 headers, bit by bit. Beyond the end, and where a number is longer than any may be,
 * all that is read is 0 and `isBroken` says so, so that only the caller's result has to be checked.
 */
export class BitReader {
  readonly #bytes: Uint8Array
  #at = 0
  #isBroken = false

  /** @param bytes without emulation prevention (`unescaped`) */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Whether more was read than there is, or a number that is none. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  /** A number of so many bits (at most 32), the highest first. */
  bits(count: number): number {
    let value = 0
    for (let each = 0; each < count; each++) value = value * 2 + this.#bit()
    return value
  }

  /** One bit. */
  flag(): boolean {
    return this.#bit() === 1
  }

  /** Ignores so many bits. */
  skip(count: number): void {
    this.#at += count
    if (this.#at > this.#bytes.length * 8) this.#isBroken = true
  }

  /** An unsigned number in Exp-Golomb coding: ue(v). */
  unsigned(): number {
    let zeros = 0
    while (!this.#isBroken && this.#bit() === 0) zeros++
    if (zeros > LONGEST) this.#isBroken = true
    return this.#isBroken ? 0 : 2 ** zeros - 1 + this.bits(zeros)
  }

  /** A signed number in Exp-Golomb coding: se(v). */
  signed(): number {
    const code = this.unsigned()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }

  #bit(): number {
    const byte = this.#bytes[this.#at >> 3]
    if (byte === undefined || this.#isBroken) {
      this.#isBroken = true
      return 0
    }
    return (byte >> (7 - (this.#at++ & 7))) & 1
  }
}

/** No field of a header has more bits. */
const LONGEST = 32

/**
 * A NAL unit without the bytes that keep start codes out of it (emulation prevention): of 00 00 03 the 03.
 * @param limit how many bytes of it are of interest
 */
export function unescaped(nal: Uint8Array, limit = nal.length): Uint8Array {
  const bytes = new Uint8Array(Math.min(limit, nal.length))
  let length = 0
  let zeros = 0
  for (let at = 0; at < nal.length && length < bytes.length; at++) {
    const byte = nal[at] ?? 0
    if (zeros >= 2 && byte === 3) {
      zeros = 0
      continue
    }
    zeros = byte === 0 ? zeros + 1 : 0
    bytes[length++] = byte
  }
  return bytes.subarray(0, length)
}
