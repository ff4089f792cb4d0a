import { crc32, deflateSync } from 'node:zlib'
import type { ImageType } from '../../src/core/payload.ts'
import { readImage } from '../../src/wire/image-header.ts'

/**
 * A baseline JPEG of one grey, which any browser decodes to exactly `width` × `height`.
 * @param size the approximate file size in bytes (at most 3 fewer, never more); ignored if smaller than the minimum
 * @param comment goes into a COM segment right after SOI, as UTF-8 of at most 65,533 bytes
 */
export function jpeg(width: number, height: number, size = 0, comment?: string): Uint8Array {
  const head = comment === undefined ? [SOI] : [SOI, segment(0xfe, Buffer.from(comment))]
  const body = [
    segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    segment(0xdb, Buffer.concat([Buffer.of(0), Buffer.alloc(64, 1)])),
    segment(0xc0, Buffer.of(8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0)),
    segment(0xc4, huffmanTableOfZero(0x00)),
    segment(0xc4, huffmanTableOfZero(0x10)),
    segment(0xda, Buffer.of(1, 1, 0x00, 0, 63, 0)),
    scanOfZeros(width, height),
    EOI,
  ]
  return Buffer.concat([...head, ...padding(size - byteLength(head) - byteLength(body)), ...body])
}

/** A JPEG that is right in all that can be seen without decoding it, and that no browser can decode: more codes than there are. */
export function undecodable(width: number, height: number): Uint8Array {
  const bytes = Buffer.from(jpeg(width, height))
  const counts = bytes.indexOf(Buffer.of(0xff, 0xc4)) + 5
  return bytes.fill(0xff, counts, counts + 16)
}

/** An 8-bit PNG of one grey, which any browser decodes to exactly `width` × `height`. */
export function png(width: number, height: number): Uint8Array {
  const ihdr = Buffer.alloc(13)
  ihdr.writeUInt32BE(width, 0)
  ihdr.writeUInt32BE(height, 4)
  ihdr.set([8, 0, 0, 0, 0], 8)
  const row = Buffer.alloc(1 + width, 128)
  row[0] = 0
  const rows = Buffer.concat(Array.from({ length: height }, () => row))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', ihdr),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

/** A lossless WebP of one grey, which any browser decodes to exactly `width` × `height` (each at most 16,384). */
export function webp(width: number, height: number): Uint8Array {
  const bits = new BitWriter()
  bits.write(0x2f, 8)
  bits.write(width - 1, 14)
  bits.write(height - 1, 14)
  bits.write(0, 4) // no alpha, version 0
  bits.write(0, 3) // no transform, no colour cache, no groups of prefix codes
  // Green, red, blue, alpha, distance: each a simple prefix code with one 8-bit symbol, so that a pixel takes no bits.
  for (const symbol of [128, 128, 128, 255, 0]) {
    bits.write(0b101, 3)
    bits.write(symbol, 8)
  }
  return riff(riffChunk('VP8L', bits.bytes()))
}

/** A WebP (RIFF) container around the given chunks. */
export function riff(...chunks: Uint8Array[]): Uint8Array {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks])
  return riffChunk('RIFF', body)
}

/** A chunk of a WebP container, padded to an even number of bytes. */
export function riffChunk(type: string, data: Uint8Array): Uint8Array {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(data.length)
  return Buffer.concat([Buffer.from(type), size, data, Buffer.alloc(data.length & 1)])
}

/** A chunk of a PNG, with its checksum. */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(12 + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write(type, 4, 'latin1')
  chunk.set(data, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), 8 + data.length)
  return chunk
}

/** A marker segment of a JPEG: FF, the marker, the length, the data. */
export function segment(marker: number, data: Uint8Array): Uint8Array {
  if (data.length > 65_533) throw new RangeError(`a JPEG segment holds at most 65,533 bytes, not ${data.length}`)
  const length = 2 + data.length
  return Buffer.concat([Buffer.of(0xff, marker, length >> 8, length & 255), data])
}

/** How the EXIF of a picture is written. */
export interface ExifManner {
  readonly isLittle?: boolean
  /** Other entries of the directory, in front of the orientation and behind it. */
  readonly before?: readonly ExifEntry[]
  readonly behind?: readonly ExifEntry[]
  /** Bytes between the header and the directory. */
  readonly gap?: number
}

/** A tag with one short number. */
export interface ExifEntry {
  readonly tag: number
  readonly value: number
}

/** EXIF with an orientation: the TIFF structure, without the prefix that it has in a JPEG. */
export function exifOf(orientation: number, manner: ExifManner = {}): Buffer<ArrayBuffer> {
  const { isLittle = true, before = [], behind = [], gap = 0 } = manner
  const entries = [...before, { tag: 274, value: orientation }, ...behind]
  const directory = 8 + gap
  const bytes = Buffer.alloc(directory + 2 + 12 * entries.length + 4)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  bytes.write(isLittle ? 'II' : 'MM', 'latin1')
  view.setUint16(2, 42, isLittle)
  view.setUint32(4, directory, isLittle)
  view.setUint16(directory, entries.length, isLittle)
  entries.forEach(({ tag, value }, i) => {
    const at = directory + 2 + 12 * i
    view.setUint16(at, tag, isLittle)
    view.setUint16(at + 2, 3, isLittle)
    view.setUint32(at + 4, 1, isLittle)
    view.setUint16(at + 8, value, isLittle)
  })
  return bytes
}

/** The picture with EXIF in it, where its format has it; it must have none yet. */
export function withExif(picture: Uint8Array, mediaType: ImageType, exif: Uint8Array): Uint8Array {
  if (mediaType === 'image/jpeg') {
    const prefixed = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif])
    return Buffer.concat([SOI, segment(0xe1, prefixed), picture.subarray(SOI.length)])
  }
  // Behind the signature and IHDR.
  if (mediaType === 'image/png')
    return Buffer.concat([picture.subarray(0, 33), pngChunk('eXIf', exif), picture.subarray(33)])
  const { width, height } = readImage(picture, { maxPixels: Number.MAX_SAFE_INTEGER })
  const canvas = Buffer.alloc(10)
  canvas[0] = 0x08
  canvas.writeUIntLE(width - 1, 4, 3)
  canvas.writeUIntLE(height - 1, 7, 3)
  return riff(riffChunk('VP8X', canvas), picture.subarray(12), riffChunk('EXIF', exif))
}

const SOI = Buffer.of(0xff, 0xd8)
const EOI = Buffer.of(0xff, 0xd9)

/** A table with one code, the single bit 0, for the symbol 0: "no difference" as DC, "end of block" as AC. */
function huffmanTableOfZero(classAndId: number): Uint8Array {
  return Buffer.concat([Buffer.of(classAndId, 1), Buffer.alloc(15), Buffer.of(0)])
}

/** Two zero bits for each block of 8 × 8, filled up with ones (ITU-T T.81, F.1.2.3). */
function scanOfZeros(width: number, height: number): Uint8Array {
  const bits = 2 * Math.ceil(width / 8) * Math.ceil(height / 8)
  const scan = Buffer.alloc(Math.ceil(bits / 8))
  if (bits % 8 !== 0) scan[scan.length - 1] = 255 >> (bits % 8)
  return scan
}

function padding(size: number): Uint8Array[] {
  const segments: Uint8Array[] = []
  for (let left = size; left >= 4; ) {
    const length = Math.min(left, 65_537)
    segments.push(segment(0xfe, Buffer.alloc(length - 4)))
    left -= length
  }
  return segments
}

function byteLength(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}

/** Least significant bit first, as VP8L wants it. */
class BitWriter {
  readonly #bits: number[] = []

  write(value: number, count: number): void {
    for (let i = 0; i < count; i++) this.#bits.push((value >> i) & 1)
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8))
    this.#bits.forEach((bit, i) => {
      bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (i & 7))
    })
    return bytes
  }
}
