/*
 * Converts values of date and datetime inputs, in the user's time zone. Times are ms since 1970.
 */

/** The last millisecond of the day of a time. */
export function endOfDay(ms: number): number {
  return new Date(ms).setHours(23, 59, 59, 999)
}

/** The value of `<input type="date">`: "2026-11-21". */
export function dayValue(ms: number): string {
  return minuteValue(ms).slice(0, 10)
}

/** The value of `<input type="datetime-local">`: "2026-11-21T16:05". */
export function minuteValue(ms: number): string {
  const offset = new Date(ms).getTimezoneOffset() * 60_000
  return new Date(ms - offset).toISOString().slice(0, 16)
}

/** Parses the value of such an input; undefined if it is empty or invalid. */
export function momentOf(value: string): number | undefined {
  // A date without a time would be parsed as UTC.
  const ms = new Date(value.length === 10 ? `${value}T00:00` : value).getTime()
  return Number.isNaN(ms) ? undefined : ms
}
