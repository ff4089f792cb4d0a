import type { Size } from '../../core/payload.ts'
import { HUFFMAN_TABLES } from './jpeg-tables.ts'

/** What a JPEG needs besides its scan to be a file. */
export interface JpegParts {
  readonly size: Size
  /** Whether there is one row of colours for two rows of pixels; there is one column for two in any case. */
  readonly halvesRows: boolean
  /** Luminance and chrominance, in zigzag order; one where both have the same. Of 64 bytes, or 128 with 16 bits a value. */
  readonly tables: readonly Uint8Array[]
  /** Blocks between two restart markers, 0 where there are none. */
  readonly restartInterval: number
}

/** All of a JPEG file in front of the compressed data of its scan. */
export function jpegHeader({ size, halvesRows, tables, restartInterval }: JpegParts): Uint8Array[] {
  const chroma = tables.length > 1 ? 1 : 0
  const { width, height } = size
  const sampling = halvesRows ? 0x22 : 0x21
  const restart = restartInterval > 0 ? [segment(0xdd, [...sixteen(restartInterval)])] : []
  return [
    new Uint8Array([0xff, 0xd8]),
    // JFIF: the three components are YCbCr.
    segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    ...tables.map((table, at) => segment(0xdb, [(table.length > 64 ? 0x10 : 0) | at, ...table])),
    ...restart,
    segment(0xc0, [8, ...sixteen(height), ...sixteen(width), 3, 1, sampling, 0, 2, 0x11, chroma, 3, 0x11, chroma]),
    ...HUFFMAN_TABLES.map((table) => segment(0xc4, table)),
    segment(0xda, [3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]),
  ]
}

function segment(marker: number, content: Iterable<number> & { readonly length: number }): Uint8Array {
  const bytes = new Uint8Array(4 + content.length)
  bytes.set([0xff, marker, ...sixteen(content.length + 2)])
  bytes.set([...content], 4)
  return bytes
}

function sixteen(value: number): [number, number] {
  return [value >> 8, value & 0xff]
}
