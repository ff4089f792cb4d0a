import type { EventId } from './event.ts'
import type { EventFilter } from './event-filter.ts'
import type { EventPage } from './event-store.ts'
import type { Principal } from './principal.ts'
import { SerialQueue } from './serial-queue.ts'

/** Where a cursor starts. */
export interface CursorStart {
  /** As in `EventQuery`. */
  readonly after?: string | undefined
  /** As in `EventQuery`. */
  readonly epoch?: EventId | undefined
  /** As in `EventQuery`. */
  readonly filter?: EventFilter | undefined
  /** The page size: at most so many events, 1 or more. */
  readonly limit: number
}

/** What a cursor needs from the log. */
export interface CursorParts {
  readonly principal: Principal
  readonly start: CursorStart
  readonly read: (start: CursorStart) => Promise<EventPage>
  /** Whether the store has what comes next in memory. */
  readonly isAtHand: (start: CursorStart) => boolean
  readonly wake: () => void
  readonly closed: (cursor: EventCursor) => void
}

/**
 * A reader's position in the event log: first it replays stored events, then it follows new ones. It buffers no events;
 * they stay in the store until the reader asks.
 */
export class EventCursor {
  readonly #parts: CursorParts
  readonly #queue = new SerialQueue()
  readonly #close = () => this.close()
  #start: CursorStart
  #isWoken = false
  #isClosed = false

  /** Created by `EventLog.open`. */
  constructor(parts: CursorParts) {
    this.#parts = parts
    this.#start = parts.start
    // The system principal never ends and may have any number of readers.
    if (parts.principal.kind !== 'system') parts.principal.ended.addEventListener('abort', this.#close)
  }

  /**
   * Whether there will be no more events: it was closed by its reader, because its principal ended, or because the
   * server shuts down.
   */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether what comes next is in memory, and none of it was dropped from there. */
  get isAtHand(): boolean {
    // Who has read nothing yet has missed nothing.
    return this.#start.after === undefined || this.#parts.isAtHand(this.#start)
  }

  /**
   * The events after the last page, perhaps none; then there is nothing to read until `wake` is called, which may
   * already happen during this call. Concurrent calls get consecutive pages.
   * @returns undefined when the cursor is closed
   * @throws when the store does not answer; the next call retries the same page
   */
  next(): Promise<EventPage | undefined> {
    // Before the store is asked: an event that arrives while it answers may not be in the page.
    this.#isWoken = false
    return this.#queue.run(() => this.#read())
  }

  /** For the log: there may be new events. */
  wake(): void {
    if (this.#isWoken || this.#isClosed) return
    this.#isWoken = true
    this.#parts.wake()
  }

  /** Ends it: a page that the store is still reading is discarded. Calls `wake` a last time. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#parts.principal.ended.removeEventListener('abort', this.#close)
    this.#parts.closed(this)
    this.#parts.wake()
  }

  async #read(): Promise<EventPage | undefined> {
    if (this.#isClosed) return undefined
    const page = await this.#parts.read(this.#start).catch((error) => {
      if (!this.#isClosed) throw error
    })
    if (this.#isClosed || !page) return undefined
    this.#start = { ...this.#start, after: page.position, epoch: page.epoch }
    return page
  }
}
