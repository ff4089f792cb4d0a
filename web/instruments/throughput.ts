/** A count of bytes and when it was read. */
export interface ByteReading {
  readonly bytes: number
  /** Monotonic, ms. */
  readonly at: number
}

/**
 * Bytes per second between two readings.
 * @returns undefined without an earlier reading, and when the count began anew in between
 */
export function throughput(before: ByteReading | undefined, now: ByteReading): number | undefined {
  if (!before || now.at <= before.at || now.bytes < before.bytes) return undefined
  return ((now.bytes - before.bytes) * 1000) / (now.at - before.at)
}

/** A data rate for people: "246 MB/s", "1.2 kB/s". */
export function dataRate(bytesPerSecond: number): string {
  const [value, unit] = bytesPerSecond >= 1e6 ? [bytesPerSecond / 1e6, 'MB/s'] : [bytesPerSecond / 1e3, 'kB/s']
  return `${value >= 100 || value === 0 ? Math.round(value) : value.toFixed(1)} ${unit}`
}
