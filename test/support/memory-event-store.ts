import type { GrantHolder } from '../../src/core/authorization.ts'
import type { Clock } from '../../src/core/clock.ts'
import {
  type Acknowledgement,
  type EventId,
  type LoggedEvent,
  maySee,
  type NewEvent,
  weightOfEvent,
} from '../../src/core/event.ts'
import type { EventBufferLimits } from '../../src/core/event-buffer.ts'
import type {
  AcknowledgeOptions,
  AppendedEvent,
  EventPage,
  EventQuery,
  EventStore,
} from '../../src/core/event-store.ts'
import { nextFrameId } from '../../src/core/frame-id.ts'
import { Listeners } from '../../src/core/listeners.ts'
import type { StoreHealth } from '../../src/core/store-health.ts'
import { EventIndex } from '../../src/store/events/event-index.ts'

/** What the store needs. */
export interface MemoryEventParts extends EventBufferLimits {
  /**
   * The log's epoch is the time at which it starts. If the clock was set back since an earlier run, the epoch may be
   * below ids of that run.
   */
  readonly clock: Clock
}

/** An event store in memory, which keeps the newest events: what the server's does, without a disk. */
export class MemoryEventStore implements EventStore {
  readonly #index: EventIndex<LoggedEvent>
  readonly #listeners = new Listeners()
  #isClosed = false

  constructor({ clock, ...limits }: MemoryEventParts) {
    this.#index = new EventIndex(limits, nextFrameId(undefined, clock.now()))
  }

  async append(event: NewEvent): Promise<AppendedEvent> {
    this.#checkOpen()
    const logged = { ...event, id: nextFrameId(this.#index.last, event.timestamp) }
    this.#index.add(logged, weightOfEvent(logged))
    this.#listeners.notify()
    return { event: logged, isStored: true }
  }

  async read(query: EventQuery): Promise<EventPage> {
    this.#checkOpen()
    return this.#index.page(query)
  }

  readRecent(query: EventQuery): EventPage | undefined {
    const page = this.#index.page(query)
    return this.#isClosed || page.gap ? undefined : page
  }

  async find(holder: GrantHolder, id: EventId): Promise<LoggedEvent | undefined> {
    this.#checkOpen()
    const event = this.#index.find(id)
    return event && maySee(holder, event) ? event : undefined
  }

  async acknowledge(
    id: EventId,
    acknowledgement: Acknowledgement,
    { check }: AcknowledgeOptions = {},
  ): Promise<LoggedEvent | undefined> {
    this.#checkOpen()
    check?.()
    const event = this.#index.find(id)
    if (!event || event.acknowledged) return event
    const acknowledged = { ...event, acknowledged: acknowledgement }
    this.#index.replace(acknowledged)
    return acknowledged
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

  #checkOpen(): void {
    if (this.#isClosed) throw new Error(CLOSED)
  }
}

const CLOSED = 'the event store is closed'
