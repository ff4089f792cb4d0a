import { type EventId, type LoggedEvent, weightOfEvent } from '../../core/event.ts'
import { eventFilter } from '../../core/event-filter.ts'
import type { EventGap, EventPage, EventQuery } from '../../core/event-store.ts'
import { isAfter, isFrameId } from '../../core/frame-id.ts'
import type { EvictedEvents } from './evicted-events.ts'
import { PageLimits } from './page-limits.ts'

/** What is in memory, of which the history may not have all. */
export interface EventsInMemory {
  /** The newest events, oldest first. */
  readonly events: Iterable<LoggedEvent>
  /** The id of the newest, or the epoch. */
  readonly last: EventId
  /** Those that are neither in the history nor in memory. */
  readonly lost: EvictedEvents
}

/** Adds to a page of the history what is in memory only. */
export function withMemory(page: EventPage, query: EventQuery, { events, last, lost }: EventsInMemory): EventPage {
  const { after, before, filter } = query
  const place = after !== undefined && isFrameId(after) && !page.gap ? after : page.epoch
  const isWanted = eventFilter(query, filter)
  const known = new Set(page.events.map(({ id }) => id))
  const others = [...events].filter(
    (event) =>
      !known.has(event.id) &&
      isAfter(event.id, after === undefined ? undefined : place) &&
      (before === undefined || isAfter(before, event.id)) &&
      !(page.hasMore && isAfter(event.id, page.position)) &&
      isWanted(event),
  )
  const missed = lost.newestFor(query, place, filter)
  const gap = after === undefined ? undefined : withGap(page.gap, after, missed)
  const end = page.hasMore || isAfter(page.position, last) ? page.position : last
  const merged = { ...page, position: end, ...(gap && { gap }) }
  return others.length === 0 ? merged : limited({ ...merged, events: inOrder([...page.events, ...others]) }, query)
}

function withGap(gap: EventGap | undefined, after: string, missed: EventId | undefined): EventGap | undefined {
  if (missed === undefined || (gap && isAfter(gap.missed_to, missed))) return gap
  return { missed_from: after, missed_to: missed }
}

function inOrder(events: readonly LoggedEvent[]): LoggedEvent[] {
  return [...events].sort((one, other) => (isAfter(one.id, other.id) ? 1 : -1))
}

/** What of a page is within the limits of the query: its oldest events or, without a position, its newest. */
function limited(page: EventPage, query: EventQuery): EventPage {
  const limits = new PageLimits(query)
  const { events } = page
  if (query.after === undefined) {
    let from = events.length
    for (; from > 0; from--) {
      const event = events[from - 1]
      if (!event || !limits.take(weightOfEvent(event))) break
    }
    return { ...page, events: events.slice(from) }
  }
  const end = events.findIndex((event) => !limits.take(weightOfEvent(event)))
  const last = events[end - 1]
  return end === -1 || !last ? page : { ...page, events: events.slice(0, end), position: last.id, hasMore: true }
}
