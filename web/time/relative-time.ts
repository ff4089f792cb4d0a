/*
 * How long ago, or in how long: in words. All times are ms; moments are ms since 1970.
 */

/** An age for a tile, the same width from one second to the next: "0.1 s", "42 s", "7 min", "3 h", "2 d". @param ms */
export function shortAge(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.floor(seconds)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`
}

/** An age to the hundredth of a second: "0.04 s"; from ten seconds on to the tenth; "2 min 05 s", "3 h 12 min". @param ms */
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

/** How far away a moment is: "5 minutes ago", "in 3 days"; "now" within a minute. */
export function relativeTime(ms: number, now: number, language: string): string {
  const seconds = (ms - now) / 1000
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  for (const [unit, length, least] of UNITS) {
    if (Math.abs(seconds) < least) continue
    const amount = seconds / length
    // What is past is told when it is full; of what is to come, a moment less is still as much.
    return format.format(amount < 0 ? Math.trunc(amount) : Math.round(amount), unit)
  }
  return format.format(0, 'second')
}

/** Each with its length and from when on it is used, in seconds. Under a minute all is now. */
const UNITS = [
  ['year', 31_556_952, 31_556_952],
  ['month', 2_629_746, 60 * 86_400],
  ['day', 86_400, 86_400],
  ['hour', 3600, 3600],
  ['minute', 60, 60],
] as const
