/*
 * Formats dates and times in the user's time zone and language, with hours from 00 to 23. All times are ms since 1970.
 */

const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
const TIME_TO_SECOND = { ...TIME, second: '2-digit' } as const
const DAY = { month: 'short', day: 'numeric' } as const

/** The formats. */
const STYLES = {
  time: TIME,
  timeToSecond: TIME_TO_SECOND,
  day: DAY,
  dayOfYear: { ...DAY, year: 'numeric' },
  weekdayAndTime: { weekday: 'short', ...TIME },
  dayAndTimeToSecond: { ...DAY, ...TIME_TO_SECOND },
  weekdayDayAndTime: { weekday: 'short', ...DAY, ...TIME },
  dayOfYearAndTime: { year: 'numeric', ...DAY, ...TIME },
  longDay: { dateStyle: 'full' },
  longDayAndTime: { dateStyle: 'full', timeStyle: 'medium', hourCycle: 'h23' },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>

/** The time of day to the second: "14:03:22". */
export function timeOfDay(ms: number, language: string): string {
  return write(ms, 'timeToSecond', language)
}

/** The time of day to the millisecond, the same in all languages: "14:03:22.045". */
export function timeToMillisecond(ms: number): string {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** To the second: the time if it is today, else with the day. */
export function timeAndDay(ms: number, now: number, language: string): string {
  return write(ms, isSameDay(ms, now) ? 'timeToSecond' : 'dayAndTimeToSecond', language)
}

/** A future time, as short as possible: the time if it is today; with the weekday within a week; else the date. */
export function shortMoment(ms: number, now: number, language: string): string {
  if (isSameDay(ms, now)) return write(ms, 'time', language)
  if (ms - now < 6 * DAY_MS) return write(ms, 'weekdayAndTime', language)
  const isThisYear = new Date(ms).getFullYear() === new Date(now).getFullYear()
  return write(ms, isThisYear ? 'day' : 'dayOfYear', language)
}

/** Date and time to the minute; with the weekday within a week of now, else with the year. */
export function dayAndTime(ms: number, now: number, language: string): string {
  return write(ms, Math.abs(ms - now) < 7 * DAY_MS ? 'weekdayDayAndTime' : 'dayOfYearAndTime', language)
}

/** The full date and time to the second: for tooltips of shorter texts. */
export function fullMoment(ms: number, language: string): string {
  return write(ms, 'longDayAndTime', language)
}

/** The name of a day: "Today", "Yesterday", "Wednesday, November 18, 2026". */
export function dayName(ms: number, now: number, language: string): string {
  const days = Math.round((midnight(ms) - midnight(now)) / DAY_MS)
  if (days < -1 || days > 0) return write(ms, 'longDay', language)
  const name = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(days, 'day')
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1)
}

const DAY_MS = 86_400_000

/**
 * A cache: creating a formatter takes a hundred times as long as using it, and a wall uses them ten times a second per
 * tile.
 */
const formatters = new Map<string, Intl.DateTimeFormat>()

function write(ms: number, style: keyof typeof STYLES, language: string): string {
  const id = `${language} ${style}`
  const formatter = formatters.get(id) ?? new Intl.DateTimeFormat(language, STYLES[style])
  formatters.set(id, formatter)
  return formatter.format(ms)
}

function isSameDay(one: number, other: number): boolean {
  return midnight(one) === midnight(other)
}

function midnight(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0)
}
