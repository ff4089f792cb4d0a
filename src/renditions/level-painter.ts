import { COLOURS } from '../core/colour-tables.ts'
import type { LevelRange } from '../core/colouring.ts'
import type { NumberBlocks } from './number-blocks.ts'

/**
 * Draws values as gray pixels, from black at the lower level to white at the upper one. What is beyond them is as they are,
 * and so are the infinities; NaN is black, and so is what has no logarithm where the scale is logarithmic. Where the levels
 * are equal, the values that equal them are black.
 * @param pixels one number each; as many as there are values
 */
export function paintLevels(numbers: NumberBlocks, { min, max }: LevelRange, log: boolean, pixels: Uint32Array): void {
  const from = log ? Math.log(min) : min
  const steps = LAST / ((log ? Math.log(max) : max) - from)
  numbers.eachBlock((block, at) => {
    if (log) for (let i = 0; i < block.length; i++) block[i] = Math.log(block[i] ?? 0)
    pixels.set(numbers.loops.paint(block.length, from, steps), at)
  })
}

/** The level of the last colour. */
const LAST = COLOURS - 1

/**
 * Gives gray pixels the colours of a table.
 * @param coloured where they go; as long as `pixels`
 */
export function colourPixels(pixels: Uint32Array, table: Uint32Array, coloured: Uint32Array): void {
  for (let i = 0; i < pixels.length; i++) coloured[i] = table[((pixels[i] ?? 0) >>> GREEN) & 255] ?? 0
}

/** Red, green and blue of a gray pixel are the same; green is neither first nor last, whatever the machine's byte order. */
const GREEN = 8
