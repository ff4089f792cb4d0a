import { type LoggedEvent, type SpooledEvent, weightOfEvent } from '../../core/event.ts'
import { eventFilter } from '../../core/event-filter.ts'
import type { EventPage, EventQuery } from '../../core/event-store.ts'
import { LruMap } from '../../core/lru-map.ts'
import { SlidingList } from '../../core/sliding-list.ts'
import { PageLimits } from '../events/page-limits.ts'

/** An event that is shown before it is in the log. */
interface Spooled {
  readonly event: SpooledEvent
  /** Counts up: who has seen this place has seen all up to it. */
  readonly place: number
  /** Whether Redis has taken it. */
  isSent: boolean
}

/**
 * The events that a node shows before they are in the log. Who follows gets them behind the log's last event; when they
 * come once more, from the log, who had them is not given them again.
 */
export class SpooledEvents {
  readonly #waiting = new SlidingList<Spooled>()
  /** The places of those that may come from the log, or came, by receipt. */
  readonly #places: LruMap<string, number>
  #last = 0

  /** @param most how many the spool holds */
  constructor(most: number) {
    this.#places = new LruMap(2 * most)
  }

  /** How many wait for the log. */
  get count(): number {
    return this.#waiting.length
  }

  add(event: SpooledEvent): void {
    const place = ++this.#last
    this.#places.set(event.receipt, place)
    this.#waiting.push({ event, place, isSent: false })
  }

  /** Redis has taken the event with that receipt. */
  sent(receipt: string): void {
    const waiting = this.#waiting.at(this.#indexOf(receipt))
    if (waiting) waiting.isSent = true
  }

  /** The receipts of those that wait for the log. */
  *awaited(): Iterable<string> {
    for (let i = 0; i < this.#waiting.length; i++) {
      const waiting = this.#waiting.at(i)
      if (waiting) yield waiting.event.receipt
    }
  }

  /** The event with that receipt is in the log: it waits no longer, if it did. */
  logged(receipt: string): void {
    this.#waiting.removeAt(this.#indexOf(receipt))
  }

  /** The log has begun anew: what Redis has taken and not given back is lost. */
  forgetSent(): void {
    for (let i = this.#waiting.length - 1; i >= 0; i--) if (this.#waiting.at(i)?.isSent) this.#waiting.removeAt(i)
  }

  /** Adds what waits to a page of the log that reaches its end, and leaves out what the reader has had. */
  addTo(page: EventPage, query: EventQuery): EventPage {
    const { spooledAfter: seen, before } = query
    if (seen === undefined || this.#last === 0) return page
    const events = page.events.filter((event) => !this.#wasSeen(event, seen))
    if (page.hasMore || before !== undefined || seen === this.#last) return { ...page, events }
    const { spooled, hasMore } = this.#after(seen, query, page.events.length)
    return { ...page, events, spooled, hasMore }
  }

  #after(seen: number, query: EventQuery, taken: number) {
    const { after, limit, bytes, filter } = query
    // The newest events are a page of their own for who has no place.
    const limits = new PageLimits({ limit: after === undefined ? limit : Math.max(0, limit - taken), bytes })
    const isWanted = eventFilter(query, filter)
    const events: SpooledEvent[] = []
    let place = seen
    for (let i = this.#indexAfter(seen); ; i++) {
      const waiting = this.#waiting.at(i)
      if (!waiting) return { spooled: { events, place: this.#last }, hasMore: false }
      if (isWanted(waiting.event)) {
        if (!limits.take(weightOfEvent(waiting.event))) return { spooled: { events, place }, hasMore: true }
        events.push(waiting.event)
      }
      place = waiting.place
    }
  }

  #wasSeen({ receipt }: LoggedEvent, seen: number): boolean {
    const place = receipt === undefined ? undefined : this.#places.get(receipt)
    return place !== undefined && place <= seen
  }

  /** The index among those that wait; -1 if it is none of them. */
  #indexOf(receipt: string): number {
    const place = this.#places.get(receipt)
    if (place === undefined) return -1
    const index = this.#indexAfter(place) - 1
    return this.#waiting.at(index)?.place === place ? index : -1
  }

  #indexAfter(place: number): number {
    let low = 0
    let high = this.#waiting.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = this.#waiting.at(middle)
      if (at && at.place > place) high = middle
      else low = middle + 1
    }
    return low
  }
}
