import { COLOURS, colourTable } from '../core/colour-tables.ts'
import type { LevelRange } from '../core/colouring.ts'
import type { NumberBlocks } from './number-blocks.ts'

/**
 * Draws values as gray pixels, from black at the lower level to white at the upper one. What is beyond them is as they are,
 * and so are the infinities; NaN is black, and so is what has no logarithm where the scale is logarithmic. Where the levels
 * are equal, the values that equal them are black.
 * @param pixels one number each; as many as there are values
 */
export function paintLevels(numbers: NumberBlocks, { min, max }: LevelRange, log: boolean, pixels: Uint32Array): void {
  const gray = colourTable('gray')
  if (log) {
    const from = Math.log(min)
    const steps = LAST / (Math.log(max) - from)
    numbers.eachBlock((block, at) => paintLogarithms(block, from, steps, gray, pixels, at))
  } else {
    const steps = LAST / (max - min)
    numbers.eachBlock((block, at) => paint(block, min, steps, gray, pixels, at))
  }
}

// Two loops, not one with a function for each value: they are what takes the time.

function paint(
  block: Float64Array,
  from: number,
  steps: number,
  gray: Uint32Array,
  pixels: Uint32Array,
  at: number,
): void {
  for (let i = 0; i < block.length; i++) pixels[at + i] = pixelAt(((block[i] ?? 0) - from) * steps, gray)
}

function paintLogarithms(
  block: Float64Array,
  from: number,
  steps: number,
  gray: Uint32Array,
  pixels: Uint32Array,
  at: number,
): void {
  for (let i = 0; i < block.length; i++) pixels[at + i] = pixelAt((Math.log(block[i] ?? 0) - from) * steps, gray)
}

/** The index of the last colour. A constant of this module, as V8 reads those of others anew each time. */
const LAST = COLOURS - 1

/** @param level any number; NaN counts as 0, to which comparisons with it lead */
function pixelAt(level: number, gray: Uint32Array): number {
  return gray[level >= 0.5 ? (level < LAST ? (level + 0.5) | 0 : LAST) : 0] ?? 0
}

/**
 * Gives gray pixels the colours of a table.
 * @param coloured where they go; as long as `pixels`
 */
export function colourPixels(pixels: Uint32Array, table: Uint32Array, coloured: Uint32Array): void {
  for (let i = 0; i < pixels.length; i++) coloured[i] = table[((pixels[i] ?? 0) >>> GREEN) & 255] ?? 0
}

/** Red, green and blue of a gray pixel are the same; green is neither first nor last, whatever the machine's byte order. */
const GREEN = 8
