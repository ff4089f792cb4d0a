/*
 * The tables that JPEGs over RTP leave out, as they are always the same: of quantisation (RFC 2435, appendix A, in zigzag
 * order) and of Huffman coding (ITU-T T.81, annex K.3).
 */

/**
 * The quantisation tables for luminance and chrominance, 64 bytes each.
 * @param quality 1 to 99
 */
export function quantisationTables(quality: number): Uint8Array[] {
  const factor = Math.max(1, Math.min(99, quality))
  const percent = factor < 50 ? Math.floor(5000 / factor) : 200 - factor * 2
  return [LUMINANCE, CHROMINANCE].map((table) =>
    table.map((value) => Math.max(1, Math.min(255, Math.floor((value * percent + 50) / 100)))),
  )
}

const LUMINANCE = new Uint8Array([
  ...[16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40],
  ...[26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51],
  ...[56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87],
  ...[95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99],
])
const CHROMINANCE = new Uint8Array(64).fill(99)
CHROMINANCE.set([17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66])

/** The class and number of each Huffman table, how many codes have each length, and the values. */
export const HUFFMAN_TABLES: readonly Uint8Array[] = [
  `00 00010501010101010100000000000000 000102030405060708090a0b`,
  `10 0002010303020403050504040000017d
   01020300041105122131410613516107227114328191a1082342b1c11552d1f0
   2433627282090a161718191a25262728292a3435363738393a434445464748494a
   535455565758595a636465666768696a737475767778797a838485868788898a
   92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6
   c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa`,
  `01 00030101010101010101010000000000 000102030405060708090a0b`,
  `11 00020102040403040705040400010277
   000102031104052131061241510761711322328108144291a1b1c109233352f0
   156272d10a162434e125f11718191a262728292a35363738393a434445464748
   494a535455565758595a636465666768696a737475767778797a828384858687
   88898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3
   c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa`,
].map(fromHex)

function fromHex(digits: string): Uint8Array {
  return new Uint8Array((digits.match(/[0-9a-f]{2}/g) ?? []).map((byte) => Number.parseInt(byte, 16)))
}
