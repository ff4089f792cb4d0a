import type { Orientation } from '../core/orientation.ts'
import type { ImageType } from '../core/payload.ts'
import { APP1, EOI, isBare, markerAfter, SOS } from './jpeg-markers.ts'

/**
 * How an encoded picture is to be turned: by the EXIF orientation of a JPEG, of a PNG that has it before its picture data, or
 * of a WebP. Browsers do not agree on the last two, so whoever shows the picture turns it himself (`withoutExif`). 1 if it
 * has none, or one that is damaged or unknown. Reads the containers' headers only; linear in the file's size at worst. Never
 * throws.
 */
export function orientationOf(bytes: Uint8Array, mediaType: ImageType): Orientation {
  for (const exif of FINDERS[mediaType](viewOf(bytes))) return orientationIn(exif.tiff)
  return 1
}

/**
 * The same picture for a decoder, which then turns nothing: without each EXIF that it has, or the second one would count.
 * @returns the parts of the file; views of `bytes` but for a few bytes
 */
export function withoutExif<Memory extends ArrayBufferLike>(
  bytes: Uint8Array<Memory>,
  mediaType: ImageType,
): readonly Uint8Array<Memory | ArrayBuffer>[] {
  const parts: Uint8Array<Memory | ArrayBuffer>[] = []
  let at = 0
  for (const exif of FINDERS[mediaType](viewOf(bytes))) {
    parts.push(bytes.subarray(at, exif.from))
    at = exif.to
    // A WebP says how long it is, so the chunk stays, as one that no decoder knows.
    if (mediaType === 'image/webp') {
      parts.push(UNKNOWN_CHUNK)
      at = exif.from + 4
    }
  }
  return [...parts, bytes.subarray(at)]
}

const UNKNOWN_CHUNK = Uint8Array.of(0x78, 0x78, 0x78, 0x78)

/** EXIF in a file: the TIFF structure that it is, and the segment or chunk around it, `to` exclusive. */
interface ExifPlace {
  readonly tiff: DataView
  readonly from: number
  readonly to: number
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/** In the order in which they are in the file; the first one counts. */
const FINDERS: Record<ImageType, (view: DataView) => Iterable<ExifPlace>> = {
  'image/jpeg': findInJpeg,
  'image/png': findInPng,
  'image/webp': findInWebp,
}

/** The APP1 segments that begin with "Exif\0\0", before the picture data. */
function* findInJpeg(view: DataView): Iterable<ExifPlace> {
  for (let at = 2; ; ) {
    at = markerAfter(view, at)
    if (at + 3 > view.byteLength) return
    const marker = view.getUint8(at++)
    if (marker === SOS || marker === EOI) return
    if (isBare(marker)) continue
    const length = view.getUint16(at)
    if (length < 2 || at + length > view.byteLength) return
    if (marker === APP1 && hasPrefix(view, at + 2, length - 2))
      yield { tiff: part(view, at + 2 + PREFIX_BYTES, at + length), from: at - 2, to: at + length }
    at += length
  }
}

/** The chunks eXIf (PNG, third edition, 11.3.4.5) before the picture data. */
function* findInPng(view: DataView): Iterable<ExifPlace> {
  for (let at = 8; at + 12 <= view.byteLength; ) {
    const length = view.getUint32(at)
    const to = at + 12 + length
    if (to > view.byteLength) return
    const type = view.getUint32(at + 4)
    if (type === PNG_DATA) return
    if (type === PNG_EXIF) yield { tiff: part(view, at + 8, to - 4), from: at, to }
    at = to
  }
}

/**
 * The chunks EXIF (RFC 9649, section 2.7.1.5), which are behind the picture data; only where the header says that there is
 * one, and not behind the end of the WebP. Some writers put the prefix of a JPEG's EXIF before it.
 */
function* findInWebp(view: DataView): Iterable<ExifPlace> {
  if (view.byteLength <= WEBP_FLAGS || view.getUint32(WEBP_CHUNKS) !== VP8X) return
  if ((view.getUint8(WEBP_FLAGS) & WEBP_HAS_EXIF) === 0) return
  const end = Math.min(view.byteLength, 8 + view.getUint32(RIFF_LENGTH, true))
  for (let from = WEBP_CHUNKS; from + 8 <= end; ) {
    const length = view.getUint32(from + 4, true)
    const to = from + 8 + length
    if (to > end) return
    if (view.getUint32(from) === WEBP_EXIF) {
      const prefix = hasPrefix(view, from + 8, length) ? PREFIX_BYTES : 0
      yield { tiff: part(view, from + 8 + prefix, to), from, to }
    }
    from = to + (length & 1)
  }
}

const RIFF_LENGTH = 4
const WEBP_CHUNKS = 12
const WEBP_FLAGS = 20
const WEBP_HAS_EXIF = 0x08
const VP8X = 0x56503858
const WEBP_EXIF = 0x45584946

const PNG_DATA = 0x49444154
const PNG_EXIF = 0x65584966

/** "Exif", followed by two zeros. */
const PREFIX = 0x45786966
const PREFIX_BYTES = 6

function hasPrefix(view: DataView, at: number, length: number): boolean {
  return length >= PREFIX_BYTES && view.getUint32(at) === PREFIX && view.getUint16(at + 4) === 0
}

/*
 * TIFF 6.0, section 2: byte order, 42, the offset of the first directory; that has a count and entries of 12 bytes: tag,
 * type, count, value. Only the first directory is read, as the orientation of the picture itself is in it.
 */
const LITTLE_ENDIAN = 0x4949
const BIG_ENDIAN = 0x4d4d
const TIFF = 42
const ORIENTATION = 274
const SHORT = 3

function orientationIn(tiff: DataView): Orientation {
  if (tiff.byteLength < 8) return 1
  const order = tiff.getUint16(0)
  if (order !== LITTLE_ENDIAN && order !== BIG_ENDIAN) return 1
  const isLittle = order === LITTLE_ENDIAN
  const directory = tiff.getUint32(4, isLittle)
  if (tiff.getUint16(2, isLittle) !== TIFF || directory + 2 > tiff.byteLength) return 1
  const entries = tiff.getUint16(directory, isLittle)
  for (let i = 0, at = directory + 2; i < entries && at + 12 <= tiff.byteLength; i++, at += 12) {
    if (tiff.getUint16(at, isLittle) !== ORIENTATION) continue
    const isOneShort = tiff.getUint16(at + 2, isLittle) === SHORT && tiff.getUint32(at + 4, isLittle) === 1
    const value = tiff.getUint16(at + 8, isLittle)
    return isOneShort && isOrientation(value) ? value : 1
  }
  return 1
}

function isOrientation(value: number): value is Orientation {
  return value >= 1 && value <= 8
}

/** @param to exclusive */
function part(view: DataView, from: number, to: number): DataView {
  return new DataView(view.buffer, view.byteOffset + from, to - from)
}
