/** How far away a moment is: "5 minutes ago", "in 3 days", "now". @param ms both since 1970 */
export function away(ms: number, now: number, language: string): string {
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

/** A moment to the second, in the reader's zone. */
export function exact(ms: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'medium', hourCycle: 'h23' }).format(ms)
}

/** A moment to the minute, short; with the weekday if it is within a week of now, else with the year. */
export function when(ms: number, now: number, language: string): string {
  const isNear = Math.abs(ms - now) < 7 * 86_400_000
  const day = isNear ? ({ weekday: 'short' } as const) : ({ year: 'numeric' } as const)
  return new Intl.DateTimeFormat(language, {
    ...day,
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(ms)
}

/** The end of the day that a moment is in, in the reader's zone: its last millisecond. */
export function endOfDay(ms: number): number {
  return new Date(ms).setHours(23, 59, 59, 999)
}

/** What `<input type="date">` holds for a moment's day, in the reader's zone: "2026-11-21". */
export function dayValue(ms: number): string {
  return minuteValue(ms).slice(0, 10)
}

/** What `<input type="datetime-local">` holds for a moment: "2026-11-21T16:05". */
export function minuteValue(ms: number): string {
  const offset = new Date(ms).getTimezoneOffset() * 60_000
  return new Date(ms - offset).toISOString().slice(0, 16)
}

/** The moment that such a field holds, ms since 1970; undefined where it holds none. */
export function momentOf(value: string): number | undefined {
  // A day alone would be read as one of Greenwich.
  const ms = new Date(value.length === 10 ? `${value}T00:00` : value).getTime()
  return Number.isNaN(ms) ? undefined : ms
}
