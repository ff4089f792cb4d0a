import type { Writable } from 'node:stream'

/**
 * Writes pieces of a message in one system call. One for each would cost more: a short head that is sent by itself is a
 * packet of its own, and wakes the peer before there is anything to read.
 */
export function writePieces(stream: Writable, pieces: readonly Uint8Array[]): void {
  // To hold back a single one would cost two calls for each of hundreds of viewers.
  if (pieces.length === 1) {
    stream.write(pieces[0])
    return
  }
  stream.cork()
  for (const piece of pieces) stream.write(piece)
  stream.uncork()
}
