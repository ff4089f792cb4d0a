/** What happened on one day. */
export interface Day<Entry> {
  /** A moment of the day, ms since 1970. */
  readonly at: number
  readonly entries: readonly Entry[]
}

/** Entries by the reader's days, in the order they come in. */
export function byDay<Entry extends { readonly at: number }>(entries: readonly Entry[]): Day<Entry>[] {
  const days = new Map<string, { at: number; entries: Entry[] }>()
  for (const entry of entries) {
    const name = new Date(entry.at).toDateString()
    const day = days.get(name)
    if (day) day.entries.push(entry)
    else days.set(name, { at: entry.at, entries: [entry] })
  }
  return [...days.values()]
}

/** What a day is called: "Today", "Yesterday", "Wednesday, November 18, 2026". @param ms both since 1970 */
export function dayName(ms: number, now: number, language: string): string {
  const days = Math.round((midnight(ms) - midnight(now)) / 86_400_000)
  if (days < -1 || days > 0) return new Intl.DateTimeFormat(language, { dateStyle: 'full' }).format(ms)
  const name = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(days, 'day')
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1)
}

/** The time of the day to the second. */
export function timeOfDay(ms: number, language: string): string {
  return new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(ms)
}

function midnight(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0)
}
