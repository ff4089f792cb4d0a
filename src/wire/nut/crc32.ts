/*
 * The checksum of NUT: CRC-32 with the polynomial 0x04C11DB7, the highest bit first, beginning with 0 and not inverted
 * (another one than that of PNG and zlib). Over bytes and their checksum behind them it is 0.
 */

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let rest = index << 24
  for (let bit = 0; bit < 8; bit++) rest = rest < 0 ? (rest << 1) ^ 0x04c11db7 : rest << 1
  return rest
})

/** The checksum, 32 bits without a sign; it is stored with the highest byte first. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) crc = (crc << 8) ^ (TABLE[(crc >>> 24) ^ byte] ?? 0)
  return crc >>> 0
}
