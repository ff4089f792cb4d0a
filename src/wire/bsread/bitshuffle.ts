/*
 * Bitshuffle's order of bits (github.com/kiyo-masui/bitshuffle): the lowest bits of all elements, then their second lowest
 * bits, and so on. Bits that change little from element to element come together, and compress well. Elements are numbers in
 * little-endian order, or bytes in any order that both ends agree on.
 *
 * The elements of 8 bytes each are a square of 8 × 8 bits for each byte of an element. In plain TypeScript: what
 * bitshuffle.wat and bitshuffle-pack.wat are compared with, and what runs where these cannot.
 */

/** Elements come in groups of so many: as many bits as a byte has. */
export const GROUP = 8

/**
 * Bits to elements.
 * @param bits a multiple of 8 elements
 * @param elementBytes the size of an element, 1 to 8
 * @param to as long as `bits`, and not the same memory
 */
export function untransposeBits(bits: Uint8Array, elementBytes: number, to: Uint8Array): void {
  const rowBytes = bits.length / elementBytes / GROUP
  for (let byte = 0; byte < elementBytes; byte++)
    for (let group = 0; group < rowBytes; group++)
      transposeSquare(
        bits,
        byte * GROUP * rowBytes + group,
        rowBytes,
        to,
        group * GROUP * elementBytes + byte,
        elementBytes,
      )
}

/**
 * Elements to bits.
 * @param elements a multiple of 8
 * @param elementBytes the size of an element, 1 to 8
 * @param to as long as `elements`, and not the same memory
 */
export function transposeBits(elements: Uint8Array, elementBytes: number, to: Uint8Array): void {
  const rowBytes = elements.length / elementBytes / GROUP
  for (let byte = 0; byte < elementBytes; byte++)
    for (let group = 0; group < rowBytes; group++)
      transposeSquare(
        elements,
        group * GROUP * elementBytes + byte,
        elementBytes,
        to,
        byte * GROUP * rowBytes + group,
        rowBytes,
      )
}

/** Swaps rows and columns of 8 × 8 bits (Hacker's Delight, 7-3): 8 bytes, `step` apart, each with its lowest bit first. */
function transposeSquare(
  from: Uint8Array,
  begin: number,
  step: number,
  to: Uint8Array,
  toBegin: number,
  toStep: number,
): void {
  const byte = (row: number) => from[begin + row * step] ?? 0
  let low = byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)
  let high = byte(4) | (byte(5) << 8) | (byte(6) << 16) | (byte(7) << 24)
  let swap = (low ^ (low >>> 7)) & 0x00_aa_00_aa
  low ^= swap ^ (swap << 7)
  swap = (high ^ (high >>> 7)) & 0x00_aa_00_aa
  high ^= swap ^ (swap << 7)
  swap = (low ^ (low >>> 14)) & 0x00_00_cc_cc
  low ^= swap ^ (swap << 14)
  swap = (high ^ (high >>> 14)) & 0x00_00_cc_cc
  high ^= swap ^ (swap << 14)
  swap = ((low >>> 4) ^ high) & 0x0f_0f_0f_0f
  high ^= swap
  low ^= swap << 4
  let out = toBegin
  for (let shift = 0; shift < 32; shift += 8, out += toStep) to[out] = low >>> shift
  for (let shift = 0; shift < 32; shift += 8, out += toStep) to[out] = high >>> shift
}
