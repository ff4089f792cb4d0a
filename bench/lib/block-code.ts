import type { SKRSContext2D } from '@napi-rs/canvas'

/*
 * A block code: a number drawn into a picture as black and white blocks, large enough to be read back from the screen
 * after JPEG compression and scaling: a white and a black block, the number's bits, a four-bit checksum. The reader in
 * the page is bench/page/reader.ts.
 */

/** The layout of a code in a picture. Lengths in pixels of the picture. */
export interface CodeLayout {
  readonly bits: number
  /** The picture's width. */
  readonly width: number
  readonly height: number
  /** The side of a block. */
  readonly block: number
  readonly columns: number
  readonly rows: number
  /** The top of the first row. */
  readonly top: number
}

/** The size of the pictures in most page benchmarks, pixels. */
export const WIDTH = 640
export const HEIGHT = 480

/** Blocks in a row. */
const COLUMNS = 20
const EXTRA_BLOCKS = 6

/** The layout for numbers below 2 ** `bits`. @param bits at most 48 */
export function codeLayout(bits: number, width = WIDTH, height = HEIGHT): CodeLayout {
  const rows = Math.ceil((bits + EXTRA_BLOCKS) / COLUMNS)
  // Clear of the texts that the page draws over the edges of a picture.
  const top = Math.round(height * 0.433)
  return { bits, width, height, block: width / COLUMNS, columns: COLUMNS, rows, top }
}

/** The number of different pictures of a numbered source: each carries its number modulo this. */
export const NUMBERS = 64
/** The layout of that number in a picture of a size. */
export function numberedLayout(width = WIDTH, height = HEIGHT): CodeLayout {
  return codeLayout(6, width, height)
}
/** The same in a picture of the usual size. */
export const NUMBERED = numberedLayout()
/** The layout of the time in the pictures of a clock source, ms since 1970. */
export const CLOCK = codeLayout(44)

/** Draws a number. */
export function drawCode(context: SKRSContext2D, layout: CodeLayout, value: number): void {
  const { block, columns, rows, top, width } = layout
  context.fillStyle = '#000'
  context.fillRect(0, top, width, rows * block)
  context.fillStyle = '#fff'
  for (const [i, isWhite] of blocksOf(value, layout.bits).entries())
    if (isWhite) context.fillRect((i % columns) * block, top + Math.floor(i / columns) * block, block, block)
}

function blocksOf(value: number, bits: number): boolean[] {
  const isSet = (number: number, bit: number) => Math.floor(number / 2 ** bit) % 2 === 1
  const of = (number: number, count: number) => Array.from({ length: count }, (_, i) => isSet(number, count - 1 - i))
  return [true, false, ...of(value, bits), ...of(15 - (value % 15), 4)]
}

/**
 * Reads a number from a displayed picture. @param brightness of a point within it, 0 to 255
 * @returns undefined if there is none or it is unreadable
 */
export function readCode(
  layout: CodeLayout,
  { width, height }: { readonly width: number; readonly height: number },
  brightness: (x: number, y: number) => number,
): number | undefined {
  const { bits, block, columns, top } = layout
  const isWhite = (i: number) => {
    const x = (i % columns) * block + block / 2
    const y = top + Math.floor(i / columns) * block + block / 2
    return brightness((x * width) / layout.width, (y * height) / layout.height) > 127
  }
  const number = (from: number, count: number) => {
    let value = 0
    for (let i = from; i < from + count; i++) value = 2 * value + (isWhite(i) ? 1 : 0)
    return value
  }
  const value = number(2, bits)
  return isWhite(0) && !isWhite(1) && number(2 + bits, 4) === 15 - (value % 15) ? value : undefined
}
