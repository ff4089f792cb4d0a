import type { PayloadKind } from './payload.ts'

/** The demand of one viewer: what of a stream it wants, and how much of it; undefined: all there is. */
export interface ViewerDemand {
  /** What it can be given: pictures, say, where the stream has values. */
  readonly kinds?: readonly PayloadKind[] | undefined
  /** Frames a second; 0 wants news of the stream only. */
  readonly maxFps?: number | undefined
  /** Pixels across. */
  readonly width?: number | undefined
}

/** The demand of all viewers of a stream together: the largest of each; undefined: no limit. */
export interface Demand {
  readonly viewers: number
  /** Frames a second. */
  readonly maxFps: number | undefined
  /** Pixels. */
  readonly maxWidth: number | undefined
  /** What any of them can be given, in alphabetical order. */
  readonly kinds: readonly PayloadKind[]
}

/** Nobody watches. */
export const NO_DEMAND: Demand = { viewers: 0, maxFps: 0, maxWidth: 0, kinds: [] }

/** Whether two demands ask for the same work; how many viewers share it makes none. */
export function isSameDemand(a: Demand, b: Demand): boolean {
  if (a.viewers > 0 !== b.viewers > 0 || a.maxFps !== b.maxFps || a.maxWidth !== b.maxWidth) return false
  return a.kinds.length === b.kinds.length && a.kinds.every((kind, i) => kind === b.kinds[i])
}

/** What is enough for all of these, which one viewer has. */
export function largestDemand(demands: readonly Omit<ViewerDemand, 'kinds'>[]): Omit<ViewerDemand, 'kinds'> {
  return { maxFps: largest(demands.map(({ maxFps }) => maxFps)), width: largest(demands.map(({ width }) => width)) }
}

/**
 * Adds demands up as viewers come and go. Viewers may be thousands, but the demands that differ are few, so each is
 * counted and only those are compared.
 */
export class DemandTally {
  readonly #rates = new Map<number | undefined, number>()
  readonly #widths = new Map<number | undefined, number>()
  readonly #kinds = new Map<PayloadKind, number>()
  #viewers = 0
  #demand = NO_DEMAND

  /** What is wanted now. A new object after each change. */
  get demand(): Demand {
    return this.#demand
  }

  add(demand: ViewerDemand): void {
    this.#count(demand, +1)
  }

  /** Takes back a demand that was added. */
  remove(demand: ViewerDemand): void {
    this.#count(demand, -1)
  }

  #count({ maxFps, width, kinds = [] }: ViewerDemand, change: 1 | -1): void {
    this.#viewers += change
    count(this.#rates, maxFps, change)
    count(this.#widths, width, change)
    for (const kind of kinds) count(this.#kinds, kind, change)
    this.#demand = {
      viewers: this.#viewers,
      maxFps: largest(this.#rates.keys()),
      maxWidth: largest(this.#widths.keys()),
      kinds: [...this.#kinds.keys()].sort(),
    }
  }
}

function count<Value>(values: Map<Value, number>, value: Value, change: 1 | -1): void {
  const times = (values.get(value) ?? 0) + change
  if (times > 0) values.set(value, times)
  else values.delete(value)
}

/** Of demands for so much, of which undefined is the largest: no limit. 0 of none. */
function largest(values: Iterable<number | undefined>): number | undefined {
  let most = 0
  for (const value of values) {
    if (value === undefined) return undefined
    most = Math.max(most, value)
  }
  return most
}
