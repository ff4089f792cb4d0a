/** The number itself, or the bound that it lies beyond; where `min` is above `max`, `max`. */
export function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}

/** Rounded to so many decimals, so that measurements read as such. */
export function rounded(value: number, decimals: number): number {
  const unit = 10 ** decimals
  return Math.round(value * unit) / unit
}
