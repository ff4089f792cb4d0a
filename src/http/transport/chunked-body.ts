import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

/** Whether the body comes in chunks (`Transfer-Encoding: chunked`), each of which may be a single byte. */
export function isChunked({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined
}

/**
 * Joins small chunks of a body that were read from the socket at once, before anything reads the body. Node makes a
 * `Buffer` of each, of some 500 bytes besides its content: 64 KB of the connection that hold single bytes took 6 MB while
 * their request waited. Overrides the `push` with which Node's parser adds to the body.
 */
export function joinChunks(request: IncomingMessage): void {
  let chunks: Buffer[] = []
  let bytes = 0
  const add = (chunk: Buffer | null) => Readable.prototype.push.call(request, chunk)
  const flush = () => {
    const joined = chunks
    if (joined.length === 0 || request.destroyed) return
    chunks = []
    if (bytes >= joined.length * LARGE_CHUNK_BYTES) for (const chunk of joined) add(chunk)
    else add(Buffer.concat(joined, bytes))
    bytes = 0
  }
  request.push = (chunk: Buffer | null) => {
    if (chunk === null) {
      flush()
      return add(null)
    }
    // After what was read has been parsed; the queue of `nextTick` is emptied after each chunk.
    if (chunks.length === 0) setImmediate(flush)
    chunks.push(chunk)
    bytes += chunk.length
    if (chunks.length === MOST_CHUNKS) flush()
    return request.readableLength + bytes < request.readableHighWaterMark
  }
}

/** How many chunks are joined at most: many connections may be read before the next turn. */
const MOST_CHUNKS = 128

/** From this average on, chunks are not worth copying. */
const LARGE_CHUNK_BYTES = 1024
