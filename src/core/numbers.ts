/** The number, limited to the range from `min` to `max`; if `min` is above `max`, `max`. */
export function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}

/** Rounded to so many decimals, to show or send measurements. */
export function rounded(value: number, decimals: number): number {
  const unit = 10 ** decimals
  return Math.round(value * unit) / unit
}
