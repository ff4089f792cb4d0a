import type { AppliedColouring, LevelRange, PercentileLevels } from '../../../src/core/colouring.ts'
import { MAX_LEVEL } from '../../../src/wire/colouring-query.ts'

/** Levels of two numbers, which people type. */
export type TypedLevels = LevelRange | PercentileLevels

/** What is wrong with what was typed: `atZero` is a smallest level of 0 or below on a logarithmic scale. */
export type LevelProblem = 'noNumber' | 'noPercentile' | 'wrongOrder' | 'atZero'

/** The levels that two texts say, or what is wrong with them. */
export type LevelDraft = { readonly levels: TypedLevels } | { readonly problem: LevelProblem }

/** Reads two levels as typed. @param rules.log whether the scale is logarithmic */
export function readLevelDraft(
  [low, high]: readonly [string, string],
  { kind, log }: { readonly kind: 'range' | 'percentiles'; readonly log: boolean },
): LevelDraft {
  const [min, max] = [numberOf(low), numberOf(high)]
  if (min === undefined || max === undefined) return { problem: 'noNumber' }
  if (kind === 'percentiles' && (min < 0 || max > 100)) return { problem: 'noPercentile' }
  if (min >= max) return { problem: 'wrongOrder' }
  if (kind === 'percentiles') return { levels: { percentiles: [min, max] } }
  return log && min <= 0 ? { problem: 'atZero' } : { levels: { min, max } }
}

/** Levels to begin with, for who wants to set them by hand: those of the picture, to six digits. */
export function rangeToBeginWith({ levels, log }: AppliedColouring): LevelRange {
  const min = Number(levels.min.toPrecision(DIGITS))
  const max = Number(levels.max.toPrecision(DIGITS))
  if (min < max && !(log && min <= 0)) return { min, max }
  if (levels.min < levels.max && !log) return levels
  const low = log && min <= 0 ? 1 : min
  return { min: low, max: low + Math.max(1, Math.abs(low)) }
}

const DIGITS = 6

function numberOf(text: string): number | undefined {
  // Minus signs as people copy them from a page.
  const value = text.trim() === '' ? Number.NaN : Number(text.trim().replaceAll('\u2212', '-'))
  return Math.abs(value) <= MAX_LEVEL ? value : undefined
}
