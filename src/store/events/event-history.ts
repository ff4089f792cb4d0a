import type { Acknowledgement, EventId, LoggedEvent } from '../../core/event.ts'
import type { EventPage, EventQuery } from '../../core/event-store.ts'
import type { EvictedEntry } from './evicted-events.ts'

/** How much is kept of the history. */
export interface HistoryLimits {
  /** How many events. */
  readonly size: number
  /** How much their data may take together, in bytes. */
  readonly bytes: number
  /** For how long, in ms. */
  readonly age: number
}

/** How a history is opened. */
export interface OpenHistory {
  /** The path of the file. */
  readonly path: string
  readonly limits: HistoryLimits
  /** ms since 1970. */
  readonly now: number
  /** The highest id of what was stored so far, as far as it is known: a new history begins right after it. */
  readonly last?: EventId | undefined
  /** The epoch of the history, if this process has had it open already: then it goes on. */
  readonly epoch?: EventId | undefined
  /** Whether the process before could not store events, and nobody knows which. */
  readonly hasLost?: boolean | undefined
}

/** What was found when a history was opened. */
export interface OpenedHistory {
  readonly epoch: EventId
  /** The id of the newest event, or the epoch. */
  readonly last: EventId
  /** Whether there never was an event. */
  readonly isEmpty: boolean
  /** Where the damaged file was moved to that was found in its place; the history begins anew then. */
  readonly damaged?: string | undefined
}

/** The stored history of events: what has to outlive the process. Every method throws when it cannot be done. */
export interface EventHistory {
  open(how: OpenHistory): Promise<OpenedHistory>
  /**
   * Stores events, all or none: once it resolves, a crash or a power failure does not lose them. Those that it has are
   * left out.
   * @param lost what was to be stored and never will be, as `EvictedEvents.entries`
   */
  append(events: readonly LoggedEvent[], lost?: readonly EvictedEntry[]): Promise<void>
  read(query: EventQuery): Promise<EventPage>
  find(id: EventId): Promise<LoggedEvent | undefined>
  /** As in `EventStore`. */
  acknowledge(id: EventId, acknowledgement: Acknowledgement): Promise<LoggedEvent | undefined>
  /** Writes something, to see whether that is possible. */
  check(now: number): Promise<void>
  /** Drops what is older than may be kept. @param now ms since 1970, by a clock that is not ahead (`Retention`) */
  expire(now: number): Promise<void>
  /**
   * Notes whether there are events that could not be stored: if there are when the process ends, the next one is told of
   * it (`OpenHistory.hasLost`). Does not wait for anything else that the history does.
   */
  noteLoss(isLost: boolean): Promise<void>
  /** @param isComplete whether everything was stored that was to be */
  close(isComplete: boolean): Promise<void>
}

/** The methods of a history that its thread does, by name. */
export type HistoryMethod = Exclude<keyof EventHistory, 'noteLoss'>

/** A call of a method, as it is sent to a worker thread. */
export type HistoryCall = {
  [Method in HistoryMethod]: {
    readonly method: Method
    readonly args: Parameters<EventHistory[Method]>
  }
}[HistoryMethod]
