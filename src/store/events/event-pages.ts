import { type EventId, type LoggedEvent, weightOfEvent } from '../../core/event.ts'
import type { EventPage, EventQuery } from '../../core/event-store.ts'
import { isAfter, isFrameId } from '../../core/frame-id.ts'
import { BEFORE_ALL, type EventIndex } from './event-index.ts'
import type { EvictedEvents } from './evicted-events.ts'
import { PageLimits } from './page-limits.ts'

/** What is in memory, of which the history may not have all. */
export interface EventsInMemory {
  readonly recent: EventIndex<LoggedEvent>
  /** Those that are neither in the history nor in memory. */
  readonly lost: EvictedEvents
  /** The highest id in the history: what is only in memory comes after it. */
  readonly lastStored: EventId
}

/** The page that a query asks for, if nothing of it is missing among the newest events, which are in memory. */
export function completePage(recent: EventIndex<LoggedEvent>, query: EventQuery): EventPage | undefined {
  const page = recent.page(query)
  const { after, before, filter, limit } = query
  if (after !== undefined) return page.gap === undefined ? page : undefined
  const isAll = recent.evicted.newestFor(query, BEFORE_ALL, filter) === undefined
  return isAll || (before === undefined && page.events.length >= limit) ? page : undefined
}

/**
 * Adds to a page of the history what is in memory only. That all comes after the history's last event, so it is added
 * behind a page that reaches the end of the history; and the page begins no earlier than the history let it begin.
 */
export function withMemory(page: EventPage, query: EventQuery, memory: EventsInMemory): EventPage {
  const told = withGap(page, query, memory)
  const { recent, lastStored } = memory
  // More was stored since it was read: the next page has it.
  const isBehind = isAfter(lastStored, page.position)
  if (page.hasMore || isBehind || !isAfter(recent.last, page.position)) return told
  const { before, grants, filter } = query
  const limit = Number.POSITIVE_INFINITY
  const rest = recent.page({ grants, filter, before, after: page.position, epoch: page.epoch, limit })
  return limited({ ...told, events: [...page.events, ...rest.events], position: rest.position }, query)
}

/** Adds to a page what its reader may miss for good. */
function withGap(page: EventPage, query: EventQuery, { recent, lost }: EventsInMemory): EventPage {
  const { after, filter } = query
  if (after === undefined) return page
  const isWithin = isFrameId(after) && !isAfter(after, recent.last)
  const missed = lost.newestFor(query, isWithin ? after : page.epoch, filter)
  if (missed === undefined || (page.gap && isAfter(page.gap.missed_to, missed))) return page
  return { ...page, gap: { missed_from: after, missed_to: missed } }
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
