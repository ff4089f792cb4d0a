import { Refusal } from '../core/errors.ts'
import type { EncodedImage, ImageType, Size } from '../core/payload.ts'
import { readJpeg } from './jpeg-header.ts'
import { count, cut, invalid } from './picture-refusal.ts'

/** Limits for pictures, set by the operator. */
export interface ImageLimits {
  /**
   * Width × height in pixels, inclusive. It bounds the memory for the decoded picture, however small the file
   * (decompression bomb).
   */
  readonly maxPixels: number
  /**
   * The CRC-32 of some bytes, to check the chunks of PNGs (`crc32` of `node:zlib`, which this folder does not know); left out:
   * they are not checked, where they were before.
   */
  readonly crc32?: ((bytes: Uint8Array) => number) | undefined
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
 * the file is complete and of a kind that browsers can decode, without decoding it. Width and height are those of the file;
 * an EXIF orientation is not applied. Compressed data is not checked, but for the checksums of a PNG. Linear in the file's
 * size, a few hundred nanoseconds for a typical JPEG, and a microsecond for each 5 KB of a PNG.
 * @returns the picture with the same `bytes`, not a copy
 * @throws Refusal `invalid` when it is not a JPEG, PNG or WebP, is truncated, malformed or in a coding that no browser knows,
 *   or has no pixels or too many
 */
export function readImage(bytes: Uint8Array, limits: ImageLimits): EncodedImage {
  const mediaType = sniff(bytes)
  if (mediaType === undefined) throw invalid(`not a JPEG, PNG or WebP picture (${beginning(bytes)})`)
  const { width, height } = READERS[mediaType](new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), limits)
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

const READERS: Record<ImageType, (view: DataView, limits: ImageLimits) => Size> = {
  'image/jpeg': readJpeg,
  'image/png': readPng,
  'image/webp': readWebp,
}

const JPEG_START = [0xff, 0xd8, 0xff]
const PNG_START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const RIFF = [0x52, 0x49, 0x46, 0x46]
const WEBP = [0x57, 0x45, 0x42, 0x50]

// PNG, third edition (https://www.w3.org/TR/png-3/), sections 5.3 and 11.2.1.
const IHDR = 0x49484452
const PLTE = 0x504c5445
const IDAT = 0x49444154
const IEND = 0x49454e44
/** The bit of a chunk's type that says that decoders can do without it. */
const IS_ANCILLARY = 0x20000000
/** The colour type whose pixels are numbers of colours in a palette. */
const INDEXED = 3
/** The bit depths allowed for each colour type. */
const PNG_DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
}

function readPng(view: DataView, { crc32 }: ImageLimits): Size {
  let hasData = false
  let hasPalette = false
  for (let at = 8; at + 12 <= view.byteLength; ) {
    const length = view.getUint32(at)
    const type = view.getUint32(at + 4)
    if (at + 12 + length > view.byteLength) throw cut('PNG', 'chunk', 12 + length, view.byteLength - at)
    if (at === 8 && (type !== IHDR || length !== 13))
      throw invalid('this PNG is malformed: it does not begin with its size (IHDR)')
    if (crc32 && (type & IS_ANCILLARY) === 0) {
      const checked = new Uint8Array(view.buffer, view.byteOffset + at + 4, 4 + length)
      if (crc32(checked) !== view.getUint32(at + 8 + length))
        throw invalid('this PNG is damaged: the checksum of a chunk is wrong')
    }
    if (type === PLTE) hasPalette = true
    if (type === IDAT && !hasData) checkCompressed(view, at + 8, length)
    if (type === IDAT) hasData = true
    if (type === IEND) {
      if (view.getUint8(25) === INDEXED && !hasPalette) throw invalid('this PNG cannot be decoded: it has no palette')
      if (!hasData) throw invalid('this PNG holds no picture data')
      return pngSize(view)
    }
    at += 12 + length
  }
  throw invalid('this PNG is cut: it has no end chunk (IEND)')
}

/** Picture data begins with the header of a zlib stream (RFC 1950, section 2.2), unless its first chunk is shorter than that. */
function checkCompressed(view: DataView, at: number, length: number): void {
  if (length >= 2 && ((view.getUint8(at) & 0x0f) !== 8 || view.getUint16(at) % 31 !== 0))
    throw invalid('this PNG cannot be decoded: its picture data is not compressed as in a PNG')
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
  if (view.getUint16(26) !== 0 || view.getUint8(28) > 1)
    throw invalid('this PNG cannot be decoded: there is no such compression, filter or interlacing')
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
  const tag = view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000
  const isShown = (tag & 0x10) !== 0
  if (((tag >> 1) & 7) > 3 || !isShown || tag >> 5 > length - 10)
    throw invalid('this WebP cannot be decoded: it has no such version, is not to be shown, or lacks data')
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

function beginning(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'it is empty'
  const hex = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0'))
  return `it starts with ${hex.join(' ')}`
}

function megapixels(pixels: number): string {
  return (pixels / 1e6).toLocaleString('en-US', { maximumFractionDigits: 3 })
}
