/**
 * A number for people. Whole numbers are as they are, others have six digits and at least three after the point, which is enough
 * of what was measured. They keep their trailing zeros, so that a value that changes all the time does not change its width.
 */
export function numberText(value: number): string {
  const exact = String(value)
  if (Number.isInteger(value) || !Number.isFinite(value)) return exact
  const short = shortened(value)
  return short.length < exact.length ? short : exact
}

function shortened(value: number): string {
  const power = Math.floor(Math.log10(Math.abs(value)))
  if (power < SMALLEST_POWER) return value.toExponential(DIGITS - 1)
  return value.toFixed(Math.max(LEAST_DECIMALS, DIGITS - 1 - power))
}

const DIGITS = 6
const LEAST_DECIMALS = 3
/** Of ten; with more zeros behind the point nobody can read it. */
const SMALLEST_POWER = -4
