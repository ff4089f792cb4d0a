/** The longest way from a camera to the server that is believed, ms; beyond, it is the camera's clock that is wrong. */
const LONGEST_DELAY_MS = 60_000
/** How far ahead of ours a camera's clock may be before its times are not believed, ms. */
const AHEAD_MS = 50

/** The latency from when a picture was taken to when the server had it, ms; undefined if that is not known or cannot be right. */
export function captureDelay(capturedAt: number | undefined, receivedAt: number): number | undefined {
  if (capturedAt === undefined) return undefined
  const delay = receivedAt - capturedAt
  return delay >= -AHEAD_MS && delay <= LONGEST_DELAY_MS ? Math.max(0, delay) : undefined
}
