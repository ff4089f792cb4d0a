/**
 * Reads lines that end with LF or CRLF from bytes that come in pieces. What is longer than `most` is cut, so that bytes
 * without any line end take no memory.
 */
export class LineReader {
  readonly #bytes: Uint8Array
  #length = 0

  /** @param most the longest line, in bytes */
  constructor(most: number) {
    this.#bytes = new Uint8Array(most)
  }

  /**
   * Takes bytes up to the next line end.
   * @param from where in them to begin
   * @returns the line, in Latin-1 without its end, and where the rest begins; undefined if its end is not there yet
   */
  push(bytes: Uint8Array, from: number): { readonly line: string; readonly end: number } | undefined {
    const lineEnd = bytes.indexOf(LF, from)
    const piece = bytes.subarray(from, lineEnd < 0 ? bytes.length : lineEnd)
    const kept = piece.subarray(0, this.#bytes.length - this.#length)
    this.#bytes.set(kept, this.#length)
    this.#length += kept.length
    if (lineEnd < 0) return undefined
    const isCr = this.#length > 0 && this.#bytes[this.#length - 1] === CR
    let line = ''
    for (const byte of this.#bytes.subarray(0, this.#length - (isCr ? 1 : 0))) line += String.fromCharCode(byte)
    this.#length = 0
    return { line, end: lineEnd + 1 }
  }
}

const CR = 0x0d
const LF = 0x0a
