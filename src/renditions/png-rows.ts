import { Readable } from 'node:stream'
import { constants, createInflate } from 'node:zlib'
import { STAGE_COLOUR } from '../core/stage-colour.ts'
import { PIXEL_BYTES } from './resampler.ts'

/*
 * A PNG with right checksums may have picture data that cannot be inflated. The library then leaves the rows that it has not
 * got as they are, or makes them black, and says nothing.
 */

/**
 * Whether rows may be missing: the last one is black or empty throughout, or rows do not come from top to bottom.
 * @param png whole, as `readImage` has found
 * @param pixels what was painted of it on the stage's colour, 4 bytes each
 */
export function mayLackRows(png: Uint8Array, pixels: Uint8Array): boolean {
  const { width, isInterlaced } = headerOf(png)
  if (isInterlaced) return true
  const lastRow = pixels.subarray(-width * PIXEL_BYTES)
  return [0, STAGE].some((colour) => lastRow.every((value, i) => (i & 3) === 3 || value === colourByte(colour, i & 3)))
}

/** Inflates the picture data and counts: memory for a few KB at a time, up to a tenth of a second for 10 megapixels. */
export async function hasAllRows(png: Uint8Array): Promise<boolean> {
  let missing = bytesOfRows(png)
  try {
    // Data that ends too early is no error, but too little.
    const inflate = createInflate({ finishFlush: constants.Z_SYNC_FLUSH })
    for await (const piece of Readable.from(dataOf(png)).pipe(inflate)) {
      missing -= piece.length
      // There may be more than anybody needs, even endlessly.
      if (missing < 0) return true
    }
    return missing === 0
  } catch {
    // It is damaged, or its checksum is wrong.
    return false
  }
}

/** PNG, third edition (https://www.w3.org/TR/png-3/), 11.2.1. */
function headerOf(png: Uint8Array) {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  const samples = SAMPLES[view.getUint8(25)] ?? 1
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    bitsPerPixel: samples * view.getUint8(24),
    isInterlaced: view.getUint8(28) === 1,
  }
}

/** How many numbers a pixel has, by colour type. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** How many bytes all rows have, each with its filter. */
function bytesOfRows(png: Uint8Array): number {
  const { width, height, bitsPerPixel, isInterlaced } = headerOf(png)
  const passes = isInterlaced ? ADAM7 : [[0, 0, 1, 1] as const]
  return passes.reduce((sum, [left, top, everyX, everyY]) => {
    const columns = Math.ceil((width - left) / everyX)
    const rows = Math.ceil((height - top) / everyY)
    return columns <= 0 || rows <= 0 ? sum : sum + rows * (1 + Math.ceil((columns * bitsPerPixel) / 8))
  }, 0)
}

/** The passes of interlaced pictures (8.1): where each begins, and which columns and rows it has. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

/** The contents of the chunks with picture data. */
function* dataOf(png: Uint8Array): Iterable<Uint8Array> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  for (let at = 8; at + 12 <= png.length; at += 12 + view.getUint32(at)) {
    const data = png.subarray(at + 8, at + 8 + view.getUint32(at))
    if (view.getUint32(at + 4) === IDAT && data.length > 0) yield data
  }
}

const IDAT = 0x49444154
const STAGE = Number.parseInt(STAGE_COLOUR.slice(1), 16)

/** @param colour 0xRRGGBB @param i 0 for red */
function colourByte(colour: number, i: number): number {
  return (colour >> (16 - 8 * i)) & 0xff
}
