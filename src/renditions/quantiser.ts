import type { Quantisation } from '../core/payload.ts'
import { type Codes, largestCode } from './level-loops.ts'
import { levelsOf, type Scale } from './levels.ts'
import type { NumberBlocks } from './number-blocks.ts'

/**
 * Quantises values: from 1 at the lower level to the largest code at the upper one, in equal steps, and each value to the
 * nearest. What is beyond the levels is as they are, and so are the infinities. NaN is 0, and so is what has no logarithm
 * where the scale is logarithmic.
 * @param codes where they go; as long as there are values, and all 0
 * @returns what the codes stand for
 */
export function quantise(numbers: NumberBlocks, scale: Scale, codes: Codes): Quantisation {
  const levels = levelsOf(numbers, scale)
  const { log } = scale
  const [from, to] = log ? [Math.log(levels.min), Math.log(levels.max)] : [levels.min, levels.max]
  // No value has a logarithm.
  if (!Number.isFinite(from) || !Number.isFinite(to)) return { scale: 0, offset: 0, levels, log }
  const steps = largestCode(codes) - 1
  const span = to === from ? 0 : Math.max(to - from, LEAST_SPAN)
  numbers.eachBlock((block, at) => {
    if (log) toLogarithms(block)
    numbers.loops.quantise(block.length, from, steps / span, codes, at)
  })
  const step = span / steps
  return { scale: step, offset: from - step, levels, log }
}

/** Of levels that differ at all: steps would be smaller than numbers can be, and more in one than they can say. */
const LEAST_SPAN = 1e-300

function toLogarithms(block: Float64Array): void {
  for (let i = 0; i < block.length; i++) {
    const value = block[i] ?? 0
    block[i] = value > 0 ? Math.log(value) : Number.NaN
  }
}
