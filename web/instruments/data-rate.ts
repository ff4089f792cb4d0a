/** A data rate for people: "246 MB/s", "1.2 kB/s". */
export function dataRate(bytesPerSecond: number): string {
  const [value, unit] = bytesPerSecond >= 1e6 ? [bytesPerSecond / 1e6, 'MB/s'] : [bytesPerSecond / 1e3, 'kB/s']
  return `${value >= 100 || value === 0 ? Math.round(value) : value.toFixed(1)} ${unit}`
}
