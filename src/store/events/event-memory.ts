import { type EventId, type LoggedEvent, weightOfEvent } from '../../core/event.ts'
import type { EventBufferLimits } from '../../core/event-buffer.ts'
import type { EventPage, EventQuery } from '../../core/event-store.ts'
import { isAfter, isFrameId } from '../../core/frame-id.ts'
import type { OpenedHistory } from './event-history.ts'
import { EventIndex } from './event-index.ts'
import { completePage, withMemory } from './event-pages.ts'
import { EvictedEvents } from './evicted-events.ts'

/**
 * What the store of events has in memory: the newest events. Those after `lastStored` are not in the history, because
 * they could not be stored.
 */
export class EventMemory {
  readonly #limits: EventBufferLimits
  #recent: EventIndex<LoggedEvent>
  /** Those that are not in the history, and not in memory any more. */
  #lost = new EvictedEvents()
  #lastStored: EventId

  /** @param lastStored the highest id that may be in the history, as far as it is known @param epoch above it */
  constructor(limits: EventBufferLimits, lastStored: EventId, epoch: EventId) {
    this.#limits = limits
    this.#recent = new EventIndex(limits, epoch)
    this.#lastStored = lastStored
  }

  /** The highest id in the history. */
  get lastStored(): EventId {
    return this.#lastStored
  }

  /** Whether there are events that the history does not know of. */
  get isUnstored(): boolean {
    return !this.#lost.isEmpty || isAfter(this.#recent.last, this.#lastStored)
  }

  /** Those that are not in the history, and that can still be stored. */
  get unstored(): readonly LoggedEvent[] {
    return [...this.#recent.all()].filter(({ id }) => isAfter(id, this.#lastStored))
  }

  /** What is lost, since it was dropped before it could be stored. */
  get lost(): EvictedEvents {
    return this.#lost
  }

  /** The history was opened. What is not in it stays for those who follow, unless the history is of a later time. */
  opened({ epoch, last, isEmpty }: OpenedHistory): void {
    const { unstored } = this
    this.#recent = new EventIndex(this.#limits, epoch)
    if (!isEmpty) this.#recent.beginAfter(last)
    this.#lastStored = last
    for (const event of unstored) {
      if (isAfter(event.id, last)) this.add(event)
      else this.#lost.add(event)
    }
  }

  /** Everything up to that event is stored, and the history knows what is lost; by default all that is here. */
  stored(last = this.#recent.last): void {
    if (isAfter(last, this.#lastStored)) this.#lastStored = last
    if (!this.#lost.isEmpty) this.#lost = new EvictedEvents()
  }

  /** Adds an event, whose id is above all others. */
  add(event: LoggedEvent): void {
    this.#forget(this.#recent.add(event, weightOfEvent(event)))
  }

  /** Forgets what is from before that time, ms since 1970. */
  dropBefore(time: number): void {
    this.#forget(this.#recent.dropBefore(time))
  }

  find(id: EventId): LoggedEvent | undefined {
    return this.#recent.find(id)
  }

  /** Replaces an event by another state of it, if it is here. */
  replace(event: LoggedEvent): void {
    this.#recent.replace(event)
  }

  /** Whether an event is here, and not in the history. */
  hasUnstored(id: EventId): boolean {
    return isAfter(id, this.#lastStored) && this.#recent.find(id) !== undefined
  }

  /** The page from memory; some of it may be missing. */
  pageOfWhatIsHere(query: EventQuery): EventPage {
    return this.#recent.page(query)
  }

  /** The page that a query asks for, if nothing of it is missing here. */
  page(query: EventQuery): EventPage | undefined {
    if (this.#isPastHistory(query) && query.epoch === undefined) return undefined
    return completePage(this.#recent, query)
  }

  /**
   * The page of somebody who stands where nothing is stored: here is all that is left. Who does not say of which log that
   * place is was away while events were not stored, and may have missed others of them.
   * @returns undefined for anybody else
   */
  pagePastHistory(query: EventQuery): EventPage | undefined {
    const { after, epoch } = query
    if (after === undefined || !this.#isPastHistory(query)) return undefined
    const page = this.#recent.page(query)
    if (page.gap || epoch !== undefined || !isFrameId(after)) return page
    return { ...page, gap: { missed_from: after, missed_to: after } }
  }

  /** Adds to a page of the history what is only here. */
  complete(page: EventPage, query: EventQuery): EventPage {
    return withMemory(page, query, { recent: this.#recent, lost: this.#lost, lastStored: this.#lastStored })
  }

  #isPastHistory({ after }: EventQuery): boolean {
    if (after === undefined || !isFrameId(after)) return false
    return isAfter(after, this.#lastStored) && !isAfter(after, this.#recent.last)
  }

  /** These are no longer in memory. */
  #forget(events: readonly LoggedEvent[]): void {
    for (const event of events) if (isAfter(event.id, this.#lastStored)) this.#lost.add(event)
  }
}
