import type { GrantHolder } from './authorization.ts'
import type { Acknowledgement, EventId, LoggedEvent, NewEvent, ShownEvent, SpooledEvent } from './event.ts'
import type { EventFilter } from './event-filter.ts'
import type { QuotaClient } from './quota-client.ts'
import type { StoreHealth } from './store-health.ts'

/** Who asks an event store. */
export interface EventReader extends GrantHolder {
  /**
   * Whose turn it is where many want to read what is no longer in memory, and in whose share that counts; default: those
   * with priority.
   */
  readonly asker?: QuotaClient | undefined
}

/** A query to an event store. */
export interface EventQuery extends EventReader {
  /**
   * Return the events after this position, oldest first; without it the newest events, in ascending order. A position
   * is the id of an event that the reader saw, the `position` of a page, or the end of a gap.
   */
  readonly after?: string | undefined
  /**
   * The epoch of the page that `after` is from, if the reader knows it: then the store need not check that `after`
   * belongs to this log.
   */
  readonly epoch?: EventId | undefined
  /** Return only events before this one: the newest of them, or with `after` the oldest after that position. */
  readonly before?: EventId | undefined
  /** Which of the events that the holder of the grants may see it wants. */
  readonly filter?: EventFilter | undefined
  /** The most events to return, 1 or more; only those that match the grants and the filter count. */
  readonly limit: number
  /**
   * The most memory that the returned events may take (`weightOfEvent`), in bytes; the first is returned in any case. Not
   * limited if left out.
   */
  readonly bytes?: number | undefined
  /**
   * How far the reader has seen what waits in this node's spool: 0 or the `place` of its last page. Left out: it gets
   * nothing of that.
   */
  readonly spooledAfter?: number | undefined
}

/** What of a node's spool is shown at the end of a page. */
export interface SpooledPage {
  readonly events: readonly SpooledEvent[]
  /** The `spooledAfter` of the next query. */
  readonly place: number
}

/** Events may be missing for a reader: its position has left the log, or was never in it. */
export interface EventGap {
  /** The position that the reader gave. */
  readonly missed_from: string
  /** Where to continue: no event after it that the reader may see is missing. */
  readonly missed_to: EventId
}

/** One page of events. */
export interface EventPage {
  readonly events: readonly LoggedEvent[]
  /**
   * How far the store has looked, including events that the reader may not see: the `after` of the next query. Never
   * before this query's `after`, unless there is a gap.
   */
  readonly position: EventId
  /**
   * Identifies the log: an id that no event has. A log that starts anew has another epoch. So has one that goes on after a
   * crash: it knows places of the epoch before, as far as that was stored.
   */
  readonly epoch: EventId
  /** Whether there may be more events already, since the store did not read to its end. */
  readonly hasMore: boolean
  readonly gap?: EventGap
  /** What comes after all events of the log, if there is such. A later page leaves out what was shown like this. */
  readonly spooled?: SpooledPage
}

/** How an event is acknowledged. */
export interface AcknowledgeOptions extends Pick<EventReader, 'asker'> {
  /** Called right before it is written, which may have to wait; throws if it may not be any more. */
  readonly check?: (() => void) | undefined
}

/** An event that was appended. */
export interface AppendedEvent<Event extends ShownEvent = ShownEvent> {
  /** Without an id where it waits in the spool. */
  readonly event: Event
  /**
   * Whether it is stored: a crash does not lose it. Otherwise the store is ill; those who follow the log get the event
   * all the same, and who comes later is told of a gap.
   */
  readonly isStored: boolean
}

/**
 * Stores events. Readers pull, so the store keeps no state for them: a reader that continues from the position of its
 * last page misses nothing and gets nothing twice, or is told of a gap.
 */
export interface EventStore {
  /**
   * Stores an event. Ids are in the order of the calls.
   * @returns the event with its id, or with the receipt of the spool, once it is stored or cannot be
   * @throws Refusal `unavailable` when the log cannot be reached and the spool is full: nobody gets it then; Error when
   *   the store is closed
   */
  append(event: NewEvent): Promise<AppendedEvent>
  /**
   * Returns only events that the grants allow to see; only those count for the limits. If an event after `after` that
   * the reader could see may have been dropped, the page has a gap; events between its ends may still be kept and are
   * returned like all others. If `after` may not be from this log, there is a gap: what is returned begins there by the
   * order of ids or, if it is older or newer than the whole log, with the oldest that is kept. The position never passes an event that is still being written.
   * @throws Refusal `limited` or `exhausted` when too many want to read what is no longer in memory, `unavailable` when
   *   that cannot be read and something would be left out
   */
  read(query: EventQuery): Promise<EventPage>
  /**
   * What `read` returns, where it can be answered at once: from memory, where only the newest events are. So those who
   * follow the log need not wait for a promise at each event.
   * @returns undefined where `read` is to be asked
   */
  readRecent(query: EventQuery): EventPage | undefined
  /** The event with that id, if it is kept and the reader may see it. @throws Refusal as `read` */
  find(reader: EventReader, id: EventId): Promise<LoggedEvent | undefined>
  /**
   * Notes that somebody has taken note of an event; only the first time counts.
   * @returns the event as it is then; undefined if it is not kept
   * @throws Refusal `unavailable` when it could not be stored, or the event itself is not; what `check` throws; as `read`
   */
  acknowledge(
    id: EventId,
    acknowledgement: Acknowledgement,
    options?: AcknowledgeOptions,
  ): Promise<LoggedEvent | undefined>
  /**
   * Calls `wake` when there may be new events: after each stored event, or once for several.
   * @param wake must not throw
   * @returns unsubscribes
   */
  subscribe(wake: () => void): () => void
  /** Whether the store works, for operators. */
  health(): StoreHealth
  /** Finishes pending work and releases files or connections. Later calls reject. */
  close(): Promise<void>
}
