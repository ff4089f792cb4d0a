/*
 * Formats ages and relative times. Durations are ms; times are ms since 1970.
 */

/** A short age for tiles, of stable width: "0.1 s", "42 s", "7 min", "3 h", "2 d". */
export function shortAge(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.floor(seconds)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`
}

/** A precise age: to 0.01 s ("0.04 s"), from ten seconds on to 0.1 s, then "2 min 05 s", "3 h 12 min". */
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

/** A relative time: "5 minutes ago", "in 3 days"; "now" within a minute. */
export function relativeTime(ms: number, now: number, language: string): string {
  const seconds = (ms - now) / 1000
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  for (const [unit, length, least] of UNITS) {
    if (Math.abs(seconds) < least) continue
    const amount = seconds / length
    // Past times round down to full units; future times round to the nearest.
    return format.format(amount < 0 ? Math.trunc(amount) : Math.round(amount), unit)
  }
  return format.format(0, 'second')
}

/** The units with their lengths and the thresholds from which they are used, in seconds. Below a minute it is "now". */
const UNITS = [
  ['year', 31_556_952, 31_556_952],
  ['month', 2_629_746, 60 * 86_400],
  ['day', 86_400, 86_400],
  ['hour', 3600, 3600],
  ['minute', 60, 60],
] as const
