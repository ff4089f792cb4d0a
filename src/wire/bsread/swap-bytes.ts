/**
 * Reverses the bytes of each element in place.
 * @param bytes a whole number of elements, at any place in memory
 * @param elementBytes 1, 2, 4 or 8
 */
export function swapBytes(bytes: Uint8Array, elementBytes: number): void {
  if (elementBytes === 1) return
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (elementBytes === 2) for (let at = 0; at < bytes.length; at += 2) view.setUint16(at, view.getUint16(at), true)
  else if (elementBytes === 4) for (let at = 0; at < bytes.length; at += 4) view.setUint32(at, view.getUint32(at), true)
  else
    for (let at = 0; at < bytes.length; at += 8) {
      const high = view.getUint32(at)
      view.setUint32(at, view.getUint32(at + 4), true)
      view.setUint32(at + 4, high, true)
    }
}
