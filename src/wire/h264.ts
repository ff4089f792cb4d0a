import { BitReader, unescaped } from './bit-reader.ts'
import { croppedSize, type Sequence } from './video-sequence.ts'

/*
 * What has to be read of H.264 (ITU-T H.264, sections 7.3 and E.1) before it is decoded.
 */

/** Types of NAL units, table 7-1. */
export const H264 = { slice: 1, partitionA: 2, idr: 5, sei: 6, sps: 7, pps: 8, delimiter: 9, filler: 12 } as const

/** The type of a NAL unit, by its first byte. */
export function h264Type(header: number): number {
  return header & 0x1f
}

/**
 * Reads a sequence parameter set.
 * @param nal with its first byte, without a start code
 * @returns undefined if it is damaged
 */
export function readH264Sequence(nal: Uint8Array): Sequence | undefined {
  const bits = new BitReader(unescaped(nal.subarray(1)))
  const profile = bits.bits(8)
  const constraints = bits.bits(8)
  bits.skip(8)
  const id = bits.unsigned()
  const chroma = HIGH_PROFILES.has(profile) ? readChroma(bits) : { across: 2, down: 2 }
  bits.unsigned()
  const countType = skipPictureOrder(bits)
  bits.unsigned()
  bits.skip(1)
  const width = (bits.unsigned() + 1) * MACROBLOCK
  const mapUnits = bits.unsigned() + 1
  const isProgressive = bits.flag()
  const fields = isProgressive ? 1 : 2
  if (!isProgressive) bits.skip(1)
  bits.skip(1)
  const cropping = { horizontal: 0, vertical: 0 }
  if (bits.flag()) {
    cropping.horizontal = (bits.unsigned() + bits.unsigned()) * chroma.across
    cropping.vertical = (bits.unsigned() + bits.unsigned()) * chroma.down * fields
  }
  if (bits.isBroken || id > LAST_SEQUENCE) return undefined
  const size = croppedSize(width, mapUnits * MACROBLOCK * fields, cropping)
  if (!size) return undefined
  const hasNoOthers = countType === 2 || profile === BASELINE || (INTRA.has(profile) && (constraints & 0x10) !== 0)
  const reordered = (bits.flag() ? readReordered(bits) : undefined) ?? (hasNoOthers ? 0 : undefined)
  return { id, size, reordered }
}

/** The number of a picture parameter set (PPS); undefined if it is damaged. */
export function h264PictureSetId(nal: Uint8Array): number | undefined {
  const bits = new BitReader(unescaped(nal.subarray(1), 8))
  const id = bits.unsigned()
  return bits.isBroken || id > LAST_PICTURE_SET ? undefined : id
}

/** Whether a slice is intra-coded: it needs no other picture. @param nal of type 1, 2 or 5 */
export function isH264Intra(nal: Uint8Array): boolean {
  const bits = new BitReader(unescaped(nal.subarray(1), 16))
  bits.unsigned()
  const type = bits.unsigned() % 5
  return !bits.isBroken && (type === 2 || type === 4)
}

/** Whether supplemental enhancement information (SEI) says that decoding can begin here. */
export function hasH264RecoveryPoint(nal: Uint8Array): boolean {
  const bytes = unescaped(nal.subarray(1))
  // The last byte is the stop bit.
  for (let at = 0; at + 1 < bytes.length; ) {
    const type = sumFrom(bytes, at)
    const size = sumFrom(bytes, type.next)
    if (type.sum === RECOVERY_POINT) return true
    at = size.next + size.sum
  }
  return false
}

/** A number as SEI has it: each byte FF counts 255, the first other one ends it. */
function sumFrom(bytes: Uint8Array, from: number): { sum: number; next: number } {
  let at = from
  let sum = 0
  while (bytes[at] === 0xff) {
    sum += 0xff
    at++
  }
  return { sum: sum + (bytes[at] ?? 0), next: at + 1 }
}

/** How many pixels the unit of cropping has, in a frame. */
function readChroma(bits: BitReader): { across: number; down: number } {
  const format = bits.unsigned()
  const isSeparate = format === 3 && bits.flag()
  bits.unsigned()
  bits.unsigned()
  bits.skip(1)
  if (bits.flag()) {
    const lists = format === 3 ? 12 : 8
    for (let list = 0; list < lists; list++) if (bits.flag()) skipScalingList(bits, list < 6 ? 16 : 64)
  }
  return { across: !isSeparate && (format === 1 || format === 2) ? 2 : 1, down: format === 1 ? 2 : 1 }
}

function skipScalingList(bits: BitReader, length: number): void {
  let last = 8
  let next = 8
  for (let each = 0; each < length && !bits.isBroken; each++) {
    if (next !== 0) next = (last + bits.signed() + 256) % 256
    if (next !== 0) last = next
  }
}

/** @returns how the order of pictures is told (pic_order_cnt_type) */
function skipPictureOrder(bits: BitReader): number {
  const type = bits.unsigned()
  if (type === 0) bits.unsigned()
  if (type === 1) {
    bits.skip(1)
    bits.signed()
    bits.signed()
    const offsets = bits.unsigned()
    for (let each = 0; each < offsets && !bits.isBroken; each++) bits.signed()
  }
  return type
}

/** Of the video usability information (VUI) only max_num_reorder_frames. */
function readReordered(bits: BitReader): number | undefined {
  if (bits.flag() && bits.bits(8) === EXTENDED_ASPECT) bits.skip(32)
  if (bits.flag()) bits.skip(1)
  if (bits.flag()) {
    bits.skip(4)
    if (bits.flag()) bits.skip(24)
  }
  if (bits.flag()) {
    bits.unsigned()
    bits.unsigned()
  }
  if (bits.flag()) bits.skip(65)
  const hasNal = bits.flag()
  if (hasNal) skipBuffering(bits)
  const hasVcl = bits.flag()
  if (hasVcl) skipBuffering(bits)
  if (hasNal || hasVcl) bits.skip(1)
  bits.skip(1)
  if (!bits.flag()) return undefined
  bits.skip(1)
  for (let each = 0; each < 4; each++) bits.unsigned()
  const reordered = bits.unsigned()
  return bits.isBroken || reordered > MOST_REORDERED ? undefined : reordered
}

/** The parameters of the hypothetical decoder's buffer (HRD). */
function skipBuffering(bits: BitReader): void {
  const count = bits.unsigned() + 1
  bits.skip(8)
  for (let each = 0; each < count && !bits.isBroken; each++) {
    bits.unsigned()
    bits.unsigned()
    bits.skip(1)
  }
  bits.skip(20)
}

const MACROBLOCK = 16
const BASELINE = 66
/** Those whose SPS tells the chroma format. */
const HIGH_PROFILES: ReadonlySet<number> = new Set([44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244])
/** Those that are intra-only if the fourth constraint says so. */
const INTRA: ReadonlySet<number> = new Set([44, 100, 110, 122, 244])
const LAST_SEQUENCE = 31
const LAST_PICTURE_SET = 255
const RECOVERY_POINT = 6
const EXTENDED_ASPECT = 255
const MOST_REORDERED = 16
