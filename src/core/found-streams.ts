import type { Declaration, DeclareOptions } from './declared-stream.ts'
import { type Demand, NO_DEMAND } from './demand.ts'
import { Refusal } from './errors.ts'
import type { Hub } from './hub.ts'
import type { Principal } from './principal.ts'
import { type StreamName, streamId } from './stream-name.ts'

/** Told when the demand for a stream has changed. */
export type FoundDemandListener = (demand: Demand) => void

/** What the streams of a source need. */
export interface FoundStreamsParts {
  readonly hub: Hub
  readonly principal: Principal
  /** The demand for one of them has changed. */
  readonly demandChanged: () => void
}

/** One that was found. */
interface FoundStream {
  readonly declaration: Declaration
  demand: Demand
  /** The run that has declared it last. */
  run: AbortSignal
  listener: FoundDemandListener | undefined
}

/**
 * The streams that a supervised source finds while it runs, such as the channels of an instrument. They outlive a run
 * that fails, so that they say why nothing comes; the next run takes them over as it declares them again.
 */
export class FoundStreams {
  readonly #parts: FoundStreamsParts
  readonly #streams = new Map<string, FoundStream>()

  constructor(parts: FoundStreamsParts) {
    this.#parts = parts
  }

  /** Whether anybody watches one of them. */
  get areWanted(): boolean {
    return [...this.#streams.values()].some(({ demand }) => demand.viewers > 0)
  }

  /** The demand for one of them; undefined if it is none of them. */
  demandFor(name: StreamName): Demand | undefined {
    return this.#streams.get(streamId(name))?.declaration.demand
  }

  /** See `SourceRun.declare`. @param run the signal that ends the run */
  declare(run: AbortSignal, name: StreamName, options: DeclareOptions, listener?: FoundDemandListener): Declaration {
    if (run.aborted) throw new Refusal('unavailable', 'The source has been stopped.')
    const id = streamId(name)
    const before = this.#streams.get(id)
    if (before && !before.declaration.isWithdrawn) {
      if (before.run === run) throw new Refusal('taken', `The stream "${name.label}/${name.key}" is declared already`)
      before.run = run
      before.listener = listener
      if (before.demand.viewers > 0) listener?.(before.demand)
      return this.#handle(id, before, run)
    }
    const demandChanged = (demand: Demand) => {
      wanted = demand
      if (found) this.#demandChanged(found, demand)
    }
    // Somebody may wait for it already: then its demand is told before its declaration is known.
    let wanted = NO_DEMAND
    let found: FoundStream | undefined
    const declaration = this.#parts.hub.declare(this.#parts.principal, name, options, { demandChanged })
    found = { declaration, demand: NO_DEMAND, run, listener }
    this.#streams.set(id, found)
    if (wanted.viewers > 0) this.#demandChanged(found, wanted)
    return this.#handle(id, found, run)
  }

  /** Nothing comes of any of them, for that reason. */
  failed(reason: string): void {
    for (const { declaration } of this.#streams.values()) declaration.failed(reason)
  }

  /** Withdraws those that this run has not declared. */
  withdrawOthers(run: AbortSignal): void {
    for (const [id, found] of this.#streams) {
      if (found.run === run) continue
      this.#streams.delete(id)
      found.declaration.withdraw(NOT_FOUND_AGAIN)
    }
  }

  /** Withdraws all. */
  withdraw(): void {
    for (const { declaration } of this.#streams.values()) declaration.withdraw()
    this.#streams.clear()
  }

  #demandChanged(found: FoundStream, demand: Demand): void {
    found.demand = demand
    if (!found.run.aborted) found.listener?.(demand)
    this.#parts.demandChanged()
  }

  /** The declaration for one run: what it says later than its end does not count. */
  #handle(id: string, found: FoundStream, run: AbortSignal): Declaration {
    const { declaration } = found
    const isCurrent = () => found.run === run && !run.aborted
    return {
      get demand() {
        return declaration.demand
      },
      get arrivals() {
        return declaration.arrivals
      },
      get isWithdrawn() {
        return declaration.isWithdrawn || !isCurrent()
      },
      failed: (reason) => isCurrent() && declaration.failed(reason),
      heard: (silence, interval) => isCurrent() && declaration.heard(silence, interval),
      reported: (condition) => isCurrent() && declaration.reported(condition),
      withdraw: (reason) => {
        if (!isCurrent()) return
        if (this.#streams.get(id) === found) this.#streams.delete(id)
        declaration.withdraw(reason)
      },
    }
  }
}

const NOT_FOUND_AGAIN = 'its source works again, and has no such stream any more'
