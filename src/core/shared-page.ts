import type { CursorStart } from './event-cursor.ts'
import type { EventPage } from './event-store.ts'
import type { Principal } from './principal.ts'

/** What reading a page from memory needs. */
export interface SharedPageParts {
  /** Reads a page from memory; undefined where it is not all there. */
  readonly read: (principal: Principal, start: CursorStart) => EventPage | undefined
  /** Calls something in the next turn of the event loop: `setImmediate`. */
  readonly inNextTurn: (action: () => void) => void
}

/**
 * The page that was read from memory last, for as long as this turn of the event loop. Thousands of readers who follow
 * the log stand at the same place, and many of one principal: what one of them has just got the others get too.
 */
export class SharedPage {
  readonly #parts: SharedPageParts
  #last: { readonly principal: Principal; readonly start: CursorStart; readonly page: EventPage } | undefined

  constructor(parts: SharedPageParts) {
    this.#parts = parts
  }

  /** The page from memory for a reader at that place; undefined where it is not all there. */
  read(principal: Principal, start: CursorStart): EventPage | undefined {
    if (this.#last && this.#last.principal === principal && isSame(this.#last.start, start)) return this.#last.page
    const page = this.#parts.read(principal, start)
    if (!page) return undefined
    if (!this.#last) this.#parts.inNextTurn(() => this.forget())
    this.#last = { principal, start, page }
    return page
  }

  /** There is something new. */
  forget(): void {
    this.#last = undefined
  }
}

function isSame(one: CursorStart, other: CursorStart): boolean {
  return (
    one.after === other.after &&
    one.epoch === other.epoch &&
    one.filter === other.filter &&
    one.limit === other.limit &&
    one.spooledAfter === other.spooledAfter &&
    one.bytes === other.bytes
  )
}
