import type { Clock } from './clock.ts'
import type { EventInput, LoggedEvent } from './event.ts'
import { type CursorStart, EventCursor } from './event-cursor.ts'
import type { EventPage, EventStore } from './event-store.ts'
import type { Log } from './log.ts'
import { authorize, authorizeAny, checkNotEnded, type Principal } from './principal.ts'

/** The part of the log that a reader asks for; `limit` may be left out. */
export type EventRange = Partial<CursorStart>

/** How a reader follows the log. */
export interface FollowOptions extends EventRange {
  /** Called when there may be something new for `next`, and when the cursor has closed. */
  readonly wake: () => void
}

/** What the log is made of. */
export interface EventLogParts {
  readonly clock: Clock
  readonly log: Log
  readonly store: EventStore
  /** How many events a reader gets at a time who does not say. */
  readonly pageSize: number
}

/** What happened, in order: the doors to the store, each of which takes a principal first. */
export class EventLog {
  readonly #parts: EventLogParts
  readonly #cursors = new Set<EventCursor>()
  readonly #unsubscribe: () => void

  constructor(parts: EventLogParts) {
    this.#parts = parts
    this.#unsubscribe = parts.store.subscribe(() => {
      for (const cursor of [...this.#cursors]) cursor.wake()
    })
  }

  /**
   * Takes an event and wakes those who follow. Settles when the event is safe.
   * @throws Refusal `forbidden` if the principal may not publish what the event belongs to
   */
  async append(principal: Principal, input: EventInput): Promise<LoggedEvent> {
    authorize(principal, 'publish', input)
    const { clock, store } = this.#parts
    return store.append({ ...input, timestamp: clock.now(), priority: input.priority ?? 'NORMAL' })
  }

  /**
   * The events that the principal may see.
   * @throws Refusal `forbidden` if it may see nothing at all; `unauthenticated` if it has ended, be it while the store
   *   answered
   */
  async read(principal: Principal, { limit = this.#parts.pageSize, ...from }: EventRange = {}): Promise<EventPage> {
    authorizeAny(principal, 'view')
    const page = await this.#parts.store.read({ grants: principal.grants, ...from, limit })
    checkNotEnded(principal)
    return page
  }

  /**
   * Reads and goes on reading, until the cursor is closed or the principal has ended.
   * @throws Refusal `forbidden` if it may see nothing at all
   */
  open(principal: Principal, { wake, limit = this.#parts.pageSize, ...from }: FollowOptions): EventCursor {
    authorizeAny(principal, 'view')
    const { log, store } = this.#parts
    const cursor = new EventCursor({
      principal,
      start: { ...from, limit },
      read: (start) => store.read({ grants: principal.grants, ...start }),
      wake() {
        try {
          wake()
        } catch (error) {
          // The event is in the log, and the other readers are still to hear of it.
          log.error({ err: error }, 'a reader of events failed when it was woken')
        }
      },
      closed: (closed) => this.#cursors.delete(closed),
    })
    this.#cursors.add(cursor)
    return cursor
  }

  /** Closes all cursors. The store is left to whoever made it. */
  close(): void {
    this.#unsubscribe()
    for (const cursor of [...this.#cursors]) cursor.close()
  }
}
