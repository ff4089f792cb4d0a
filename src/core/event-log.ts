import type { Clock } from './clock.ts'
import { limited, Refusal } from './errors.ts'
import type { EventId, EventInput, LoggedEvent } from './event.ts'
import { type CursorStart, EventCursor } from './event-cursor.ts'
import type { AppendedEvent, EventPage, EventQuery, EventStore } from './event-store.ts'
import { eventFor, pageFor } from './event-view.ts'
import type { Log } from './log.ts'
import { authorize, authorizeAny, checkNotEnded, type Principal } from './principal.ts'
import { quotaClientOf } from './quota-client.ts'
import { RateLimiter } from './rate-limiter.ts'
import type { StoreHealth } from './store-health.ts'

/** The part of the log to read; `limit` defaults to the log's page size. */
export type EventRange = Partial<CursorStart> & Pick<EventQuery, 'before'>

/** How a reader follows the log. */
export interface FollowOptions extends Partial<CursorStart> {
  /** Called when `next` may have new events, and when the cursor has closed. */
  readonly wake: () => void
}

/** What the event log is made of. */
export interface EventLogParts {
  readonly clock: Clock
  readonly log: Log
  readonly store: EventStore
  /** The default page size of readers, in events. */
  readonly pageSize: number
  /** How much memory the events of a page may take, in bytes. */
  readonly pageBytes: number
  /** How many events one principal may append in a minute; the server itself is not limited. */
  readonly eventsPerMinute: number
}

/** The event log: all events in order. Every method that reads or writes checks the principal first. */
export class EventLog {
  readonly #parts: EventLogParts
  readonly #cursors = new Set<EventCursor>()
  readonly #appends: RateLimiter
  readonly #unsubscribe: () => void

  constructor(parts: EventLogParts) {
    this.#parts = parts
    this.#appends = new RateLimiter({ amount: parts.eventsPerMinute, period: 60_000 }, parts.clock)
    this.#unsubscribe = parts.store.subscribe(() => {
      for (const cursor of [...this.#cursors]) cursor.wake()
    })
  }

  /**
   * Appends an event and wakes the readers that follow. Resolves when the event is safe, or cannot be stored.
   * @throws Refusal `forbidden` if the principal may not publish to the event's stream or label; `limited` when it has
   *   appended too many
   */
  async append(principal: Principal, input: EventInput): Promise<AppendedEvent> {
    authorize(principal, 'publish', input)
    if (principal.kind !== 'system') this.#countAppend(principal)
    const { clock, store } = this.#parts
    return store.append({
      ...input,
      timestamp: clock.now(),
      priority: input.priority ?? 'NORMAL',
      publisher: quotaClientOf(principal).client,
    })
  }

  /**
   * The events that the principal may see.
   * @throws Refusal `forbidden` if it may see nothing at all; `unauthenticated` if it has ended, even while the store
   *   was reading
   */
  async read(principal: Principal, { limit = this.#parts.pageSize, ...from }: EventRange = {}): Promise<EventPage> {
    authorizeAny(principal, 'view')
    const page = await this.#parts.store.read({
      grants: principal.grants,
      ...from,
      limit,
      bytes: this.#parts.pageBytes,
    })
    checkNotEnded(principal)
    return pageFor(principal, page)
  }

  /**
   * One event.
   * @throws Refusal `not_found` when it is not kept, or the principal may not see it; `unavailable` when the store cannot
   *   be read; `unauthenticated` if the principal has ended
   */
  async find(principal: Principal, id: EventId): Promise<LoggedEvent> {
    authorizeAny(principal, 'view')
    const event = await this.#parts.store.find(principal, id)
    checkNotEnded(principal)
    if (!event) throw unknownEvent(id)
    return eventFor(principal, event)
  }

  /**
   * Notes that the principal has taken note of an event. Only the first time counts.
   * @returns the event, with who has taken note of it and when
   * @throws Refusal `forbidden` if the principal may not; else as `find`
   */
  async acknowledge(principal: Principal, id: EventId): Promise<LoggedEvent> {
    const event = await this.find(principal, id)
    authorize(principal, 'acknowledge', event)
    const { clock, store } = this.#parts
    const acknowledged = await store.acknowledge(id, { by: principal.name, at: clock.now() })
    if (!acknowledged) throw unknownEvent(id)
    return eventFor(principal, acknowledged)
  }

  /** Whether events are stored, for operators. */
  health(): StoreHealth {
    return this.#parts.store.health()
  }

  /**
   * Opens a cursor that reads and follows the log until it is closed or the principal ends.
   * @throws Refusal `forbidden` if it may see nothing at all
   */
  open(principal: Principal, { wake, limit = this.#parts.pageSize, ...from }: FollowOptions): EventCursor {
    authorizeAny(principal, 'view')
    const { log, store, pageBytes: bytes } = this.#parts
    const cursor = new EventCursor({
      principal,
      start: { ...from, limit },
      read: async (start) => pageFor(principal, await store.read({ grants: principal.grants, ...start, bytes })),
      isAtHand: (start) => store.isAtHand({ grants: principal.grants, ...start }),
      wake() {
        try {
          wake()
        } catch (error) {
          // The event is in the log, and the other readers must still be woken.
          log.error({ err: error }, 'a reader of events failed when it was woken')
        }
      },
      closed: (closed) => this.#cursors.delete(closed),
    })
    this.#cursors.add(cursor)
    return cursor
  }

  #countAppend({ id }: Principal): void {
    const wait = this.#appends.take(id)
    if (wait === 0) return
    const most = this.#parts.eventsPerMinute
    throw limited(
      wait,
      (seconds) => `At most ${most} events a minute (limits.events_per_minute); try again in ${seconds} s.`,
      'limits.events_per_minute',
    )
  }

  /** Closes all cursors. The store belongs to whoever created it. */
  close(): void {
    this.#unsubscribe()
    for (const cursor of [...this.#cursors]) cursor.close()
  }
}

function unknownEvent(id: EventId): Refusal {
  return new Refusal('not_found', `There is no event ${id}, or it is not yours to see.`)
}
