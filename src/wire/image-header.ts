import { Refusal } from '../core/errors.ts'
import type { EncodedImage, ImageType, Size } from '../core/payload.ts'
import { EOI, isBare, isFrameHeader, markerAfter, SOI, SOS } from './jpeg-markers.ts'

/** Limits for pictures, set by the operator. */
export interface ImageLimits {
  /**
   * Width × height in pixels, inclusive. It bounds the memory for the decoded picture, however small the file
   * (decompression bomb).
   */
  readonly maxPixels: number
}

/**
 * Checks the size of a picture's file.
 * @param length of the file, in bytes
 * @param maxBytes the limit
 * @param written formats a number for the error message; plain digits if left out
 * @throws Refusal `too_large`
 */
export function checkPictureBytes(length: number, maxBytes: number, written: (bytes: number) => string = String): void {
  if (length > maxBytes)
    throw new Refusal('too_large', `file: at most ${written(maxBytes)} bytes, this one has ${written(length)}`)
}

/**
 * Content sniffing and validation of pictures: reads the type and dimensions from a picture's header and checks that
 * the file is complete, without decoding it. Width and height are those of the file; an EXIF orientation is not
 * applied. Checksums and compressed data are not checked. Linear in the file's size, a few hundred nanoseconds for a
 * typical JPEG; nothing but the result is allocated.
 * @returns the picture with the same `bytes`, not a copy
 * @throws Refusal `invalid` when it is not a JPEG, PNG or WebP, is truncated or malformed, or has no pixels or too many
 */
export function readImage(bytes: Uint8Array, limits: ImageLimits): EncodedImage {
  const mediaType = sniff(bytes)
  if (mediaType === undefined) throw invalid(`not a JPEG, PNG or WebP picture (${beginning(bytes)})`)
  const { width, height } = READERS[mediaType](new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (width === 0 || height === 0)
    throw invalid(`this ${mediaType} says that it is ${width} × ${height} pixels; both must be at least 1`)
  if (width * height > limits.maxPixels)
    throw invalid(
      `this picture has ${megapixels(width * height)} megapixels (${width} × ${height}), at most ${megapixels(limits.maxPixels)} are allowed`,
    )
  return { kind: 'image', bytes, mediaType, width, height }
}

/**
 * The media type according to the magic number (the first bytes) alone; undefined for other formats. The rest is not
 * checked.
 */
export function sniff(bytes: Uint8Array): ImageType | undefined {
  if (startsWith(bytes, JPEG_START)) return 'image/jpeg'
  if (startsWith(bytes, PNG_START)) return 'image/png'
  if (startsWith(bytes, RIFF) && startsWith(bytes, WEBP, 8)) return 'image/webp'
  return undefined
}

const READERS: Record<ImageType, (view: DataView) => Size> = {
  'image/jpeg': readJpeg,
  'image/png': readPng,
  'image/webp': readWebp,
}

const JPEG_START = [0xff, 0xd8, 0xff]
const PNG_START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const RIFF = [0x52, 0x49, 0x46, 0x46]
const WEBP = [0x57, 0x45, 0x42, 0x50]

/**
 * Walks the segments up to the first scan. Thumbnails are JPEGs themselves; they lie within segments and are skipped.
 */
function readJpeg(view: DataView): Size {
  let size: Size | undefined
  let at = 2
  for (;;) {
    at = markerAfter(view, at)
    if (at + 3 > view.byteLength) throw invalid('this JPEG is cut: it ends before its picture data begins')
    const marker = view.getUint8(at++)
    if (marker === EOI || marker === SOI) throw invalid('this JPEG holds no picture data')
    if (isBare(marker)) continue
    const length = view.getUint16(at)
    if (length < 2) throw invalid(`this JPEG is malformed: a segment claims ${length} bytes, the least is 2`)
    if (at + length > view.byteLength) throw cut('JPEG', 'segment', length, view.byteLength - at)
    if (isFrameHeader(marker)) {
      // Decoders reject a second one; using the first of two would allow to bypass the pixel limit.
      if (size) throw invalid('this JPEG is malformed: it gives its size twice')
      if (length < 8 || length !== 8 + 3 * view.getUint8(at + 7))
        throw invalid('this JPEG is malformed: its frame header has a wrong length')
      size = { height: view.getUint16(at + 3), width: view.getUint16(at + 5) }
    }
    at += length
    if (marker === SOS) break
  }
  if (!size) throw invalid('this JPEG is malformed: its picture data begins before its size is given')
  if (!hasEndMarker(view, at)) throw invalid('this JPEG is cut: it has no end marker')
  return size
}

/**
 * Whether FF D9 occurs at or after `from`; a good file ends with it, or has it before some padding. A plain loop: as
 * fast as `lastIndexOf` on typical data and 14 times faster on a file of D9 bytes only.
 */
function hasEndMarker(view: DataView, from: number): boolean {
  for (let at = view.byteLength - 1; at > from; at--)
    if (view.getUint8(at) === EOI && view.getUint8(at - 1) === 0xff) return true
  return false
}

// PNG, third edition (https://www.w3.org/TR/png-3/), sections 5.3 and 11.2.1.
const IHDR = 0x49484452
const IDAT = 0x49444154
const IEND = 0x49454e44
/** The bit depths allowed for each colour type. */
const PNG_DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
}

function readPng(view: DataView): Size {
  let hasData = false
  for (let at = 8; at + 12 <= view.byteLength; ) {
    const length = view.getUint32(at)
    const type = view.getUint32(at + 4)
    if (at + 12 + length > view.byteLength) throw cut('PNG', 'chunk', 12 + length, view.byteLength - at)
    if (at === 8 && (type !== IHDR || length !== 13))
      throw invalid('this PNG is malformed: it does not begin with its size (IHDR)')
    if (type === IDAT) hasData = true
    if (type === IEND) {
      if (!hasData) throw invalid('this PNG holds no picture data')
      return pngSize(view)
    }
    at += 12 + length
  }
  throw invalid('this PNG is cut: it has no end chunk (IEND)')
}

/** The dimensions in the IHDR chunk, whose 13 bytes begin at 16; its position has been checked before. */
function pngSize(view: DataView): Size {
  const depth = view.getUint8(24)
  const colourType = view.getUint8(25)
  const width = view.getUint32(16)
  const height = view.getUint32(20)
  if (width > 0x7fffffff || height > 0x7fffffff) throw invalid('this PNG is malformed: its sides go beyond 2^31')
  if (!PNG_DEPTHS[colourType]?.includes(depth))
    throw invalid(`this PNG is malformed: there is no colour type ${colourType} with ${depth} bits`)
  return { width, height }
}

// WebP (https://developers.google.com/speed/webp/docs/riff_container) as in RFC 9649, section 2; little-endian.
const VP8X = 0x56503858
const ANMF = 0x414e4d46
const VP8 = 0x56503820
const VP8L = 0x5650384c

function readWebp(view: DataView): Size {
  const end = 8 + view.getUint32(4, true)
  if (end > view.byteLength)
    throw invalid(`this WebP is cut: ${count(end)} bytes are announced, ${count(view.byteLength)} came`)
  let canvas: Size | undefined
  for (let at = 12; at + 8 <= end; ) {
    const type = view.getUint32(at)
    const length = view.getUint32(at + 4, true)
    const data = at + 8
    if (data + length > end) throw cut('WebP', 'chunk', 8 + length, end - at)
    if (type === VP8X && at === 12) canvas = canvasSize(view, data, length)
    if (type === ANMF && canvas) return canvas
    if (type === VP8 || type === VP8L) {
      const size = type === VP8 ? lossySize(view, data, length) : losslessSize(view, data, length)
      if (canvas && (canvas.width !== size.width || canvas.height !== size.height))
        throw invalid('this WebP is malformed: its picture does not have the size of its canvas')
      return size
    }
    at = data + length + (length & 1)
  }
  throw invalid('this WebP holds no picture data')
}

/** VP8X: flags, then width and height, each minus one in 24 bits. */
function canvasSize(view: DataView, at: number, length: number): Size {
  if (length < 10) throw invalid('this WebP is malformed: its VP8X chunk is too short')
  const side = (from: number) => 1 + view.getUint16(from, true) + view.getUint8(from + 2) * 0x10000
  return { width: side(at + 4), height: side(at + 7) }
}

/**
 * VP8 (RFC 6386, section 9.1): a key frame's tag, start code, then width and height, each in the lower 14 bits below
 * two bits for scaling.
 */
function lossySize(view: DataView, at: number, length: number): Size {
  if (
    length < 10 ||
    (view.getUint8(at) & 1) !== 0 ||
    view.getUint16(at + 3) !== 0x9d01 ||
    view.getUint8(at + 5) !== 0x2a
  )
    throw invalid('this WebP is malformed: its VP8 chunk does not begin with a key frame')
  return { width: view.getUint16(at + 6, true) & 0x3fff, height: view.getUint16(at + 8, true) & 0x3fff }
}

/**
 * VP8L (RFC 9649, section 3.4): signature, width and height, each minus one in 14 bits, alpha, and a version that must
 * be 0.
 */
function losslessSize(view: DataView, at: number, length: number): Size {
  const bits = length < 5 || view.getUint8(at) !== 0x2f ? undefined : view.getUint32(at + 1, true)
  if (bits === undefined || bits >>> 29 !== 0)
    throw invalid('this WebP is malformed: its VP8L chunk does not begin with a header')
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
}

function startsWith(bytes: Uint8Array, prefix: readonly number[], from = 0): boolean {
  for (let i = 0; i < prefix.length; i++) if (bytes[from + i] !== prefix[i]) return false
  return true
}

function invalid(sentence: string): Refusal {
  return new Refusal('invalid', `file: ${sentence}`)
}

function cut(kind: string, what: string, length: number, left: number): Refusal {
  return invalid(`this ${kind} is cut: a ${what} of ${count(length)} bytes begins ${count(left)} bytes before the end`)
}

function beginning(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'it is empty'
  const hex = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0'))
  return `it starts with ${hex.join(' ')}`
}

function count(n: number): string {
  return n.toLocaleString('en-US')
}

function megapixels(pixels: number): string {
  return (pixels / 1e6).toLocaleString('en-US', { maximumFractionDigits: 3 })
}
