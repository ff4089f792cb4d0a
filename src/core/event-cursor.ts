import type { EventId } from './event.ts'
import type { EventPage } from './event-store.ts'
import type { Principal } from './principal.ts'
import { SerialQueue } from './serial-queue.ts'

/** Where a cursor begins. */
export interface CursorStart {
  /** As in `EventQuery`. */
  readonly after?: string | undefined
  /** As in `EventQuery`. */
  readonly epoch?: EventId | undefined
  /** How many events a page has at most, 1 or more. */
  readonly limit: number
}

/** What a cursor needs of the log. */
export interface CursorParts {
  readonly principal: Principal
  readonly start: CursorStart
  readonly read: (start: CursorStart) => Promise<EventPage>
  readonly wake: () => void
  readonly closed: (cursor: EventCursor) => void
}

/**
 * A reader's place in the log, which goes on from what was kept (replay) to what comes. It holds no events: they wait
 * in the log until the reader asks.
 */
export class EventCursor {
  readonly #parts: CursorParts
  readonly #queue = new SerialQueue()
  readonly #close = () => this.close()
  #start: CursorStart
  #isWoken = false
  #isClosed = false

  /** Made by `EventLog.open`. */
  constructor(parts: CursorParts) {
    this.#parts = parts
    this.#start = parts.start
    // The system never ends, and may have any number of readers.
    if (parts.principal.kind !== 'system') parts.principal.ended.addEventListener('abort', this.#close)
  }

  /** Nothing comes any more: its user closed it, its principal lost its rights, or the server is going down. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /**
   * What came after the last page. It may have no events; then there is nothing until the cursor wakes its user. So
   * there may be when it wakes while this is under way. Several at a time get pages one after another.
   * @returns undefined when the cursor is closed
   * @throws when the store does not answer; the next call asks for the same again
   */
  next(): Promise<EventPage | undefined> {
    // Before the store is asked: what comes while it answers may not be in the page.
    this.#isWoken = false
    return this.#queue.run(() => this.#read())
  }

  /** For the log: there may be something new. */
  wake(): void {
    if (this.#isWoken || this.#isClosed) return
    this.#isWoken = true
    this.#parts.wake()
  }

  /** No more pages; also what the store is just answering is not given out. Wakes its user for the last time. */
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
    this.#start = { after: page.position, epoch: page.epoch, limit: this.#start.limit }
    return page
  }
}
