/** An age to the hundredth of a second: "0.04 s"; from ten seconds on to the tenth; "2 min 5.0 s", "3 h 12 min". @param ms */
export function preciseAge(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.floor(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  if (whole < 86_400)
    return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`
}

/** The longest way from a camera to the server that is believed, ms; beyond, it is the camera's clock that is wrong. */
const LONGEST_DELAY_MS = 60_000
/** How far ahead of ours a camera's clock may be before its times are not believed, ms. */
const AHEAD_MS = 50

/** From when a picture was taken to when the server had it, ms; undefined if that is not known or cannot be right. */
export function captureDelay(capturedAt: number | undefined, receivedAt: number): number | undefined {
  if (capturedAt === undefined) return undefined
  const delay = receivedAt - capturedAt
  return delay >= -AHEAD_MS && delay <= LONGEST_DELAY_MS ? Math.max(0, delay) : undefined
}

/** A time of day to the millisecond, in the user's zone: "14:03:22.045". @param ms since 1970 */
export function clockTime(ms: number): string {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
