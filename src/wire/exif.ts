import type { ImageType, Size } from '../core/payload.ts'
import { APP1, EOI, isBare, markerAfter, SOS } from './jpeg-markers.ts'

/**
 * How a picture is to be turned to be seen upright, as EXIF counts (CIPA DC-008, tag 274): 1 as it is, 2 mirrored left to
 * right, 3 upside down, 4 mirrored top to bottom, 5 mirrored along the diagonal from the top left, 6 turned by 90°
 * clockwise, 7 mirrored along the other diagonal, 8 turned by 90° counterclockwise.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/**
 * How an encoded picture is to be turned, as browsers do it: by the EXIF orientation of a JPEG, or of a PNG that has it
 * before its picture data; they never turn a WebP (Chromium 156). 1 if it has none, or one that is damaged or unknown. Reads
 * the containers' headers only; linear in the file's size at worst. Never throws.
 */
export function orientationOf(bytes: Uint8Array, mediaType: ImageType): Orientation {
  const exif = FINDERS[mediaType](new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  return exif ? orientationIn(exif) : 1
}

/** The size of a picture as it is seen. */
export function turnedSize({ width, height }: Size, orientation: Orientation): Size {
  return orientation >= 5 ? { width: height, height: width } : { width, height }
}

/** Find the TIFF structure that EXIF is, up to the end of its segment or chunk. */
const FINDERS: Record<ImageType, (view: DataView) => DataView | undefined> = {
  'image/jpeg': findInJpeg,
  'image/png': findInPng,
  'image/webp': () => undefined,
}

/** The first APP1 segment that begins with "Exif\0\0", before the picture data. */
function findInJpeg(view: DataView): DataView | undefined {
  for (let at = 2; ; ) {
    at = markerAfter(view, at)
    if (at + 3 > view.byteLength) return undefined
    const marker = view.getUint8(at++)
    if (marker === SOS || marker === EOI) return undefined
    if (isBare(marker)) continue
    const length = view.getUint16(at)
    if (length < 2 || at + length > view.byteLength) return undefined
    if (marker === APP1 && hasPrefix(view, at + 2, length - 2))
      return part(view, at + 2 + PREFIX_BYTES, length - 2 - PREFIX_BYTES)
    at += length
  }
}

/** The chunk eXIf (PNG, third edition, 11.3.4.5) before the picture data. */
function findInPng(view: DataView): DataView | undefined {
  for (let at = 8; at + 12 <= view.byteLength; ) {
    const length = view.getUint32(at)
    if (at + 12 + length > view.byteLength) return undefined
    const type = view.getUint32(at + 4)
    if (type === PNG_DATA) return undefined
    if (type === PNG_EXIF) return part(view, at + 8, length)
    at += 12 + length
  }
  return undefined
}

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

function part(view: DataView, from: number, length: number): DataView {
  return new DataView(view.buffer, view.byteOffset + from, length)
}
