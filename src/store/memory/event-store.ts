import type { GrantHolder } from '../../core/authorization.ts'
import type { Clock } from '../../core/clock.ts'
import { type EventId, type LoggedEvent, maySee, type NewEvent } from '../../core/event.ts'
import type { EventGap, EventPage, EventQuery, EventStore } from '../../core/event-store.ts'
import { isAfter, isFrameId, nextFrameId } from '../../core/frame-id.ts'
import { Listeners } from '../../core/listeners.ts'
import type { StoreHealth } from '../../core/store-health.ts'
import { EvictedEvents } from './evicted-events.ts'

/** Settings of the store. */
export interface MemoryEventParts {
  /**
   * The epoch is when it begins. A clock that was set back since the server before gives an id that is not above all.
   */
  readonly clock: Clock
  /** How many of the newest events are kept. */
  readonly size: number
}

/** The newest events, as long as the process lives (a ring buffer). */
export class MemoryEventStore implements EventStore {
  readonly #size: number
  readonly #events: LoggedEvent[] = []
  /** For the id of each that is kept, how many came before it. */
  readonly #places = new Map<string, number>()
  /** How many were kept and are no longer. */
  #gone = 0
  readonly #lost = new EvictedEvents()
  readonly #wakes = new Listeners()
  readonly #epoch: EventId
  #last: EventId
  #isClosed = false

  constructor({ clock, size }: MemoryEventParts) {
    this.#size = size
    this.#epoch = nextFrameId(undefined, clock.now())
    this.#last = this.#epoch
  }

  async append(event: NewEvent): Promise<LoggedEvent> {
    this.#checkOpen()
    const id = nextFrameId(this.#last, event.timestamp)
    const logged = { ...event, id }
    this.#last = id
    this.#places.set(id, this.#gone + this.#events.push(logged) - 1)
    if (this.#events.length > this.#size) this.#dropOldest()
    this.#wakes.notify()
    return logged
  }

  async read({ grants, after, epoch, limit }: EventQuery): Promise<EventPage> {
    this.#checkOpen()
    const reader = { grants }
    if (after === undefined) return this.#newest(reader, limit)
    const place = epoch === undefined || epoch === this.#epoch ? this.#places.get(after) : undefined
    if (place !== undefined) return this.#pageFrom(place + 1 - this.#gone, reader, limit)
    const gap = this.#gapOf(reader, after, epoch)
    const page = this.#pageFrom(0, reader, limit)
    return gap ? { ...page, gap } : page
  }

  subscribe(wake: () => void): () => void {
    return this.#wakes.add(wake)
  }

  health(): StoreHealth {
    return this.#isClosed ? { isHealthy: false, reason: CLOSED } : { isHealthy: true }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#wakes.clear()
  }

  #dropOldest(): void {
    const oldest = this.#events.shift()
    if (!oldest) return
    this.#gone++
    this.#places.delete(oldest.id)
    this.#lost.add(oldest)
  }

  #newest(reader: GrantHolder, limit: number): EventPage {
    const events: LoggedEvent[] = []
    for (let i = this.#events.length - 1; i >= 0 && events.length < limit; i--) {
      const event = this.#events[i]
      if (event && maySee(reader, event)) events.push(event)
    }
    return { events: events.reverse(), position: this.#last, epoch: this.#epoch, hasMore: false }
  }

  #pageFrom(index: number, reader: GrantHolder, limit: number): EventPage {
    const events: LoggedEvent[] = []
    let position = this.#last
    for (let i = index; i < this.#events.length; i++) {
      const event = this.#events[i]
      if (!event || !maySee(reader, event)) continue
      events.push(event)
      if (events.length < limit) continue
      position = event.id
      break
    }
    return { events, position, epoch: this.#epoch, hasMore: position !== this.#last }
  }

  /** Whether something is missing after a place that is none of an event that is kept. */
  #gapOf(reader: GrantHolder, after: string, epoch: EventId | undefined): EventGap | undefined {
    const lost = this.#lost.newestFor(reader)
    if (this.#wasPlace(after, epoch) && (lost === undefined || !isAfter(lost, after))) return undefined
    return { missed_from: after, missed_to: lost ?? this.#epoch }
  }

  /**
   * Whether it is known that the place was one of this log. Ids alone do not tell: if the clock was set back, those of
   * the server before may lie between ours.
   */
  #wasPlace(after: string, epoch: EventId | undefined): after is EventId {
    if (epoch === undefined) return after === this.#epoch || this.#lost.has(after)
    if (epoch !== this.#epoch || !isFrameId(after)) return false
    return !isAfter(this.#epoch, after) && !isAfter(after, this.#last)
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new Error(CLOSED)
  }
}

const CLOSED = 'the event store is closed'
