/** The maximum plausible delay from a camera to the server, ms; beyond it the camera's clock must be wrong. */
const LONGEST_DELAY_MS = 60_000
/** How far a camera's clock may be ahead of ours before its times are ignored, ms. */
const AHEAD_MS = 50

/** The latency from a picture's capture to its arrival at the server, ms; undefined if unknown or implausible. */
export function captureDelay(capturedAt: number | undefined, receivedAt: number): number | undefined {
  if (capturedAt === undefined) return undefined
  const delay = receivedAt - capturedAt
  return delay >= -AHEAD_MS && delay <= LONGEST_DELAY_MS ? Math.max(0, delay) : undefined
}
