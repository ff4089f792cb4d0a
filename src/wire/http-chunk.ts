/*
 * Chunks of an HTTP/1.1 body (RFC 9112, section 7.1): the length in hexadecimal digits, the bytes, and a line break after
 * each.
 */

/**
 * Memory for bytes that are to be sent as a chunk, with room around it for the framing (headroom): so nothing is copied, and
 * a chunk is one buffer to write.
 */
export function allocateForChunk(length: number): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(HEADROOM + length + LINE_BREAK.length), HEADROOM, length)
  withRoom.add(bytes)
  return bytes
}

/**
 * Bytes as a chunk, framed once for all who get the same ones. Small ones are copied, others are framed in place.
 * @param bytes 1 or more: an empty chunk would end the body
 * @returns in pieces to be written one after another: one, or three of large bytes that have no room around them
 */
export function chunkOf(bytes: Uint8Array): readonly Uint8Array[] {
  const known = chunks.get(bytes)
  if (known) return known
  const head = encoder.encode(`${bytes.length.toString(16)}\r\n`)
  if (withRoom.has(bytes)) return remember(bytes, [framedInPlace(bytes, head)])
  if (bytes.length > SMALL_BYTES) return [head, bytes, LINE_BREAK]
  const chunk = new Uint8Array(head.length + bytes.length + LINE_BREAK.length)
  chunk.set(head)
  chunk.set(bytes, head.length)
  chunk.set(LINE_BREAK, head.length + bytes.length)
  return remember(bytes, [chunk])
}

function framedInPlace(bytes: Uint8Array, head: Uint8Array): Uint8Array {
  const start = bytes.byteOffset - head.length
  const chunk = new Uint8Array(bytes.buffer, start, head.length + bytes.length + LINE_BREAK.length)
  chunk.set(head)
  chunk.set(LINE_BREAK, head.length + bytes.length)
  return chunk
}

function remember(bytes: Uint8Array, chunk: readonly Uint8Array[]): readonly Uint8Array[] {
  chunks.set(bytes, chunk)
  return chunk
}

const encoder = new TextEncoder()
const LINE_BREAK = encoder.encode('\r\n')
/** Eight digits and a line break. */
const HEADROOM = 10
/** Up to this size bytes are copied together with their framing. */
const SMALL_BYTES = 16_384

const withRoom = new WeakSet<Uint8Array>()
const chunks = new WeakMap<Uint8Array, readonly Uint8Array[]>()
