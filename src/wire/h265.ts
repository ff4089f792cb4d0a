import { BitReader, unescaped } from './bit-reader.ts'
import { croppedSize, type Sequence } from './video-sequence.ts'

/*
 * What has to be read of H.265 (ITU-T H.265, section 7.3) before it is decoded.
 */

/** Types of NAL units, table 7-1. */
export const H265 = {
  raslN: 8,
  raslR: 9,
  firstIrap: 16,
  cra: 21,
  lastIrap: 23,
  lastSlice: 31,
  vps: 32,
  sps: 33,
  pps: 34,
  delimiter: 35,
  filler: 38,
} as const

/** The type of a NAL unit, by its first byte. */
export function h265Type(header: number): number {
  return (header >> 1) & 0x3f
}

/**
 * Reads a sequence parameter set.
 * @param nal with its first two bytes, without a start code
 * @returns undefined if it is damaged
 */
export function readH265Sequence(nal: Uint8Array): Sequence | undefined {
  const bits = new BitReader(unescaped(nal.subarray(2)))
  bits.skip(4)
  const subLayers = bits.bits(3)
  bits.skip(1)
  skipProfiles(bits, subLayers)
  const id = bits.unsigned()
  const chroma = bits.unsigned()
  if (chroma === 3) bits.skip(1)
  const width = bits.unsigned()
  const height = bits.unsigned()
  const cropping = { horizontal: 0, vertical: 0 }
  if (bits.flag()) {
    cropping.horizontal = (bits.unsigned() + bits.unsigned()) * (chroma === 1 || chroma === 2 ? 2 : 1)
    cropping.vertical = (bits.unsigned() + bits.unsigned()) * (chroma === 1 ? 2 : 1)
  }
  if (bits.isBroken || id > LAST_SEQUENCE) return undefined
  const size = croppedSize(width, height, cropping)
  return size && { id, size, reordered: readReordered(bits, subLayers) }
}

/** The number of a video or picture parameter set; undefined if it is damaged. */
export function h265SetId(nal: Uint8Array): number | undefined {
  const bits = new BitReader(unescaped(nal.subarray(2), 8))
  const id = h265Type(nal[0] ?? 0) === H265.vps ? bits.bits(4) : bits.unsigned()
  return bits.isBroken || id > LAST_PICTURE_SET ? undefined : id
}

/** profile_tier_level. */
function skipProfiles(bits: BitReader, subLayers: number): void {
  bits.skip(PROFILE_BITS + LEVEL_BITS)
  const present: { readonly profile: boolean; readonly level: boolean }[] = []
  for (let each = 0; each < subLayers; each++) present.push({ profile: bits.flag(), level: bits.flag() })
  if (subLayers > 0) bits.skip(2 * (8 - subLayers))
  for (const { profile, level } of present) bits.skip((profile ? PROFILE_BITS : 0) + (level ? LEVEL_BITS : 0))
}

/** sps_max_num_reorder_pics of all layers together. */
function readReordered(bits: BitReader, subLayers: number): number | undefined {
  bits.unsigned()
  bits.unsigned()
  bits.unsigned()
  let reordered = 0
  for (let layer = bits.flag() ? 0 : subLayers; layer <= subLayers; layer++) {
    bits.unsigned()
    reordered = bits.unsigned()
    bits.unsigned()
  }
  return bits.isBroken || reordered > MOST_REORDERED ? undefined : reordered
}

const PROFILE_BITS = 88
const LEVEL_BITS = 8
const LAST_SEQUENCE = 15
const LAST_PICTURE_SET = 63
const MOST_REORDERED = 16
