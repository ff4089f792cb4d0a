/**
 * A moment to come, as short as it can be understood: the time of today; within a week its day as well; else the date.
 * @param ms both since 1970
 */
export function momentOf(ms: number, now: number, language: string): string {
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  const isToday = new Date(ms).toDateString() === new Date(now).toDateString()
  if (isToday) return new Intl.DateTimeFormat(language, time).format(ms)
  if (ms - now < 6 * 86_400_000) return new Intl.DateTimeFormat(language, { weekday: 'short', ...time }).format(ms)
  const isThisYear = new Date(ms).getFullYear() === new Date(now).getFullYear()
  const day = { month: 'short', day: 'numeric' } as const
  return new Intl.DateTimeFormat(language, isThisYear ? day : { ...day, year: 'numeric' }).format(ms)
}
