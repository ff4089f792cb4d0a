import type { Clock } from './clock.ts'
import { Refusal } from './errors.ts'
import type { EventId, EventInput, LoggedEvent } from './event.ts'
import { type AppendOptions, EventAppender } from './event-appender.ts'
import { type CursorLog, type CursorStart, EventCursor } from './event-cursor.ts'
import type { EventPictures, StoredPicture } from './event-pictures.ts'
import type { AppendedEvent, EventPage, EventQuery, EventReader, EventStore } from './event-store.ts'
import { eventFor, pageFor } from './event-view.ts'
import type { Log } from './log.ts'
import { authorize, authorizeAny, checkNotEnded, type Principal } from './principal.ts'
import { type QuotaClient, quotaClientOf } from './quota-client.ts'
import { SharedPage } from './shared-page.ts'
import type { SharedUse } from './shared-use.ts'
import { SlicedWalk } from './sliced-walk.ts'
import type { StoreHealth } from './store-health.ts'

/** The part of the log to read; `limit` defaults to the log's page size. */
export type EventRange = Partial<Omit<CursorStart, 'bytes' | 'spooledAfter'>> & Pick<EventQuery, 'before'>

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
  /** If left out, events have no pictures. */
  readonly pictures?: EventPictures | undefined
  /** The default page size of readers, in events. */
  readonly pageSize: number
  /** How much memory the events of a page may take, in bytes. */
  readonly pageBytes: number
  /** How many events one principal may append in a minute; the server itself is not limited. */
  readonly eventsPerMinute: number
  /** What principals append at other servers of the installation, which counts too. */
  readonly sharedAppends?: SharedUse | undefined
  /** Calls something in the next turn of the event loop: `setImmediate`. */
  readonly inNextTurn: (action: () => void) => void
}

/** The event log: all events in order. Every method that reads or writes checks the principal first. */
export class EventLog {
  readonly #parts: EventLogParts
  readonly #cursors = new Set<EventCursor>()
  readonly #appender: EventAppender
  /** Wakes all who follow. */
  readonly #waking: SlicedWalk<EventCursor>
  readonly #forCursors: CursorLog
  readonly #unsubscribe: () => void

  constructor(parts: EventLogParts) {
    const { clock, log, store, pageBytes, inNextTurn } = parts
    this.#parts = parts
    this.#appender = new EventAppender(parts)
    this.#waking = new SlicedWalk({ items: this.#cursors, visit: (cursor) => cursor.wake(), clock, inNextTurn })
    const queryOf = ({ grants }: Principal, { bytes = pageBytes, ...start }: CursorStart): EventQuery => ({
      grants,
      ...start,
      bytes: start.after === undefined ? pageBytes : Math.min(bytes, pageBytes),
    })
    const recent = new SharedPage({
      read(principal, start) {
        const page = store.readRecent(queryOf(principal, start))
        return page && pageFor(principal, page)
      },
      inNextTurn,
    })
    this.#unsubscribe = store.subscribe(() => {
      recent.forget()
      this.#waking.start()
    })
    this.#forCursors = {
      async read(principal, start) {
        const query = queryOf(principal, start)
        return pageFor(principal, await store.read({ ...query, asker: askerOf(principal, start) }))
      },
      readRecent: (principal, start) => recent.read(principal, start),
      wake(cursor) {
        try {
          cursor.wakeReader()
        } catch (error) {
          // The event is in the log, and the other readers must still be woken.
          log.error({ err: error }, 'a reader of events failed when it was woken')
        }
      },
      closed: (cursor) => this.#cursors.delete(cursor),
    }
  }

  /**
   * Appends an event and wakes the readers that follow. Resolves when the event is safe, or cannot be stored.
   * @throws Refusal `unavailable` as `EventStore.append`; `forbidden` if the principal may not publish to the event's stream or label, `unauthenticated` if it
   *   has ended, also while its picture was being stored; `limited` when it has appended too many
   */
  append(principal: Principal, input: EventInput, options?: AppendOptions): Promise<AppendedEvent> {
    return this.#appender.append(principal, input, options)
  }

  /**
   * The events that the principal may see.
   * @throws Refusal `forbidden` if it may see nothing at all; `unauthenticated` if it has ended, even while the store
   *   was reading; as `EventStore.read`
   */
  async read(principal: Principal, { limit = this.#parts.pageSize, ...from }: EventRange = {}): Promise<EventPage> {
    authorizeAny(principal, 'view')
    const page = await this.#parts.store.read({
      grants: principal.grants,
      ...from,
      asker: askerOf(principal, from),
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
    const event = await this.#parts.store.find({ grants: principal.grants, asker: askerOf(principal) }, id)
    checkNotEnded(principal)
    if (!event) throw unknownEvent(id)
    return eventFor(principal, event)
  }

  /**
   * The picture of an event.
   * @throws Refusal as `find`; `not_found` also when the event has none, or it is not kept any more
   */
  async picture(principal: Principal, id: EventId): Promise<StoredPicture> {
    const { picture } = await this.find(principal, id)
    if (!picture) throw new Refusal('not_found', `The event ${id} has no picture.`)
    const stored = await this.#parts.pictures?.find(picture)
    checkNotEnded(principal)
    if (!stored)
      throw new Refusal('not_found', `The picture of the event ${id} is not kept on this server, or not any more.`)
    return stored
  }

  /**
   * Notes that the principal has taken note of an event. Only the first time counts.
   * @returns the event, with who has taken note of it and when
   * @throws Refusal `forbidden` if the principal may not, `unauthenticated` if it has ended, also while this waited for the
   *   disk; `unavailable` when it could not be stored; else as `find`
   */
  async acknowledge(principal: Principal, id: EventId): Promise<LoggedEvent> {
    const event = await this.find(principal, id)
    authorize(principal, 'acknowledge', event)
    const { clock, store } = this.#parts
    const check = () => authorize(principal, 'acknowledge', event)
    const acknowledgement = { by: principal.name, at: clock.now() }
    const acknowledged = await store.acknowledge(id, acknowledgement, { asker: askerOf(principal), check })
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
    const cursor = new EventCursor(this.#forCursors, principal, { ...from, limit }, wake)
    this.#cursors.add(cursor)
    return cursor
  }

  /** Closes all cursors. The store belongs to whoever created it. */
  close(): void {
    this.#unsubscribe()
    this.#waking.stop()
    for (const cursor of [...this.#cursors]) cursor.close()
  }
}

function askerOf(principal: Principal, { asker }: Pick<EventReader, 'asker'> = {}): QuotaClient {
  return asker ?? quotaClientOf(principal)
}

function unknownEvent(id: EventId): Refusal {
  return new Refusal('not_found', `There is no event ${id}, or it is not yours to see.`)
}
