import type { EventId } from './event.ts'
import type { EventFilter } from './event-filter.ts'
import type { EventPage } from './event-store.ts'
import { type EndListener, forgetEnd, type Principal, whenEnded } from './principal.ts'
import type { QuotaClient } from './quota-client.ts'
import { SerialQueue } from './serial-queue.ts'

/** Where a cursor starts. */
export interface CursorStart {
  /** As in `EventQuery`. */
  readonly after?: string | undefined
  /** As in `EventQuery`. */
  readonly epoch?: EventId | undefined
  /** As in `EventQuery`. */
  readonly filter?: EventFilter | undefined
  /** As in `EventQuery`; default: the client that the principal is. */
  readonly asker?: QuotaClient | undefined
  /** As in `EventQuery`; default: nothing of that was seen. */
  readonly spooledAfter?: number | undefined
  /** The page size: at most so many events, 1 or more. */
  readonly limit: number
  /**
   * How much memory the events of a page may take, in bytes, if less than in the log's own pages. A reader without a
   * position gets the newest events as one page of the log all the same.
   */
  readonly bytes?: number | undefined
}

/** What cursors need from the log; one for all of them. */
export interface CursorLog {
  read(principal: Principal, start: CursorStart): Promise<EventPage>
  /** The same from memory; undefined where `read` is to be asked. */
  readRecent(principal: Principal, start: CursorStart): EventPage | undefined
  wake(cursor: EventCursor): void
  closed(cursor: EventCursor): void
}

/**
 * A reader's position in the event log: first it replays stored events, then it follows new ones. It buffers no events;
 * they stay in the store until the reader asks.
 */
export class EventCursor implements EndListener {
  readonly #log: CursorLog
  readonly #principal: Principal
  /** Called when there may be new events, and when the cursor has closed. */
  readonly wakeReader: () => void
  #start: CursorStart
  /** Runs calls of `next` one after another. */
  #queue: SerialQueue | undefined
  /** How many of them have not been answered. */
  #pending = 0
  #isWoken = false
  #isClosed = false

  /** Created by `EventLog.open`. */
  constructor(log: CursorLog, principal: Principal, start: CursorStart, wake: () => void) {
    this.#log = log
    this.#principal = principal
    this.#start = { ...start, spooledAfter: start.spooledAfter ?? 0 }
    this.wakeReader = wake
    whenEnded(principal, this)
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
    return this.#start.after === undefined || this.#log.readRecent(this.#principal, this.#start) !== undefined
  }

  /**
   * The events after the last page, perhaps none; then there is nothing to read until `wake` is called, which may
   * already happen during this call. Concurrent calls get consecutive pages.
   * @returns undefined when the cursor is closed
   * @throws when the store does not answer; the next call retries the same page
   */
  async next(): Promise<EventPage | undefined> {
    // Before the store is asked: an event that arrives while it answers may not be in the page.
    this.#isWoken = false
    this.#queue ??= new SerialQueue()
    this.#pending++
    try {
      return await this.#queue.run(() => this.#read())
    } finally {
      this.#pending--
    }
  }

  /**
   * What `next` returns, at once: where it is in memory, and no call of `next` is under way. Thousands of readers who
   * follow the log cost no promise each.
   * @returns undefined where `next` is to be asked, and when the cursor is closed
   */
  nextRecent(): EventPage | undefined {
    if (this.#isClosed || this.#pending > 0) return undefined
    const page = this.#log.readRecent(this.#principal, this.#start)
    if (!page) return undefined
    this.#isWoken = false
    return this.#moveTo(page)
  }

  /** For the log: there may be new events. */
  wake(): void {
    if (this.#isWoken || this.#isClosed) return
    this.#isWoken = true
    this.#log.wake(this)
  }

  /** Ends it: a page that the store is still reading is discarded. Calls `wake` a last time. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    forgetEnd(this.#principal, this)
    this.#log.closed(this)
    this.#log.wake(this)
  }

  /** For the principal. */
  principalEnded(): void {
    this.close()
  }

  async #read(): Promise<EventPage | undefined> {
    if (this.#isClosed) return undefined
    const page = await this.#log.read(this.#principal, this.#start).catch((error) => {
      if (!this.#isClosed) throw error
    })
    if (this.#isClosed || !page) return undefined
    return this.#moveTo(page)
  }

  #moveTo(page: EventPage): EventPage {
    const { position: after, epoch, spooled } = page
    this.#start = { ...this.#start, after, epoch, ...(spooled && { spooledAfter: spooled.place }) }
    return page
  }
}
