/** The entries of one day. */
export interface Day<Entry> {
  /** A time on that day, ms since 1970. */
  readonly at: number
  readonly entries: readonly Entry[]
}

/** Groups entries by day in the reader's time zone, keeping their order. */
export function groupByDay<Entry extends { readonly at: number }>(entries: readonly Entry[]): Day<Entry>[] {
  const days = new Map<string, { at: number; entries: Entry[] }>()
  for (const entry of entries) {
    const name = new Date(entry.at).toDateString()
    const day = days.get(name)
    if (day) day.entries.push(entry)
    else days.set(name, { at: entry.at, entries: [entry] })
  }
  return [...days.values()]
}
