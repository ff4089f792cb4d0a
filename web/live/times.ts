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
  return formatter(language, isToday ? 'time' : 'day and time').format(ms)
}

/** Making one takes a hundred times as long as using it, and a wall asks ten times a second for every tile. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(language: string, parts: 'time' | 'day and time'): Intl.DateTimeFormat {
  const id = `${language} ${parts}`
  const known = formatters.get(id)
  if (known) return known
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
  const day = parts === 'time' ? {} : ({ month: 'short', day: 'numeric' } as const)
  const made = new Intl.DateTimeFormat(language, { ...day, ...time })
  formatters.set(id, made)
  return made
}
