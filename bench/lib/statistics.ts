/** The median; for an even number of values the upper of the middle two. NaN if there are none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The quantile: the smallest value that `share` (0 to 1) of all values lie below. NaN if there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? Number.NaN
}

/** The sum; 0 if there are none. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** The element-wise ratios. */
export function ratios(over: readonly number[], under: readonly number[]): number[] {
  return over.map((value, i) => value / (under[i] ?? Number.NaN))
}

/** The slope of the linear regression (least squares). NaN for fewer than two points. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = sum(points.map(([x]) => x)) / points.length
  const meanY = sum(points.map(([, y]) => y)) / points.length
  const covariance = sum(points.map(([x, y]) => (x - meanX) * (y - meanY)))
  return covariance / sum(points.map(([x]) => (x - meanX) ** 2))
}
