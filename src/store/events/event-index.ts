import type { EventId } from '../../core/event.ts'
import { EventBuffer, type EventBufferLimits, type IndexedEvent } from '../../core/event-buffer.ts'
import { eventFilter } from '../../core/event-filter.ts'
import type { EventPage, EventQuery } from '../../core/event-store.ts'
import { isAfter, isFrameId, parseFrameId } from '../../core/frame-id.ts'
import { EvictedEvents } from './evicted-events.ts'
import { PageLimits } from './page-limits.ts'

/** A page of what the index holds. */
export interface IndexPage<Event> extends Omit<EventPage, 'events'> {
  readonly events: readonly Event[]
}

/**
 * The index of an event log: which events are kept, which are gone, and which a reader gets next. Pure, so that every
 * store pages, evicts and reports gaps in the same way, wherever it has the events' data.
 */
export class EventIndex<Event extends IndexedEvent> {
  /** Which events are gone. */
  readonly evicted = new EvictedEvents()
  readonly #buffer: EventBuffer<Event>
  /** The earlier epochs, the oldest first, each with the last place in it. */
  readonly #earlier = new Map<EventId, EventId>()
  #epoch: EventId
  #last: EventId

  /** @param epoch the first one: an id below those of all events */
  constructor(limits: EventBufferLimits, epoch: EventId) {
    this.#epoch = epoch
    this.#last = epoch
    this.#buffer = new EventBuffer(limits)
  }

  /** Identifies the log: an id that no event has. */
  get epoch(): EventId {
    return this.#epoch
  }

  /** Whether there never was an event. */
  get isEmpty(): boolean {
    return this.#buffer.all.length === 0 && this.evicted.isEmpty
  }

  /** The id of the newest event that was added, or the epoch. */
  get last(): EventId {
    return this.#last
  }

  /** All events that are kept, oldest first. */
  *all(): Generator<Event> {
    for (const { event } of this.#buffer.all) yield event
  }

  /** The ids of the newest events, at most so many, oldest first. */
  newestIds(most: number): EventId[] {
    const { all } = this.#buffer
    const ids: EventId[] = []
    for (let i = Math.max(0, all.length - most); i < all.length; i++) {
      const kept = all.at(i)
      if (kept) ids.push(kept.event.id)
    }
    return ids
  }

  /** Goes on after a place up to which there are events that are not in this index. */
  beginAfter(last: EventId): void {
    this.#last = last
    this.evicted.addAll(last)
  }

  /** Adds an epoch before this one; later ones after earlier ones. @param last the last place in it */
  addEarlier(epoch: EventId, last: EventId): void {
    this.#earlier.set(epoch, last)
  }

  /**
   * Begins another epoch after the last event: places of this one are known up to there, and no further. It leaves out
   * the ids that come next, which may have been given already.
   */
  beginEpoch(): void {
    this.addEarlier(this.#epoch, this.#last)
    const { ms, seq } = parseFrameId(this.#last) ?? { ms: 0, seq: 0 }
    this.#epoch = `${ms}-${seq + LEFT_OUT}`
    this.#last = this.#epoch
  }

  /** Adds one of the stored entries of `evicted`. New events come after it. @throws Error when it is not one */
  restore(kind: string, newest: EventId): void {
    this.evicted.restore(kind, newest)
    if (isAfter(newest, this.#last)) this.#last = newest
  }

  /** Adds an event, whose id is above those of all other events. @returns those that are gone for it, perhaps itself */
  add(event: Event, weight: number): readonly Event[] {
    if (isAfter(event.id, this.#last)) this.#last = event.id
    return this.#gone(this.#buffer.add(event, weight))
  }

  /** Drops the oldest events, up to the first that is from that time or later (ms since 1970). @returns them */
  dropBefore(time: number): readonly Event[] {
    return this.#gone(this.#buffer.dropBefore(time))
  }

  /** The event with that id; undefined if it is not kept. */
  find(id: EventId): Event | undefined {
    return this.#buffer.find(id)
  }

  /** Replaces a kept event by another state of it. */
  replace(event: Event): void {
    this.#buffer.replace(event)
  }

  /** What `EventStore.read` returns. */
  page(query: EventQuery): IndexPage<Event> {
    const { after, epoch } = query
    if (after === undefined) return this.#newest(query)
    if (!this.#isKnownPosition(after, epoch)) {
      // The events of this log after it, as far as its id tells.
      const place = isUpTo(this.#last, after) ? after : BEFORE_ALL
      const previous = this.#buffer.all.at(this.#buffer.indexAfter(place) - 1)?.event.id ?? this.#begin
      const missed_to = this.evicted.newestFor(query, previous, query.filter) ?? previous
      return { ...this.#pageFrom(place, query), gap: { missed_from: after, missed_to } }
    }
    const page = this.#pageFrom(after, query)
    const missed = this.evicted.newestFor(query, after, query.filter)
    return missed === undefined ? page : { ...page, gap: { missed_from: after, missed_to: missed } }
  }

  #newest(query: EventQuery): IndexPage<Event> {
    const page = new PageLimits(query)
    const isWanted = eventFilter(query, query.filter)
    const events: Event[] = []
    const { all } = this.#buffer
    for (let i = this.#end(query) - 1; i >= 0; i--) {
      const kept = all.at(i)
      if (!kept || !isWanted(kept.event)) continue
      if (!page.take(kept.weight)) break
      events.push(kept.event)
    }
    return { events: events.reverse(), position: this.#last, epoch: this.epoch, hasMore: false }
  }

  #pageFrom(place: EventId, query: EventQuery): IndexPage<Event> {
    const page = new PageLimits(query)
    const isWanted = eventFilter(query, query.filter)
    const events: Event[] = []
    const { all } = this.#buffer
    const end = this.#end(query)
    for (let i = this.#buffer.indexAfter(place); i < end; i++) {
      const kept = all.at(i)
      if (!kept || !isWanted(kept.event)) continue
      if (!page.take(kept.weight)) {
        // There is one before it, since the first is always taken.
        const position = events.at(-1)?.id ?? place
        return { events, position, epoch: this.epoch, hasMore: true }
      }
      events.push(kept.event)
    }
    const reached = end === all.length ? this.#last : all.at(end - 1)?.event.id
    const position = reached !== undefined && isAfter(reached, place) ? reached : place
    return { events, position, epoch: this.epoch, hasMore: false }
  }

  /** Where the kept events end that the query asks for. */
  #end({ before }: EventQuery): number {
    const { all } = this.#buffer
    if (before === undefined) return all.length
    const index = this.#buffer.indexAfter(before)
    return all.at(index - 1)?.event.id === before ? index - 1 : index
  }

  /**
   * Whether the position is known to be one of this log. Ids alone do not prove it: if the clock was set back, ids of an
   * earlier run may lie between ours.
   */
  #isKnownPosition(after: string, epoch: EventId | undefined): after is EventId {
    if (!isFrameId(after)) return false
    if (epoch !== undefined) return isUpTo(epoch === this.#epoch ? this.#last : this.#earlier.get(epoch), after)
    const isEpoch = after === this.#epoch || this.#earlier.has(after)
    return isEpoch || this.#buffer.find(after) !== undefined || this.evicted.has(after)
  }

  /** The first epoch that is known: a place below all events. */
  get #begin(): EventId {
    const [first = this.#epoch] = this.#earlier.keys()
    return first
  }

  #gone(events: readonly Event[]): readonly Event[] {
    for (const event of events) this.evicted.add(event)
    return events
  }
}

function isUpTo(end: EventId | undefined, after: string): after is EventId {
  return end !== undefined && isFrameId(after) && !isAfter(after, end)
}

/** An id below those of all events. */
export const BEFORE_ALL: EventId = '0-0'

/** How many ids are left out between two epochs: more than are given within a millisecond, or while the clock is behind. */
const LEFT_OUT = 1_000_000
