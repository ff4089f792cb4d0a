import { type EventId, type LoggedEvent, weightOfEvent } from '../../core/event.ts'
import type { EventBufferLimits, IndexedEvent } from '../../core/event-buffer.ts'
import type { EventPage, EventQuery } from '../../core/event-store.ts'
import { EventIndex, type IndexPage } from '../events/event-index.ts'
import { completePage } from '../events/event-pages.ts'
import type { EvictedEntry } from '../events/evicted-events.ts'
import type { IndexEntry } from './event-entries.ts'

/** How much a node knows of the log. */
export interface ReplicaLimits {
  /** How much is kept in Redis, and so in the index. */
  readonly kept: EventBufferLimits
  /** How much is in memory. */
  readonly recent: EventBufferLimits
}

/**
 * What a node knows of the log that is in Redis: an index of all of it, and the newest events. Both are the same code as
 * those of the history in SQLite, so rights, pages and gaps are the same. As all nodes read the same entries in the same
 * order, the same events make room for others at each of them.
 */
export class EventReplica {
  readonly epoch: EventId
  readonly #index: EventIndex<IndexedEvent>
  readonly #recent: EventIndex<LoggedEvent>
  readonly #most: number

  /** @param first the first epoch of the log, below all its events */
  constructor({ kept, recent }: ReplicaLimits, epoch: EventId, first: EventId = epoch) {
    this.epoch = epoch
    this.#most = recent.size
    this.#index = new EventIndex(kept, epoch)
    this.#recent = new EventIndex(recent, epoch)
    if (first === epoch) return
    this.#index.addEarlier(first, first)
    this.#recent.addEarlier(first, first)
  }

  /** The highest id of the log that is known. */
  get last(): EventId {
    return this.#index.last
  }

  /** Notes what is gone: entries of `EvictedEvents`. */
  restoreGone(gone: readonly EvictedEntry[]): void {
    for (const [kind, id] of gone) {
      this.#index.restore(kind, id)
      this.#recent.restore(kind, id)
    }
  }

  /** The first reading of the log: adds to the index. @returns what makes room for it */
  addIndexed({ event, weight }: IndexEntry): readonly IndexedEvent[] {
    const { receipt: _, ...indexed } = event
    return this.#index.add(indexed, weight)
  }

  /** The first reading of the log: which events `begin` is to be given. */
  newestIds(): EventId[] {
    return this.#index.newestIds(this.#most)
  }

  /** Ends the first reading of the log. @param newest those of `newestIds` that are still there */
  begin(newest: readonly LoggedEvent[]): void {
    const [missing, ...rest] = this.#index.newestIds(newest.length + 1)
    if (missing !== undefined && rest.length === newest.length) this.#recent.evicted.addAll(missing)
    for (const event of newest) this.#recent.add(event, weightOfEvent(event))
  }

  /** Adds the next event of the log. @returns what makes room for it */
  add(event: LoggedEvent, entry: IndexEntry): readonly IndexedEvent[] {
    this.#recent.add(event, weightOfEvent(event))
    return this.addIndexed(entry)
  }

  /** Forgets what is from before that time, ms since 1970. @returns it */
  dropBefore(time: number): readonly IndexedEvent[] {
    this.#recent.dropBefore(time)
    return this.#index.dropBefore(time)
  }

  /** What `EventStore.readRecent` returns. */
  recentPage(query: EventQuery): EventPage | undefined {
    return completePage(this.#recent, query)
  }

  /** The page from memory; some of it may be missing. */
  pageOfWhatIsHere(query: EventQuery): EventPage {
    return this.#recent.page(query)
  }

  /** The page of the whole log; its events are to be loaded. */
  page(query: EventQuery): IndexPage<IndexedEvent> {
    return this.#index.page(query)
  }

  /** What of these is gone, each kind once: as `EvictedEvents.entries`. */
  goneEntries(dropped: readonly IndexedEvent[]): EvictedEntry[] {
    const gone = new Map<string, EventId>()
    for (const event of dropped) {
      const entry = this.#index.evicted.entryOf(event)
      if (entry) gone.set(...entry)
    }
    return [...gone]
  }

  /** Whether the log has that event, as far as is known. */
  has(id: EventId): boolean {
    return this.#index.find(id) !== undefined
  }

  /** The event with that id, if it is in memory. */
  find(id: EventId): LoggedEvent | undefined {
    return this.#recent.find(id)
  }

  /** The ids of the events in memory. */
  recentIds(): EventId[] {
    return [...this.#recent.all()].map(({ id }) => id)
  }

  /** Replaces an event by another state of it, if it is in memory. */
  replace(event: LoggedEvent): void {
    this.#recent.replace(event)
  }
}
