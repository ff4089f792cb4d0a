/** A part of an MJPEG stream. */
export interface JpegPart {
  readonly headers: ReadonlyMap<string, string>
  readonly jpeg: Uint8Array
}

/**
 * Parses an MJPEG stream by the letter of RFC 2046, by the lengths that its parts tell.
 * @returns the whole parts in it; a part counts once the boundary behind it has come
 * @throws Error where it is not one
 */
export function parseJpegParts(bytes: Uint8Array, boundary = 'frame'): JpegPart[] {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const delimiter = `--${boundary}\r\n`
  const parts: JpegPart[] = []
  let at = delimiter.length
  if (data.length > 0 && data.toString('latin1', 0, at) !== delimiter.slice(0, data.length))
    throw new Error('it does not begin with a boundary')
  for (;;) {
    const headEnd = data.indexOf('\r\n\r\n', at)
    if (headEnd < 0) return parts
    const lines = data.toString('latin1', at, headEnd).split('\r\n')
    const headers = new Map(
      lines.map((line) => [line.split(': ', 1)[0]?.toLowerCase() ?? '', line.replace(/^.*?: /, '')]),
    )
    const start = headEnd + 4
    const end = start + Number(headers.get('content-length'))
    const next = end + 2 + delimiter.length
    if (data.length < next) return parts
    if (data.toString('latin1', end, next) !== `\r\n${delimiter}`) throw new Error('no boundary follows a part')
    parts.push({ headers, jpeg: data.subarray(start, end) })
    at = next
  }
}
