import type { EventId, Priority } from '../src/core/event.ts'
import type { EventGap } from '../src/core/event-store.ts'
import { isAfter } from '../src/core/frame-id.ts'
import { LruMap } from '../src/core/lru-map.ts'
import { eventIdOf, namesOf, priorityOf } from '../src/wire/event-fields.ts'
import type { EventJson, SpooledEventJson } from '../src/wire/event-json.ts'
import type { LiveEventPage, LiveRequest } from '../src/wire/live-messages.ts'
import { Emitter } from './emitter.ts'

/** Which events to get, and where to begin. */
export interface EventOptions {
  /** The id of an event, or a `position`: begins with what came after it. Default: with the newest events. */
  readonly after?: string | undefined
  /** The `epoch` that belongs to `after`, if it is known. */
  readonly epoch?: string | undefined
  /** Types, in any case, at most 100; default: all. */
  readonly types?: readonly string[] | undefined
  /** Exact labels, at most 100; default: all. */
  readonly labels?: readonly string[] | undefined
  /** The lowest priority; default: LOW. */
  readonly minPriority?: Priority | undefined
}

/** The events of an EventSubscription. */
export interface EventSubscriptionEvents {
  /**
   * Something happened. Each event comes once, in order. One without an `id` waits for the log that its server shares with
   * others; there it gets its id, and keeps its `receipt`.
   */
  event: EventJson | SpooledEventJson
  /** Events may be missing, after `missed_from` and up to `missed_to`. Those of them that are kept follow. */
  gap: EventGap
}

/** The callbacks of a subscription to its client. */
export interface EventSubscriptionOwner {
  closed(subscription: EventSubscription): void
  /** A listener threw. */
  failed(error: unknown, subscription: EventSubscription): void
}

/**
 * A subscription to events, active until `close`. After each reconnect it goes on exactly where it was. Made by
 * `LiveClient.events`; add the listeners at once, since events do not wait for them.
 */
export class EventSubscription {
  readonly #id: number
  readonly #filter: Pick<Extract<LiveRequest, { type: 'follow' }>, 'types' | 'labels' | 'min_priority'>
  readonly #owner: EventSubscriptionOwner
  readonly #events: Emitter<EventSubscriptionEvents>
  #position: EventId | undefined
  #epoch: EventId | undefined
  /** The highest id of this epoch that the listeners got. */
  #newest: EventId | undefined
  /** Events that the listeners got without an id, by receipt. */
  readonly #waiting = new LruMap<string, true>(MOST_WAITING)
  #isClosed = false

  /** @throws Error (with a sentence for people) when an option is not allowed */
  constructor(id: number, options: EventOptions, owner: EventSubscriptionOwner) {
    const { after, epoch, types, labels, minPriority } = options
    if (epoch !== undefined && after === undefined) throw new TypeError('epoch needs an after beside it')
    this.#id = id
    this.#owner = owner
    this.#events = new Emitter((error) => owner.failed(error, this))
    this.#position = after === undefined ? undefined : eventIdOf('after', after)
    this.#epoch = epoch === undefined ? undefined : eventIdOf('epoch', epoch)
    this.#filter = {
      types: types && namesOf('types', types),
      labels: labels && namesOf('labels', labels),
      min_priority: minPriority === undefined ? undefined : priorityOf('minPriority', minPriority),
    }
  }

  /** Its id in the protocol; never reused. */
  get id(): number {
    return this.#id
  }

  /**
   * How far it is: give it to a later subscription as `after`, with the `epoch`, to go on there. It moves past an event
   * once all listeners were called with it; undefined before the first answer of the server.
   */
  get position(): string | undefined {
    return this.#position
  }

  /** Identifies the log that `position` is from; undefined while it is not known. */
  get epoch(): string | undefined {
    return this.#epoch
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Adds a listener. @returns a function that removes it */
  on<Name extends keyof EventSubscriptionEvents>(
    name: Name,
    listener: (event: EventSubscriptionEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener)
  }

  /** Ends it: no listener is called any more. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#owner.closed(this)
  }

  /** The request message of the protocol, to begin or to go on. */
  get request(): Extract<LiveRequest, { type: 'follow' }> {
    return { type: 'follow', id: this.#id, after: this.#position, epoch: this.#epoch, ...this.#filter }
  }

  /** For the client: gives a page to the listeners. */
  take({ epoch, position, gap, events }: LiveEventPage): void {
    if (this.#isClosed) return
    if (gap) this.#events.emit('gap', gap)
    if (epoch !== this.#epoch) this.#newest = undefined
    for (const event of events) {
      if (this.#isClosed) return
      if (event.id === undefined) {
        // After a reconnect it may come again.
        if (this.#waiting.has(event.receipt)) continue
        this.#waiting.set(event.receipt, true)
        this.#events.emit('event', event)
        continue
      }
      // After a gap the server may begin before what is known already.
      if (this.#newest !== undefined && !isAfter(event.id, this.#newest)) continue
      if (event.receipt === undefined || !this.#waiting.has(event.receipt)) this.#events.emit('event', event)
      this.#newest = event.id
      this.#moveTo(event.id, epoch)
    }
    if (!this.#isClosed) this.#moveTo(position, epoch)
  }

  #moveTo(position: EventId, epoch: EventId): void {
    this.#position = position
    this.#epoch = epoch
  }
}

/** Of how many events that came without an id is known that they came. */
const MOST_WAITING = 10_000
