import type { Clock } from '../../core/clock.ts'
import { type EventId, type LoggedEvent, maySee, type NewEvent } from '../../core/event.ts'
import type { EventPage, EventQuery, EventStore } from '../../core/event-store.ts'
import { isAfter, isFrameId, nextFrameId } from '../../core/frame-id.ts'
import { Listeners } from '../../core/listeners.ts'
import type { StoreHealth } from '../../core/store-health.ts'
import { EventBuffer, type EventBufferLimits } from './event-buffer.ts'
import { EvictedEvents } from './evicted-events.ts'

/** What the store needs. */
export interface MemoryEventParts extends EventBufferLimits {
  /**
   * The log's epoch is the time at which it starts. If the clock was set back since an earlier run, the epoch may be
   * below ids of that run.
   */
  readonly clock: Clock
}

/** In-memory event store: keeps the newest events for as long as the process lives. */
export class MemoryEventStore implements EventStore {
  readonly #buffer: EventBuffer
  readonly #evicted = new EvictedEvents()
  readonly #listeners = new Listeners()
  readonly #epoch: EventId
  #last: EventId
  #isClosed = false

  constructor({ clock, ...limits }: MemoryEventParts) {
    this.#buffer = new EventBuffer(limits)
    this.#epoch = nextFrameId(undefined, clock.now())
    this.#last = this.#epoch
  }

  async append(event: NewEvent): Promise<LoggedEvent> {
    this.#checkOpen()
    const id = nextFrameId(this.#last, event.timestamp)
    const logged = { ...event, id }
    this.#last = id
    for (const dropped of this.#buffer.add(logged)) this.#evicted.add(dropped)
    this.#listeners.notify()
    return logged
  }

  async read(query: EventQuery): Promise<EventPage> {
    this.#checkOpen()
    const { grants, after, epoch } = query
    if (after === undefined) return this.#newest(query)
    if (!this.#isKnownPosition(after, epoch)) {
      const gap = { missed_from: after, missed_to: this.#evicted.newestFor({ grants }) ?? this.#epoch }
      return { ...this.#pageFrom(0, query), gap }
    }
    const page = this.#pageFrom(this.#buffer.indexAfter(after), query)
    const missed = this.#evicted.isAnyAfter(after) ? this.#evicted.newestFor({ grants }) : undefined
    const isMissing = missed !== undefined && isAfter(missed, after)
    return isMissing ? { ...page, gap: { missed_from: after, missed_to: missed } } : page
  }

  subscribe(wake: () => void): () => void {
    return this.#listeners.add(wake)
  }

  health(): StoreHealth {
    return this.#isClosed ? { isHealthy: false, reason: CLOSED } : { isHealthy: true }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#listeners.clear()
  }

  #newest({ grants, limit, bytes }: EventQuery): EventPage {
    const page = new PageLimits(limit, bytes)
    const events: LoggedEvent[] = []
    const { all } = this.#buffer
    for (let i = all.length - 1; i >= 0; i--) {
      const kept = all[i]
      if (!kept || !maySee({ grants }, kept.event)) continue
      if (!page.take(kept.weight)) break
      events.push(kept.event)
    }
    return { events: events.reverse(), position: this.#last, epoch: this.#epoch, hasMore: false }
  }

  #pageFrom(index: number, { grants, limit, bytes }: EventQuery): EventPage {
    const page = new PageLimits(limit, bytes)
    const events: LoggedEvent[] = []
    const { all } = this.#buffer
    let position = this.#last
    for (let i = index; i < all.length; i++) {
      const kept = all[i]
      if (!kept || !maySee({ grants }, kept.event)) continue
      if (!page.take(kept.weight)) {
        // There is one before it, since the first is always taken.
        position = events.at(-1)?.id ?? position
        break
      }
      events.push(kept.event)
    }
    return { events, position, epoch: this.#epoch, hasMore: position !== this.#last }
  }

  /**
   * Whether the position is known to be one of this log. Ids alone do not prove it: if the clock was set back, ids of an
   * earlier run may lie between ours.
   */
  #isKnownPosition(after: string, epoch: EventId | undefined): after is EventId {
    if (!isFrameId(after) || (epoch !== undefined && epoch !== this.#epoch)) return false
    if (epoch === undefined) return after === this.#epoch || this.#buffer.has(after) || this.#evicted.has(after)
    return !isAfter(this.#epoch, after) && !isAfter(after, this.#last)
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new Error(CLOSED)
  }
}

/** Counts the events of a page. */
class PageLimits {
  #events: number
  #bytes: number
  #isEmpty = true

  constructor(events: number, bytes = Number.POSITIVE_INFINITY) {
    this.#events = events
    this.#bytes = bytes
  }

  /** Takes an event of that weight. @returns false if the page is full */
  take(weight: number): boolean {
    if (this.#events === 0 || (weight > this.#bytes && !this.#isEmpty)) return false
    this.#events--
    this.#bytes -= weight
    this.#isEmpty = false
    return true
  }
}

const CLOSED = 'the event store is closed'
