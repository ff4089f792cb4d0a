import { NutError } from './nut-error.ts'
import type { TimeBase } from './nut-headers.ts'

/**
 * A time in whole microseconds.
 * @throws NutError beyond 2⁵³
 */
export function microseconds(time: number, { num, den }: TimeBase): number {
  const ticks = time * num
  // Whole seconds apart, so that no product is beyond what a number can hold exactly.
  const seconds = Math.floor(ticks / den)
  const micros = seconds * 1e6 + Math.round(((ticks - seconds * den) * 1e6) / den)
  if (!Number.isSafeInteger(ticks) || !Number.isSafeInteger(micros)) throw new NutError('a time is too large')
  return micros
}

/** A time in another unit, rounded down. @throws NutError beyond 2⁵³ */
export function rescaled(time: number, from: TimeBase, to: TimeBase): number {
  const scaled = Number((BigInt(time) * BigInt(from.num) * BigInt(to.den)) / (BigInt(from.den) * BigInt(to.num)))
  if (!Number.isSafeInteger(scaled)) throw new NutError('a time is too large')
  return scaled
}

/** The time nearest to `last` whose lowest bits are these. */
export function nearest(lowest: number, last: number, bits: number): number {
  const range = 2 ** bits
  const least = last - Math.floor((range - 1) / 2)
  return least + ((((lowest - least) % range) + range) % range)
}
