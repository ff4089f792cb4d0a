import { constants, crc32, deflateSync } from 'node:zlib'
import { concatBytes } from '../core/concat-bytes.ts'
import { PIXEL_BYTES, type Pixels } from './resampler.ts'

/*
 * PNGs (ISO/IEC 15948): the signature, then chunks, each with its length, its type and a checksum. Pixels are rows, each
 * with the number of its filter first, compressed by deflate.
 */

/**
 * Encodes gray pixels as a PNG of one byte a pixel, an index into a palette: exact, whatever the colours.
 * @param gray red, green and blue of each pixel are the same
 * @param table the colours of the 256 grays, as pixels
 */
export function encodePalettePng({ data, width, height }: Pixels, table: Uint32Array): Uint8Array<ArrayBuffer> {
  const rows = Buffer.alloc(height * (1 + width))
  let from = 0
  let to = 0
  for (let y = 0; y < height; y++) {
    // Its filter: none, as neighbouring indexes say nothing about each other in what is mostly noise.
    to++
    for (let x = 0; x < width; x++) {
      rows[to++] = data[from] ?? 0
      from += PIXEL_BYTES
    }
  }
  const colours = new Uint8Array(table.buffer, table.byteOffset, table.byteLength)
  const palette = Buffer.alloc(table.length * 3)
  for (let i = 0; i < table.length; i++) palette.set(colours.subarray(i * PIXEL_BYTES, i * PIXEL_BYTES + 3), i * 3)
  return pngOf([header(width, height, PALETTE), chunk('PLTE', palette), chunk('IDAT', compressed(rows))])
}

/** Encodes pixels as a PNG of red, green and blue, each row as what differs from the one above it. */
export function encodePng({ data, width, height }: Pixels): Uint8Array<ArrayBuffer> {
  const rows = Buffer.alloc(height * (1 + width * 3))
  const above = width * PIXEL_BYTES
  let from = 0
  let to = 0
  for (let y = 0; y < height; y++) {
    rows[to++] = y === 0 ? FILTER_NONE : FILTER_UP
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const before = y === 0 ? 0 : (data[from + channel - above] ?? 0)
        rows[to++] = (data[from + channel] ?? 0) - before
      }
      from += PIXEL_BYTES
    }
  }
  return pngOf([header(width, height, RGB), chunk('IDAT', compressed(rows))])
}

const FILTER_NONE = 0
const FILTER_UP = 2

/** Colour types. */
const RGB = 2
const PALETTE = 3

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

function compressed(rows: Uint8Array): Uint8Array {
  return deflateSync(rows, { level: constants.Z_BEST_SPEED })
}

/** The first chunk, with 8 bits a sample. */
function header(width: number, height: number, colourType: number): Uint8Array {
  const fields = Buffer.alloc(13)
  fields.writeUInt32BE(width, 0)
  fields.writeUInt32BE(height, 4)
  fields[8] = 8
  fields[9] = colourType
  return chunk('IHDR', fields)
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(data.length + 12)
  bytes.writeUInt32BE(data.length, 0)
  bytes.write(type, 4, 'latin1')
  bytes.set(data, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, data.length + 8)), data.length + 8)
  return bytes
}

/** @returns in memory of its own, which can be handed to another thread */
function pngOf(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concatBytes([SIGNATURE, ...chunks, chunk('IEND', new Uint8Array(0))])
}
