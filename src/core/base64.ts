/**
 * Standard base64 with padding (RFC 4648, section 4). Uses `Uint8Array.prototype.toBase64` (Chromium 140, Node 25,
 * Safari 18.2, Firefox 133) where available; Node 24 does not have it.
 */
export function toBase64(bytes: Uint8Array): string {
  return hasToBase64(bytes) ? bytes.toBase64() : toBase64ByParts(bytes)
}

/** The fallback of `toBase64`; exported for its test. */
export function toBase64ByParts(bytes: Uint8Array): string {
  let binary = ''
  // In chunks, since each byte becomes an argument and their number is limited by the stack.
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(binary)
}

function hasToBase64(bytes: Uint8Array): bytes is Uint8Array & { toBase64(): string } {
  return 'toBase64' in bytes
}
