/** What a peer sent, for a sentence about it: at most so many characters, and none that a terminal or a log would obey. */
export function printable(bytes: Uint8Array, most: number): string {
  return Array.from(bytes.subarray(0, most), (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·',
  ).join('')
}
