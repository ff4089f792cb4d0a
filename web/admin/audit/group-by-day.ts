/** What happened on one day. */
export interface Day<Entry> {
  /** A moment of the day, ms since 1970. */
  readonly at: number
  readonly entries: readonly Entry[]
}

/** Entries by the reader's days, in the order they come in. */
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
