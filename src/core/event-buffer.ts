import type { EventId, LoggedEvent } from './event.ts'
import { isAfter } from './frame-id.ts'
import { SlidingList } from './sliding-list.ts'

/** How much is kept. */
export interface EventBufferLimits {
  /** How many events. */
  readonly size: number
  /** How much they may take together, in bytes. */
  readonly bytes: number
}

/** What decides where an event is in the log, and which others make room for it. */
export type BufferedEvent = Pick<LoggedEvent, 'id' | 'timestamp' | 'label' | 'publisher'>

/** What decides besides who sees it. */
export type IndexedEvent = BufferedEvent & Pick<LoggedEvent, 'type' | 'priority' | 'key' | 'needs'>

/** A kept event and what it weighs. */
export interface KeptEvent<Event extends BufferedEvent> {
  event: Event
  /** In bytes. */
  readonly weight: number
}

/** Events that are kept, oldest first. */
export type EventList<Event extends BufferedEvent> = Pick<
  SlidingList<Readonly<KeptEvent<Event>>>,
  'length' | 'at' | typeof Symbol.iterator
>

/** A part of the events that are kept. */
interface Part {
  /** How many. */
  readonly count: number
  /** In bytes. */
  readonly weight: number
  /** The id of the oldest; undefined if there is none. */
  readonly oldest: EventId | undefined
}

/** The kept events of one label that are by one publisher. */
class LabelEvents<Event extends BufferedEvent> implements Part {
  /** Oldest first. */
  readonly #kept = new SlidingList<KeptEvent<Event>>()
  weight = 0

  get count(): number {
    return this.#kept.length
  }

  get oldest(): EventId | undefined {
    return this.#kept.at(0)?.event.id
  }

  add(added: KeptEvent<Event>): void {
    this.#kept.push(added)
    this.weight += added.weight
  }

  dropOldest(): KeptEvent<Event> {
    const dropped = this.#kept.removeAt(0)
    if (!dropped) throw new Error('a label without events is kept')
    this.weight -= dropped.weight
    return dropped
  }
}

/** The kept events of one publisher. */
class PublisherEvents<Event extends BufferedEvent> implements Part {
  readonly #labels = new Map<string | undefined, LabelEvents<Event>>()
  count = 0
  weight = 0

  get oldest(): EventId | undefined {
    return [...this.#labels.values()].reduce<EventId | undefined>(
      (first, { oldest }) => (first === undefined || isAfter(first, oldest) ? oldest : first),
      undefined,
    )
  }

  ofLabel(label: string | undefined): LabelEvents<Event> | undefined {
    return this.#labels.get(label)
  }

  get labels(): Iterable<LabelEvents<Event>> {
    return this.#labels.values()
  }

  add(added: KeptEvent<Event>): void {
    const { label } = added.event
    const ofLabel = this.#labels.get(label) ?? new LabelEvents<Event>()
    this.#labels.set(label, ofLabel)
    ofLabel.add(added)
    this.count++
    this.weight += added.weight
  }

  /** @param ofLabel one of `labels` */
  dropOldestOf(ofLabel: LabelEvents<Event>): KeptEvent<Event> {
    const dropped = ofLabel.dropOldest()
    if (ofLabel.count === 0) this.#labels.delete(dropped.event.label)
    this.count--
    this.weight -= dropped.weight
    return dropped
  }
}

/**
 * The events that are kept, in the order of their ids. When there are too many, the publisher that takes most loses one:
 * of its labels the one that takes most loses its oldest. So nobody pushes out the events of others, however many labels
 * they may publish to.
 */
export class EventBuffer<Event extends BufferedEvent> {
  readonly #limits: EventBufferLimits
  /** Not contiguous: others may be missing in between. */
  readonly #kept = new SlidingList<KeptEvent<Event>>()
  readonly #publishers = new Map<string | undefined, PublisherEvents<Event>>()
  #weight = 0

  constructor(limits: EventBufferLimits) {
    this.#limits = limits
  }

  /** All of them, oldest first. */
  get all(): EventList<Event> {
    return this.#kept
  }

  /**
   * Adds an event, whose id is above all others.
   * @param weight in bytes
   * @returns the events that were dropped for it, perhaps itself
   */
  add(event: Event, weight: number): Event[] {
    const added = { event, weight }
    this.#kept.push(added)
    const ofPublisher = this.#publishers.get(event.publisher) ?? new PublisherEvents<Event>()
    this.#publishers.set(event.publisher, ofPublisher)
    ofPublisher.add(added)
    this.#weight += added.weight
    const dropped: Event[] = []
    while (this.#kept.length > this.#limits.size || this.#weight > this.#limits.bytes) dropped.push(this.#dropOne())
    return dropped
  }

  /** The event with that id; undefined if it is not kept. */
  find(id: EventId): Event | undefined {
    const event = this.#kept.at(this.indexAfter(id) - 1)?.event
    return event?.id === id ? event : undefined
  }

  /** Replaces a kept event by another state of it, which weighs the same. */
  replace(event: Event): void {
    const kept = this.#kept.at(this.indexAfter(event.id) - 1)
    if (kept?.event.id === event.id) kept.event = event
  }

  /** Drops the oldest events, up to the first that is from that time or later (ms since 1970). @returns them */
  dropBefore(time: number): Event[] {
    const dropped: Event[] = []
    for (;;) {
      const oldest = this.#kept.at(0)?.event
      if (!oldest || oldest.timestamp >= time) return dropped
      const ofPublisher = this.#publishers.get(oldest.publisher)
      const ofLabel = ofPublisher?.ofLabel(oldest.label)
      if (!ofPublisher || !ofLabel) throw new Error('a kept event has no publisher')
      dropped.push(this.#drop(ofPublisher, ofLabel))
    }
  }

  /** The index of the first event after that id; the number of events if there is none. */
  indexAfter(id: EventId): number {
    let low = 0
    let high = this.#kept.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = this.#kept.at(middle)
      if (at && isAfter(at.event.id, id)) high = middle
      else low = middle + 1
    }
    return low
  }

  #dropOne(): Event {
    const ofPublisher = this.#largest(this.#publishers.values())
    return this.#drop(ofPublisher, this.#largest(ofPublisher.labels))
  }

  #drop(ofPublisher: PublisherEvents<Event>, ofLabel: LabelEvents<Event>): Event {
    const dropped = ofPublisher.dropOldestOf(ofLabel)
    if (ofPublisher.count === 0) this.#publishers.delete(dropped.event.publisher)
    this.#weight -= dropped.weight
    this.#kept.removeAt(this.indexAfter(dropped.event.id) - 1)
    return dropped.event
  }

  /** The part that takes most of what is limited; of several the one with the oldest event. */
  #largest<Each extends Part>(parts: Iterable<Each>): Each {
    const { size, bytes } = this.#limits
    const amountOf = ({ count, weight }: Part) => Math.max(count / size, weight / bytes)
    return [...parts].reduce((most, each) => {
      const difference = amountOf(each) - amountOf(most)
      return difference > 0 || (difference === 0 && isOlder(each, most)) ? each : most
    })
  }
}

function isOlder(one: Part, other: Part): boolean {
  return other.oldest !== undefined && isAfter(other.oldest, one.oldest)
}
