import { concatBytes } from '../core/concat-bytes.ts'
import type { Orientation } from '../core/orientation.ts'
import type { EncodedImage, ImageType } from '../core/payload.ts'
import { orientationOf } from './exif.ts'
import { APP1, EOI, isBare, markerAfter, SOS } from './jpeg-markers.ts'

/**
 * A picture without what was written into its file besides it: EXIF (where it was taken, with which camera), XMP, IPTC,
 * comments, thumbnails, and whatever follows its end. How it looks stays: its colours, its animation, which way up it is.
 * What decoders do not need goes, whether it is known or not. Nothing is decoded; linear in the file's size.
 * @param image one that `readImage` has accepted
 * @returns the same object if there is nothing to take out
 */
export function barePicture(image: EncodedImage): EncodedImage {
  const { bytes, mediaType } = image
  const { partsOf, write } = FORMATS[mediaType]
  const parts = joined(partsOf(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)))
  const [first] = parts
  if (parts.length === 1 && first?.to === bytes.length) return image
  const kept = parts.map(({ from, to }) => bytes.subarray(from, to))
  return { ...image, bytes: write(kept, orientationOf(bytes, mediaType)) }
}

/** A part of a file; `to` exclusive. */
interface Part {
  readonly from: number
  readonly to: number
}

interface Format {
  /** What stays of a file, from its first byte on. */
  readonly partsOf: (view: DataView) => Iterable<Part>
  /** Makes a file of that, with EXIF that says how to turn it, if it is to be turned. */
  readonly write: (parts: readonly Uint8Array[], orientation: Orientation) => Uint8Array
}

const FORMATS: Record<ImageType, Format> = {
  'image/jpeg': { partsOf: partsOfJpeg, write: writeJpeg },
  'image/png': { partsOf: partsOfPng, write: writePng },
  'image/webp': { partsOf: partsOfWebp, write: writeWebp },
}

/** One part of each run of neighbours; none of those behind `MOST_RUNS`. */
function joined(parts: Iterable<Part>): Part[] {
  const runs: { from: number; to: number }[] = []
  let last: { from: number; to: number } | undefined
  for (const { from, to } of parts) {
    if (last?.to === from) last.to = to
    else {
      if (runs.length === MOST_RUNS) break
      last = { from, to }
      runs.push(last)
    }
  }
  return runs
}

/** No program takes a picture apart like that, and millions of runs would hold everybody up. */
const MOST_RUNS = 10_000

/** The parts with something put in at a place within the first of them. */
function withInserted([first = NOTHING, ...others]: readonly Uint8Array[], at: number, inserted: Uint8Array) {
  return concatBytes([first.subarray(0, at), inserted, first.subarray(at), ...others])
}

const NOTHING = new Uint8Array()

/** Its segments, also between scans, and the picture data. What is between segments is no part of it. */
function* partsOfJpeg(view: DataView): Iterable<Part> {
  yield { from: 0, to: 2 }
  for (let at = markerAfter(view, 2); at < view.byteLength; at = markerAfter(view, at)) {
    const marker = view.getUint8(at++)
    if (marker === EOI) {
      yield { from: at - 2, to: at }
      return
    }
    if (isBare(marker)) continue
    // The length counts its own two bytes. One that cannot be right says nothing of where the next segment begins.
    const length = at + 2 > view.byteLength ? 0 : view.getUint16(at)
    const to = at + length
    if (length < 2 || to > view.byteLength) return
    if (isNeeded(view, marker, at + 2, to)) yield { from: at - 2, to }
    at = to
    if (marker !== SOS) continue
    const end = endOfScan(view, to)
    yield { from: to, to: end }
    at = end
  }
}

/** Of the segments for applications, which are APP0 to APP15, those that say how the colours are meant. */
function isNeeded(view: DataView, marker: number, from: number, to: number): boolean {
  const name = APPLICATIONS.get(marker)
  if (name !== undefined) return beginsWith(view, from, to, name)
  return marker !== COM && (marker & 0xf0) !== APP0
}

const APP0 = 0xe0
const COM = 0xfe
/** JFIF (ITU-T T.871), ICC profiles (ICC.1, annex B.4) and Adobe's transform of the colours. */
const APPLICATIONS: ReadonlyMap<number, string> = new Map([
  [APP0, 'JFIF\0'],
  [0xe2, 'ICC_PROFILE\0'],
  [0xee, 'Adobe'],
])

/** Where the marker begins that ends the data of a scan: zeros are put in behind FF, and restart markers are part of it. */
function endOfScan(view: DataView, from: number): number {
  const end = view.byteLength
  for (let at = from; at + 1 < end; at++) {
    if (view.getUint8(at) !== 0xff) continue
    const next = view.getUint8(at + 1)
    if (next !== 0 && next !== 0xff && !isBare(next)) return at
  }
  return end
}

/** Behind the SOI. */
function writeJpeg(parts: readonly Uint8Array[], orientation: Orientation): Uint8Array {
  if (orientation === 1) return concatBytes(parts)
  const tiff = tiffOf(orientation)
  const length = 2 + EXIF_PREFIX.length + tiff.length
  return withInserted(parts, 2, concatBytes([Uint8Array.of(0xff, APP1, 0, length), EXIF_PREFIX, tiff]))
}

const EXIF_PREFIX = Uint8Array.of(0x45, 0x78, 0x69, 0x66, 0, 0)

function* partsOfPng(view: DataView): Iterable<Part> {
  yield { from: 0, to: PNG_SIGNATURE_BYTES }
  for (let from = PNG_SIGNATURE_BYTES; from + 12 <= view.byteLength; ) {
    const to = from + 12 + view.getUint32(from)
    if (to > view.byteLength) return
    const type = nameAt(view, from + 4)
    if (PNG_CHUNKS.has(type)) yield { from, to }
    if (type === 'IEND') return
    from = to
  }
}

const PNG_SIGNATURE_BYTES = 8
/** Where the IHDR ends. */
const PNG_HEADER_BYTES = 33
/** What there is for decoders (PNG, third edition, section 11). */
const PNG_CHUNKS: ReadonlySet<string> = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS'],
  ...['cHRM', 'cICP', 'cLLI', 'gAMA', 'iCCP', 'mDCV', 'sBIT', 'sRGB'],
  ...['bKGD', 'hIST', 'pHYs', 'sPLT'],
  ...['acTL', 'fcTL', 'fdAT'],
])

function writePng(parts: readonly Uint8Array[], orientation: Orientation): Uint8Array {
  if (orientation === 1) return concatBytes(parts)
  const tiff = tiffOf(orientation)
  const chunk = new Uint8Array(12 + tiff.length)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, tiff.length)
  chunk.set([0x65, 0x58, 0x49, 0x66], 4)
  chunk.set(tiff, 8)
  view.setUint32(8 + tiff.length, crc32(chunk.subarray(4, 8 + tiff.length)))
  return withInserted(parts, PNG_HEADER_BYTES, chunk)
}

/** CRC-32 (PNG, third edition, annex D) of some bytes, bit by bit. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 0 ? 0 : 0xedb8_8320)
  }
  return ~crc >>> 0
}

/** Not behind the end that the file gives itself. */
function* partsOfWebp(view: DataView): Iterable<Part> {
  yield { from: 0, to: WEBP_CHUNKS }
  const end = Math.min(view.byteLength, 8 + view.getUint32(4, true))
  for (let from = WEBP_CHUNKS; from + 8 <= end; ) {
    const length = view.getUint32(from + 4, true)
    if (from + 8 + length > end) return
    const to = Math.min(end, from + 8 + length + (length & 1))
    if (WEBP_NAMES.has(nameAt(view, from))) yield { from, to }
    from = to
  }
}

const WEBP_CHUNKS = 12
/** What there is for decoders (RFC 9649, section 2.7). */
const WEBP_NAMES: ReadonlySet<string> = new Set(['VP8X', 'VP8 ', 'VP8L', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])
/** Where VP8X has its flags, and which say that there is EXIF or XMP. */
const WEBP_FLAGS = 20
const HAS_EXIF = 0x08
const HAS_XMP = 0x04

/** At its end. Only a file with VP8X has an orientation. */
function writeWebp(parts: readonly Uint8Array[], orientation: Orientation): Uint8Array {
  const exif = orientation === 1 ? NOTHING : webpExif(orientation)
  const bytes = concatBytes([...parts, exif])
  const view = new DataView(bytes.buffer)
  view.setUint32(4, bytes.length - 8, true)
  if (bytes.length > WEBP_FLAGS && nameAt(view, WEBP_CHUNKS) === 'VP8X') {
    const others = view.getUint8(WEBP_FLAGS) & ~(HAS_EXIF | HAS_XMP)
    view.setUint8(WEBP_FLAGS, orientation === 1 ? others : others | HAS_EXIF)
  }
  return bytes
}

function webpExif(orientation: Orientation): Uint8Array {
  const tiff = tiffOf(orientation)
  return concatBytes([Uint8Array.of(0x45, 0x58, 0x49, 0x46, tiff.length, 0, 0, 0), tiff])
}

/** The least EXIF with an orientation: a TIFF structure of one directory with one entry (TIFF 6.0, section 2). */
function tiffOf(orientation: Orientation): Uint8Array {
  return Uint8Array.of(
    ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8],
    ...[0, 1],
    ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0],
    ...[0, 0, 0, 0],
  )
}

/** Four characters of ASCII, as formats name their chunks. */
function nameAt(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))
}

function beginsWith(view: DataView, from: number, to: number, name: string): boolean {
  if (to - from < name.length) return false
  for (let i = 0; i < name.length; i++) if (view.getUint8(from + i) !== name.charCodeAt(i)) return false
  return true
}
