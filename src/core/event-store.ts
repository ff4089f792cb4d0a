import type { GrantHolder } from './authorization.ts'
import type { EventId, LoggedEvent, NewEvent } from './event.ts'
import type { StoreHealth } from './store-health.ts'

/** What is asked of a store. */
export interface EventQuery extends GrantHolder {
  /**
   * What came after this place is wanted, the oldest first; without it the newest, in their order. A place is the id of
   * an event that the reader saw, the position of a page, or the end of a gap.
   */
  readonly after?: string | undefined
  /**
   * The epoch of the page that the place is from, if the reader knows: then the place need not prove that it is one of
   * this log.
   */
  readonly epoch?: EventId | undefined
  /** How many at most, 1 or more, of those that the holder of the grants may see. */
  readonly limit: number
}

/** Where events may be missing from what a reader knows: its place has left the log, or was never in it. */
export interface EventGap {
  /** The place that the reader gave. */
  readonly missed_from: string
  /** A place to go on from: of all that came after it, and that the reader may see, nothing is missing. */
  readonly missed_to: EventId
}

/** What a store answers. */
export interface EventPage {
  readonly events: readonly LoggedEvent[]
  /**
   * How far the store has looked, also past what the reader may not see: the place to go on from. Never before `after`,
   * unless there is a gap.
   */
  readonly position: EventId
  /** Where this log began: an id below those of all its events. A log that is begun anew has another. */
  readonly epoch: EventId
  /** Whether the store has not looked to its end: there may be more already. */
  readonly hasMore: boolean
  readonly gap?: EventGap
}

/**
 * Where events are kept. Readers pull: nothing is kept for any of them, and whoever goes on from the position of its
 * last page misses nothing and gets nothing twice, or is told of a gap.
 */
export interface EventStore {
  /**
   * Keeps an event. Those that are given first get the lower ids.
   * @returns the event with its id, when it is safe
   * @throws when it could not be stored
   */
  append(event: NewEvent): Promise<LoggedEvent>
  /**
   * Only what the grants let see is given, and counts for the limit. If the place is none of this log, or something
   * after it that could be seen may no longer be kept, all that is kept is given, from the oldest, and the gap. The
   * position never passes an event that is still on its way to the disk.
   */
  read(query: EventQuery): Promise<EventPage>
  /**
   * Calls `wake` when there may be something new to read: after each event that was kept, or once for several.
   * @param wake must not throw
   * @returns ends that
   */
  subscribe(wake: () => void): () => void
  health(): StoreHealth
  /** Finishes what it was given and lets go of its files or connections. What is asked of it later rejects. */
  close(): Promise<void>
}
