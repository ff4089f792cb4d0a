/** Whether a time that a source says, in ms since 1970, can be when its picture was taken. */
export function isCaptureTime(ms: number): boolean {
  return ms >= EARLIEST_MS && ms <= LATEST_MS
}

/** Seconds mistaken for milliseconds are before 1980, so they are detected. */
const EARLIEST_MS = Date.UTC(1980, 0)
const LATEST_MS = Date.UTC(2200, 0)
