import { type EventId, type LoggedEvent, weightOfEvent } from '../../core/event.ts'
import { isAfter } from '../../core/frame-id.ts'

/** How much is kept. */
export interface EventBufferLimits {
  /** How many events. */
  readonly size: number
  /** How much memory they may take (`weightOfEvent`), in bytes. */
  readonly bytes: number
}

/** A kept event and what it weighs. */
export interface KeptEvent {
  readonly event: LoggedEvent
  /** In bytes. */
  readonly weight: number
}

/** The events of one label that are kept, oldest first. */
interface LabelEvents {
  readonly kept: KeptEvent[]
  weight: number
}

/**
 * The events that are kept, in the order of their ids. When there are too many, the label that takes most loses its
 * oldest: so nobody who may only publish to one label pushes out the events of others.
 */
export class EventBuffer {
  readonly #limits: EventBufferLimits
  /** Not contiguous: events of other labels may be missing in between. */
  readonly #kept: KeptEvent[] = []
  readonly #labels = new Map<string | undefined, LabelEvents>()
  #weight = 0

  constructor(limits: EventBufferLimits) {
    this.#limits = limits
  }

  /** All of them, oldest first. */
  get all(): readonly KeptEvent[] {
    return this.#kept
  }

  /** Adds an event, whose id is above all others. @returns the events that were dropped for it, perhaps itself */
  add(event: LoggedEvent): LoggedEvent[] {
    const added = { event, weight: weightOfEvent(event) }
    this.#kept.push(added)
    const ofLabel = this.#labels.get(event.label) ?? { kept: [], weight: 0 }
    this.#labels.set(event.label, ofLabel)
    ofLabel.kept.push(added)
    ofLabel.weight += added.weight
    this.#weight += added.weight
    const dropped: LoggedEvent[] = []
    while (this.#kept.length > this.#limits.size || this.#weight > this.#limits.bytes) dropped.push(this.#dropOne())
    return dropped
  }

  /** Whether the event with that id is kept. */
  has(id: EventId): boolean {
    return this.#kept[this.indexAfter(id) - 1]?.event.id === id
  }

  /** The index of the first event after that id; the number of events if there is none. */
  indexAfter(id: EventId): number {
    let low = 0
    let high = this.#kept.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = this.#kept[middle]
      if (at && isAfter(at.event.id, id)) high = middle
      else low = middle + 1
    }
    return low
  }

  #dropOne(): LoggedEvent {
    const [label, ofLabel] = this.#largest()
    const oldest = ofLabel.kept.shift()
    if (!oldest) throw new Error('a label without events is kept')
    ofLabel.weight -= oldest.weight
    this.#weight -= oldest.weight
    if (ofLabel.kept.length === 0) this.#labels.delete(label)
    this.#kept.splice(this.indexAfter(oldest.event.id) - 1, 1)
    return oldest.event
  }

  /** The label that takes the largest part of what is limited; of several the one with the oldest event. */
  #largest(): readonly [string | undefined, LabelEvents] {
    const { size, bytes } = this.#limits
    const partOf = ({ kept, weight }: LabelEvents) => Math.max(kept.length / size, weight / bytes)
    return [...this.#labels].reduce((most, each) => {
      const difference = partOf(each[1]) - partOf(most[1])
      return difference > 0 || (difference === 0 && isOlder(each[1], most[1])) ? each : most
    })
  }
}

function isOlder(one: LabelEvents, other: LabelEvents): boolean {
  const [first] = one.kept
  const [second] = other.kept
  return first !== undefined && second !== undefined && isAfter(second.event.id, first.event.id)
}
