/** An age for a tile, the same width from one second to the next: "0.1 s", "42 s", "7 min", "3 h", "2 d". @param ms */
export function inWords(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.floor(seconds)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`
}

/** A moment for people, in their own zone: the time of today, else the day as well. @param ms both since 1970 */
export function moment(ms: number, now: number, language: string): string {
  const isToday = new Date(ms).toDateString() === new Date(now).toDateString()
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
  const day = { month: 'short', day: 'numeric' } as const
  return new Intl.DateTimeFormat(language, isToday ? time : { ...day, ...time }).format(ms)
}
