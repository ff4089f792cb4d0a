/*
 * Formats ages and relative times. Durations are ms; times are ms since 1970.
 */

/** A short age for tiles, of stable width: "0.1 s", "42 s", "7 min", "3 h", "2 d"; in Chinese "0.1 秒". */
export function shortAge(ms: number, language: string): string {
  const { second, minute, hour, day } = symbolsIn(language)
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} ${second}`
  if (seconds < 60) return `${Math.floor(seconds)} ${second}`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} ${minute}`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} ${hour}` : `${Math.floor(seconds / 86_400)} ${day}`
}

/**
 * A precise age: to 0.01 s ("0.04 s"), from ten seconds on to 0.1 s, then "2 min 05 s", "3 h 12 min"; in Chinese
 * "0.04 秒".
 */
export function preciseAge(ms: number, language: string): string {
  const { second, minute, hour, day } = symbolsIn(language)
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 9.995) return `${seconds.toFixed(2)} ${second}`
  if (seconds < 59.95) return `${seconds.toFixed(1)} ${second}`
  const whole = Math.floor(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} ${minute} ${String(whole % 60).padStart(2, '0')} ${second}`
  if (whole < 86_400)
    return `${Math.floor(whole / 3600)} ${hour} ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} ${minute}`
  return `${Math.floor(whole / 86_400)} ${day} ${Math.floor((whole % 86_400) / 3600)} ${hour}`
}

/** How units of time are written. A table, as `Intl` takes a hundred times as long, and ages are written all the time. */
function symbolsIn(language: string) {
  return language.startsWith('zh') ? CHINESE_SYMBOLS : SYMBOLS
}

const SYMBOLS = { second: 's', minute: 'min', hour: 'h', day: 'd' } as const
const CHINESE_SYMBOLS = { second: '秒', minute: '分', hour: '時', day: '天' } as const

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
