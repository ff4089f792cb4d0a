import { type Demand, DemandTally, type ViewerDemand } from './demand.ts'
import type { Refusal } from './errors.ts'
import type { Frame } from './frame.ts'
import type { QuotaClient } from './quota-client.ts'

/** Receives each new frame of a stream. */
export interface Subscriber {
  readonly demand: ViewerDemand
  /** Whose it is, for what clients share. */
  readonly client: QuotaClient
  /** Called with each new frame; must return quickly. */
  offer(frame: Frame): void
  /** What it wants of the stream cannot be made, for that reason; said again and again until it is offered a frame. */
  refuse?(refusal: Refusal): void
}

/** The subscribers of a stream, and their combined demand. */
export class Subscribers implements Iterable<Subscriber> {
  /** Each with the demand it was counted with. */
  readonly #counted = new Map<Subscriber, ViewerDemand>()
  readonly #tally = new DemandTally()
  readonly #changed: (demand: Demand, before: Demand) => void

  /** @param changed called when the combined demand has changed, be it only the number of viewers */
  constructor(changed: (demand: Demand, before: Demand) => void) {
    this.#changed = changed
  }

  get size(): number {
    return this.#counted.size
  }

  /** What all of them want together. */
  get demand(): Demand {
    return this.#tally.demand
  }

  [Symbol.iterator](): Iterator<Subscriber> {
    return this.#counted.keys()
  }

  /** Adds a subscriber, or counts it anew after its demand has changed. */
  add(subscriber: Subscriber): void {
    const { demand } = subscriber
    this.#recount(() => {
      const before = this.#counted.get(subscriber)
      if (before) this.#tally.remove(before)
      this.#tally.add(demand)
      this.#counted.set(subscriber, demand)
    })
  }

  /** Removes a subscriber; does nothing if it is none. */
  remove(subscriber: Subscriber): void {
    const demand = this.#counted.get(subscriber)
    if (!demand) return
    this.#recount(() => {
      this.#tally.remove(demand)
      this.#counted.delete(subscriber)
    })
  }

  #recount(change: () => void): void {
    const before = this.#tally.demand
    change()
    this.#changed(this.#tally.demand, before)
  }
}
