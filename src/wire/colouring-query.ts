import { COLORMAPS, type Colormap, type ColouringWish, type Levels, levelsText } from '../core/colouring.ts'
import { Refusal } from '../core/errors.ts'

/** How a query, or a watch of `/ws/live`, says how arrays are to be drawn. */
export interface ColouringFields {
  readonly colormap?: string | undefined
  /** `auto`, `0,100` or `p1,p99`. */
  readonly levels?: string | undefined
  /** In a query `true` or `false`. */
  readonly log?: string | boolean | undefined
}

/** What is asked for, as a watch says it; read again by `readColouring`. */
export function colouringFields({ colormap, levels, log }: ColouringWish = {}) {
  return { colormap, levels: levels && levelsText(levels), log }
}

/**
 * Reads what somebody asks for.
 * @returns undefined if they ask for nothing
 * @throws Refusal `invalid`, with a sentence that says what is allowed
 */
export function readColouring({ colormap, levels, log }: ColouringFields): ColouringWish | undefined {
  if (colormap === undefined && levels === undefined && log === undefined) return undefined
  const wish = {
    ...(colormap !== undefined && { colormap: readColormap(colormap) }),
    ...(levels !== undefined && { levels: readLevels(levels) }),
    ...(log !== undefined && { log: readLog(log) }),
  }
  if (wish.log && typeof wish.levels === 'object' && 'min' in wish.levels && wish.levels.min <= 0)
    throw new Refusal('invalid', 'levels: the smaller level must be above 0, as the scale is logarithmic (log)')
  return wish
}

function readColormap(name: string): Colormap {
  const colormap = COLORMAPS.find((each) => each === name)
  if (colormap) return colormap
  throw new Refusal('invalid', `colormap: must be one of ${COLORMAPS.join(', ')}`)
}

function readLog(log: string | boolean): boolean {
  if (log === true || log === 'true') return true
  if (log === false || log === 'false') return false
  throw new Refusal('invalid', 'log: must be true or false')
}

/** @throws Refusal `invalid` */
function readLevels(text: string): Levels {
  if (text === 'auto') return text
  const [low, high, ...more] = text.length <= MAX_LENGTH ? text.split(',').map(readLevel) : []
  if (!low || !high || more.length > 0 || low.isPercentile !== high.isPercentile)
    throw new Refusal(
      'invalid',
      'levels: must be auto, two numbers (levels=0,100) or two percentiles from 0 to 100 (levels=p1,p99)',
    )
  if (low.value >= high.value) throw new Refusal('invalid', 'levels: the first must be below the second')
  return low.isPercentile ? { percentiles: [low.value, high.value] } : { min: low.value, max: high.value }
}

/** Two numbers to all their digits, and more. */
const MAX_LENGTH = 100

interface Level {
  readonly value: number
  readonly isPercentile: boolean
}

function readLevel(text: string): Level | undefined {
  const isPercentile = text.startsWith('p')
  const digits = isPercentile ? text.slice(1) : text
  const value = NUMBER.test(digits) ? Number(digits) : Number.NaN
  // -0 is 0.
  const level = { value: value + 0, isPercentile }
  if (isPercentile) return value >= 0 && value <= 100 ? level : undefined
  return Math.abs(value) <= MAX_LEVEL ? level : undefined
}

/** As JSON has numbers, and with a plus or without zeros where people leave them out. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** The largest level, of either sign: the difference of two levels is a number. */
export const MAX_LEVEL = Number.MAX_VALUE / 2
