import type { Demand } from './demand.ts'
import type { StreamCondition } from './stream-condition.ts'
import type { StreamName } from './stream-name.ts'

/** What a server tells the other servers of its installation about itself, again and again. */
export interface NodeState {
  /** How many connections watch there. */
  readonly viewers: number
  /** The streams that they watch. */
  readonly watched: readonly WatchedStream[]
  /** The streams that its own sources feed, watched or not. */
  readonly fed: readonly FedStream[]
}

/** What the viewers at one server want of a stream together. */
export interface WatchedStream {
  readonly name: StreamName
  readonly demand: Demand
}

/** A stream that a source feeds, and how it is. */
export interface FedStream {
  readonly name: StreamName
  readonly condition: StreamCondition
}
