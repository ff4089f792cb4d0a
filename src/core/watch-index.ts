import { largestDemand, type WatchDemand, type WatchedForm } from './demand.ts'
import { nameId, type StreamName, streamId } from './stream-name.ts'

/** What a viewer wants to watch, and how much of it. */
export interface WatchOptions extends WatchDemand {
  /** If left out, everything the principal may see. */
  readonly label?: string | undefined
  /** If left out, all streams of the label, as they come and go. */
  readonly key?: string | undefined
}

/**
 * The watches of one viewer, indexed by what they select: everything, a label or a stream. So what a stream is wanted
 * for is found without looking at each of them.
 */
export class WatchIndex {
  readonly #watches = new Map<number, WatchOptions>()
  readonly #everything = new WatchGroup()
  readonly #labels = new Map<string, WatchGroup>()
  readonly #streams = new Map<string, WatchGroup>()

  /** The number of watches. */
  get size(): number {
    return this.#watches.size
  }

  get(number: number): WatchOptions | undefined {
    return this.#watches.get(number)
  }

  /** Adds a watch, or replaces the one of that number. */
  set(number: number, watch: WatchOptions): void {
    this.delete(number)
    this.#watches.set(number, watch)
    this.#groupOf(watch).set(number, watch)
  }

  /** Removes the watch of that number; does nothing if there is none. */
  delete(number: number): void {
    const watch = this.#watches.get(number)
    if (!watch) return
    this.#watches.delete(number)
    const group = this.#groupOf(watch)
    group.delete(number)
    if (group.size > 0 || watch.label === undefined) return
    if (watch.key === undefined) this.#labels.delete(nameId(watch.label))
    else this.#streams.delete(streamId({ label: watch.label, key: watch.key }))
  }

  clear(): void {
    for (const number of [...this.#watches.keys()]) this.delete(number)
  }

  /** What all watches that select the stream ask for together; undefined if none selects it. */
  demandFor(name: StreamName): WatchDemand | undefined {
    return this.#largest(name, ({ demand }) => demand)
  }

  /** The same of those watches only that want values, or pictures. */
  demandForForm(name: StreamName, form: WatchedForm): WatchDemand | undefined {
    return this.#largest(name, (group) => group.demandForForm(form))
  }

  #largest(name: StreamName, demandOf: (group: WatchGroup) => WatchDemand | undefined): WatchDemand | undefined {
    const ofLabel = this.#labels.size > 0 ? this.#labels.get(nameId(name.label)) : undefined
    const ofStream = this.#streams.size > 0 ? this.#streams.get(streamId(name)) : undefined
    const demands = [this.#everything, ofLabel, ofStream]
      .map((group) => group && demandOf(group))
      .filter((demand) => demand !== undefined)
    return demands.length > 1 ? largestDemand(demands) : demands[0]
  }

  /**
   * The number of the watch that wants values, or pictures, of the stream: of several the most specific, the one that was
   * given last.
   */
  numberFor(name: StreamName, form: WatchedForm): number | undefined {
    const groups = [this.#streams.get(streamId(name)), this.#labels.get(nameId(name.label)), this.#everything]
    for (const group of groups) {
      const number = group?.numberFor(form)
      if (number !== undefined) return number
    }
    return undefined
  }

  #groupOf({ label, key }: WatchOptions): WatchGroup {
    if (label === undefined) return this.#everything
    return key === undefined ? groupIn(this.#labels, nameId(label)) : groupIn(this.#streams, streamId({ label, key }))
  }
}

/** The watches that select the same. */
class WatchGroup {
  readonly #watches = new Map<number, WatchDemand>()
  /** Undefined: to be computed. */
  #demand: WatchDemand | undefined

  get size(): number {
    return this.#watches.size
  }

  /** What they ask for together; undefined if there are none. */
  get demand(): WatchDemand | undefined {
    if (this.#watches.size === 0) return undefined
    this.#demand ??= largestDemand([...this.#watches.values()])
    return this.#demand
  }

  /** What those ask for together that want values, or pictures; undefined if there are none. */
  demandForForm(form: WatchedForm): WatchDemand | undefined {
    const demands = [...this.#watches.values()].filter((demand) => formOf(demand) === form)
    return demands.length > 0 ? largestDemand(demands) : undefined
  }

  /** The number of the last watch that wants values, or pictures. */
  numberFor(form: WatchedForm): number | undefined {
    let found: number | undefined
    for (const [number, demand] of this.#watches) if (demand.maxFps !== 0 && formOf(demand) === form) found = number
    return found
  }

  set(number: number, watch: WatchDemand): void {
    const before = this.demand
    this.#watches.set(number, watch)
    this.#demand = largestDemand(before ? [before, watch] : [watch])
  }

  delete(number: number): void {
    this.#watches.delete(number)
    this.#demand = undefined
  }
}

function formOf({ values }: WatchDemand): WatchedForm {
  return values ? 'values' : 'pictures'
}

function groupIn(groups: Map<string, WatchGroup>, id: string): WatchGroup {
  const known = groups.get(id)
  if (known) return known
  const group = new WatchGroup()
  groups.set(id, group)
  return group
}
