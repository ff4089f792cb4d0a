/** A part of an MJPEG stream. */
export interface JpegPart {
  readonly headers: ReadonlyMap<string, string>
  readonly jpeg: Uint8Array
}

/** The parts of an MJPEG stream, by the letter of RFC 2046 and by the lengths that they tell. */
export class JpegParts {
  readonly #delimiter: string
  readonly #parts: JpegPart[] = []
  /** Where the part after the last whole one begins. */
  #at: number

  constructor(boundary = 'frame') {
    this.#delimiter = `--${boundary}\r\n`
    this.#at = this.#delimiter.length
  }

  /**
   * The whole parts; a part counts once the boundary behind it has come.
   * @param bytes all of the stream so far: what was there the last time is not read again
   * @throws Error where it is not one
   */
  in(bytes: Uint8Array): readonly JpegPart[] {
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const delimiter = this.#delimiter
    if (data.length > 0 && data.toString('latin1', 0, delimiter.length) !== delimiter.slice(0, data.length))
      throw new Error('it does not begin with a boundary')
    for (;;) {
      const headEnd = data.indexOf('\r\n\r\n', this.#at)
      if (headEnd < 0) return this.#parts
      const lines = data.toString('latin1', this.#at, headEnd).split('\r\n')
      const headers = new Map(
        lines.map((line) => [line.split(': ', 1)[0]?.toLowerCase() ?? '', line.replace(/^.*?: /, '')]),
      )
      const start = headEnd + 4
      const end = start + Number(headers.get('content-length'))
      const next = end + 2 + delimiter.length
      if (data.length < next) return this.#parts
      if (data.toString('latin1', end, next) !== `\r\n${delimiter}`) throw new Error('no boundary follows a part')
      this.#parts.push({ headers, jpeg: data.subarray(start, end) })
      this.#at = next
    }
  }
}

/** The whole parts of a stream that is all there. @throws as `JpegParts` */
export function parseJpegParts(bytes: Uint8Array): readonly JpegPart[] {
  return new JpegParts().in(bytes)
}
