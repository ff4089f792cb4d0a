import type { Colouring, LevelRange, PercentileLevels } from '../core/colouring.ts'
import type { NumberBlocks } from './number-blocks.ts'

/** All of a colouring but the colours. */
export type Scale = Omit<Colouring, 'colormap'>

/**
 * The levels of an image. NaN and the infinities do not count, nor do values of 0 and below where the scale is logarithmic.
 * - `auto`: the smallest and the largest value.
 * - Percentiles: values of the image by their rank (nearest rank), except that values which differ by less than the range of
 *   all divided by 4096³ may be taken for one another.
 * - Given ones are as they are; a logarithmic scale that would begin at 0 or below begins at the smallest value above 0.
 *
 * An image without any value that counts has 0 for both.
 */
export function levelsOf(numbers: NumberBlocks, { levels, log }: Scale): LevelRange {
  if (typeof levels === 'object' && 'min' in levels && (!log || levels.min > 0)) return levels
  const extent = extentOf(numbers, log ? 0 : Number.NEGATIVE_INFINITY)
  if (levels === 'auto') return extent
  return 'percentiles' in levels
    ? percentilesOf(numbers, extent, levels)
    : { min: Math.min(extent.min, levels.max), max: levels.max }
}

/** The smallest and the largest of the finite values above `floor`. */
function extentOf(numbers: NumberBlocks, floor: number): LevelRange {
  let extent: LevelRange = { min: Number.POSITIVE_INFINITY, max: floor }
  numbers.eachBlock(({ length }) => {
    extent = numbers.loops.extent(length, floor, extent)
  })
  const { min, max } = extent
  return min === Number.POSITIVE_INFINITY ? { min: 0, max: 0 } : { min: inReach(min), max: inReach(max) }
}

/** Levels are at most so far apart that their difference is a number. */
function inReach(level: number): number {
  return Math.min(Math.max(level, -Number.MAX_VALUE / 2), Number.MAX_VALUE / 2)
}

/** @param extent of the values that count */
function percentilesOf(numbers: NumberBlocks, extent: LevelRange, { percentiles }: PercentileLevels): LevelRange {
  const bins = histogramOf(numbers, extent)
  const [min, max] = percentiles.map((percentile) => valueAt(numbers, extent, bins, percentile))
  return { min: min ?? extent.min, max: max ?? extent.max }
}

/** Finds the bin with the value of that rank, looks closer there, and so on. @param bins of all values that count */
function valueAt(numbers: NumberBlocks, extent: LevelRange, bins: Uint32Array, percentile: number): number {
  const count = bins.reduce((sum, each) => sum + each, 0)
  let rank = Math.max(1, Math.ceil((percentile / 100) * count))
  let range = extent
  for (let round = 0; round < ROUNDS; round++) {
    const inRange = round === 0 ? bins : histogramOf(numbers, range)
    let bin = 0
    for (let below = inRange[0] ?? 0; below < rank && bin < BINS - 1; below = inRange[++bin] ?? 0) rank -= below
    const width = (range.max - range.min) / BINS
    range = { min: range.min + bin * width, max: bin === BINS - 1 ? range.max : range.min + (bin + 1) * width }
  }
  let found = range.max
  numbers.eachBlock((block) => {
    found = lowest(block, range.min, found)
  })
  return found
}

const ROUNDS = 3
const BINS = 4096

/** How many values are in each of `BINS` equal parts of a range. */
function histogramOf(numbers: NumberBlocks, range: LevelRange): Uint32Array {
  const bins = new Uint32Array(BINS)
  numbers.eachBlock((block) => count(bins, block, range))
  return bins
}

function count(bins: Uint32Array, block: Float64Array, { min, max }: LevelRange): void {
  const scale = max > min ? BINS / (max - min) : 0
  for (let i = 0; i < block.length; i++) {
    const value = block[i] ?? 0
    if (value >= min && value <= max) {
      const bin = Math.min((value - min) * scale, BINS - 1) | 0
      bins[bin] = (bins[bin] ?? 0) + 1
    }
  }
}

/** The smallest value that is not below `from`, if it is below `found`. */
function lowest(block: Float64Array, from: number, found: number): number {
  for (let i = 0; i < block.length; i++) {
    const value = block[i] ?? 0
    if (value < found && value >= from) found = value
  }
  return found
}
