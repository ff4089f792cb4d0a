/*
 * What a form's fields for a day or a moment hold, in the reader's zone. Moments are ms since 1970.
 */

/** The end of the day that a moment is in: its last millisecond. */
export function endOfDay(ms: number): number {
  return new Date(ms).setHours(23, 59, 59, 999)
}

/** What `<input type="date">` holds for a moment's day: "2026-11-21". */
export function dayValue(ms: number): string {
  return minuteValue(ms).slice(0, 10)
}

/** What `<input type="datetime-local">` holds for a moment: "2026-11-21T16:05". */
export function minuteValue(ms: number): string {
  const offset = new Date(ms).getTimezoneOffset() * 60_000
  return new Date(ms - offset).toISOString().slice(0, 16)
}

/** The moment that such a field holds; undefined where it holds none. */
export function momentOf(value: string): number | undefined {
  // A day alone would be read as one of Greenwich.
  const ms = new Date(value.length === 10 ? `${value}T00:00` : value).getTime()
  return Number.isNaN(ms) ? undefined : ms
}
