import type { EventId } from '../../core/event.ts'
import { EventBuffer, type EventBufferLimits, type IndexedEvent } from '../../core/event-buffer.ts'
import { eventFilter } from '../../core/event-filter.ts'
import type { EventPage, EventQuery } from '../../core/event-store.ts'
import { isAfter, isFrameId } from '../../core/frame-id.ts'
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
  readonly epoch: EventId
  /** Which events are gone. */
  readonly evicted = new EvictedEvents()
  readonly #buffer: EventBuffer<Event>
  #last: EventId

  /** @param epoch an id below those of all events */
  constructor(limits: EventBufferLimits, epoch: EventId) {
    this.epoch = epoch
    this.#last = epoch
    this.#buffer = new EventBuffer(limits)
  }

  /** The id of the newest event that was added, or the epoch. */
  get last(): EventId {
    return this.#last
  }

  /** All events that are kept, oldest first. */
  *all(): Generator<Event> {
    for (const { event } of this.#buffer.all) yield event
  }

  /** Goes on after an event that is not in this index, nor any before it. */
  beginAfter(last: EventId): void {
    this.#last = last
    if (last !== this.epoch) this.evicted.addAll(last)
  }

  /** Adds one of the stored entries of `evicted`. New events come after it. @throws Error when it is not one */
  restore(kind: string, newest: EventId): void {
    this.evicted.restore(kind, newest)
    if (isAfter(newest, this.#last)) this.#last = newest
  }

  /** Adds an event, whose id is above all others. @returns those that are gone for it, perhaps itself */
  add(event: Event, weight: number): readonly Event[] {
    this.#last = event.id
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
      const place = this.#isWithin(after) ? after : this.epoch
      const previous = this.#buffer.all[this.#buffer.indexAfter(place) - 1]?.event.id ?? this.epoch
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
      const kept = all[i]
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
      const kept = all[i]
      if (!kept || !isWanted(kept.event)) continue
      if (!page.take(kept.weight)) {
        // There is one before it, since the first is always taken.
        const position = events.at(-1)?.id ?? place
        return { events, position, epoch: this.epoch, hasMore: true }
      }
      events.push(kept.event)
    }
    const reached = end === all.length ? this.#last : all[end - 1]?.event.id
    const position = reached !== undefined && isAfter(reached, place) ? reached : place
    return { events, position, epoch: this.epoch, hasMore: false }
  }

  /** Where the kept events end that the query asks for. */
  #end({ before }: EventQuery): number {
    const { all } = this.#buffer
    if (before === undefined) return all.length
    const index = this.#buffer.indexAfter(before)
    return all[index - 1]?.event.id === before ? index - 1 : index
  }

  /**
   * Whether the position is known to be one of this log. Ids alone do not prove it: if the clock was set back, ids of an
   * earlier run may lie between ours.
   */
  #isKnownPosition(after: string, epoch: EventId | undefined): after is EventId {
    if (!isFrameId(after) || (epoch !== undefined && epoch !== this.epoch)) return false
    if (epoch === undefined)
      return after === this.epoch || this.#buffer.find(after) !== undefined || this.evicted.has(after)
    return this.#isWithin(after)
  }

  #isWithin(after: string): after is EventId {
    return isFrameId(after) && !isAfter(this.epoch, after) && !isAfter(after, this.#last)
  }

  #gone(events: readonly Event[]): readonly Event[] {
    for (const event of events) this.evicted.add(event)
    return events
  }
}
