/**
 * Copies a small picture out of the large buffer that it arrived in, with the rest of a form or other messages, so that
 * keeping the picture does not keep all that.
 * @returns the same bytes if they are most of their buffer
 */
export function detached(bytes: Uint8Array): Uint8Array {
  return bytes.length * 2 < bytes.buffer.byteLength ? new Uint8Array(bytes) : bytes
}
