import { type Clock, every } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { messageOf, Refusal } from '../core/errors.ts'
import type { EventCursor } from '../core/event-cursor.ts'
import type { EventLog, FollowOptions } from '../core/event-log.ts'
import type { EventPage } from '../core/event-store.ts'
import type { Log } from '../core/log.ts'
import type { Principal } from '../core/principal.ts'

/** What those who follow events need. */
export interface EventFollowerParts {
  readonly events: EventLog
  readonly clock: Clock
  readonly log: Log
  readonly counters: Pick<Counters, 'limited'>
}

/**
 * One client that follows the event log: a cursor, which is read page by page as fast as the client takes what was written
 * (backpressure). Nothing is queued for it. Whoever falls behind what is at hand in memory is disconnected, and goes on
 * when it comes again. A base class, as an object of its own would be one more for each of ten thousand clients.
 */
export abstract class EventFollower {
  readonly #parts: EventFollowerParts
  readonly #cursor: EventCursor
  /** Set while the client has something to read and does not. */
  #stopCheck: (() => void) | undefined
  /** Whether the history is being read. */
  #isReading = false
  /** Set until the store, which could not be read, is asked again. */
  #cancelRetry: (() => void) | undefined
  /** Whether there may be events that were not read yet. */
  #isWaiting = true

  /** @throws Refusal `forbidden` when the principal may see nothing at all */
  constructor(parts: EventFollowerParts, principal: Principal, from: Omit<FollowOptions, 'wake'>) {
    this.#parts = parts
    this.#cursor = parts.events.open(principal, { ...from, wake: () => this.#wake() })
  }

  /** Whether everything that was written to the client has been taken; `drained` is to be called when it is so again. */
  protected abstract get isDrained(): boolean
  protected abstract writePage(page: EventPage): void
  /** Disconnects the client, which may come again. @param reason a sentence for it */
  protected abstract disconnect(reason: string): void

  /** Begins to read, or reads on. */
  drained(): void {
    this.#stopChecking()
    this.#pump()
  }

  /** Follows no longer. */
  close(): void {
    this.#cursor.close()
    this.#stopChecking()
    this.#cancelRetry?.()
  }

  /** There is another page to read than the one that was just written. */
  protected readOn(): void {
    this.#isWaiting = true
  }

  #wake(): void {
    this.#isWaiting = true
    if (this.isDrained) this.#pump()
    else this.#stopCheck ??= every(this.#parts.clock, SLOW_CHECK_MS, () => this.#checkSlow())
  }

  #pump(): void {
    while (this.#isWaiting && !this.#isReading && !this.#cursor.isClosed && this.isDrained) {
      this.#isWaiting = false
      const page = this.#cursor.nextRecent()
      if (page) this.#write(page)
      else void this.#readHistory()
    }
  }

  /** Reads what is no longer in memory. */
  async #readHistory(): Promise<void> {
    this.#isReading = true
    try {
      const page = await this.#cursor.next()
      if (page) this.#write(page)
    } catch (error) {
      if (error instanceof Refusal && error.code === 'unavailable') {
        this.#readLater()
        return
      }
      // Why it is refused the store says itself: once, not for each that comes again.
      if (!(error instanceof Refusal)) this.#parts.log.error({ err: error }, 'events could not be read')
      this.close()
      this.disconnect(messageOf(error))
    }
    this.#isReading = false
    this.#pump()
  }

  /** The store cannot be read now: the client stays connected, and gets what it missed once it can. */
  #readLater(): void {
    this.#isWaiting = true
    this.#cancelRetry = this.#parts.clock.after(RETRY_MS, () => {
      this.#isReading = false
      this.#pump()
    })
  }

  #write(page: EventPage): void {
    if (page.hasMore) this.#isWaiting = true
    this.writePage(page)
  }

  #checkSlow(): void {
    if (this.#cursor.isClosed || this.#cursor.isAtHand) return
    this.close()
    this.#parts.counters.limited('streaming.buffer_size')
    this.disconnect('Too slow: more happened than is kept at hand (streaming.buffer_size); come again.')
  }

  #stopChecking(): void {
    this.#stopCheck?.()
    this.#stopCheck = undefined
  }
}

/** How long to wait before the store is asked again, ms. */
const RETRY_MS = 1000
/** How often a client that does not read is looked at, ms. */
const SLOW_CHECK_MS = 1000
