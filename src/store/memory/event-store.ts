import type { GrantHolder } from '../../core/authorization.ts'
import type { Clock } from '../../core/clock.ts'
import { type EventId, type LoggedEvent, maySee, type NewEvent } from '../../core/event.ts'
import type { EventGap, EventPage, EventQuery, EventStore } from '../../core/event-store.ts'
import { isAfter, isFrameId, nextFrameId } from '../../core/frame-id.ts'
import { Listeners } from '../../core/listeners.ts'
import type { StoreHealth } from '../../core/store-health.ts'
import { EvictedEvents } from './evicted-events.ts'

/** What the store needs. */
export interface MemoryEventParts {
  /**
   * The log's epoch is the time at which it starts. If the clock was set back since an earlier run, the epoch may be
   * below ids of that run.
   */
  readonly clock: Clock
  /** How many of the newest events are kept. */
  readonly size: number
}

/** In-memory event store: keeps the newest events (ring buffer) for as long as the process lives. */
export class MemoryEventStore implements EventStore {
  readonly #size: number
  readonly #events: LoggedEvent[] = []
  /** By id: how many events came before it in the whole log, for those that are kept. */
  readonly #offsets = new Map<string, number>()
  /** How many events have been evicted. */
  #evictedCount = 0
  readonly #evicted = new EvictedEvents()
  readonly #listeners = new Listeners()
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
    this.#offsets.set(id, this.#evictedCount + this.#events.push(logged) - 1)
    if (this.#events.length > this.#size) this.#dropOldest()
    this.#listeners.notify()
    return logged
  }

  async read({ grants, after, epoch, limit }: EventQuery): Promise<EventPage> {
    this.#checkOpen()
    const reader = { grants }
    if (after === undefined) return this.#newest(reader, limit)
    const offset = epoch === undefined || epoch === this.#epoch ? this.#offsets.get(after) : undefined
    if (offset !== undefined) return this.#pageFrom(offset + 1 - this.#evictedCount, reader, limit)
    const gap = this.#gapOf(reader, after, epoch)
    const page = this.#pageFrom(0, reader, limit)
    return gap ? { ...page, gap } : page
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

  #dropOldest(): void {
    const oldest = this.#events.shift()
    if (!oldest) return
    this.#evictedCount++
    this.#offsets.delete(oldest.id)
    this.#evicted.add(oldest)
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

  /**
   * The gap to report for a position that is not the id of an event that is kept; undefined if nothing is missing after
   * it.
   */
  #gapOf(reader: GrantHolder, after: string, epoch: EventId | undefined): EventGap | undefined {
    const newestEvicted = this.#evicted.newestFor(reader)
    if (this.#isKnownPosition(after, epoch) && (newestEvicted === undefined || !isAfter(newestEvicted, after)))
      return undefined
    return { missed_from: after, missed_to: newestEvicted ?? this.#epoch }
  }

  /**
   * Whether the position is known to be one of this log. Ids alone do not prove it: if the clock was set back, ids of an
   * earlier run may lie between ours.
   */
  #isKnownPosition(after: string, epoch: EventId | undefined): after is EventId {
    if (epoch === undefined) return after === this.#epoch || this.#evicted.has(after)
    if (epoch !== this.#epoch || !isFrameId(after)) return false
    return !isAfter(this.#epoch, after) && !isAfter(after, this.#last)
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new Error(CLOSED)
  }
}

const CLOSED = 'the event store is closed'
