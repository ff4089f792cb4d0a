import type { Clock } from './clock.ts'
import { mergedDemand } from './demand.ts'
import type { FedStream, NodeState, WatchedStream } from './node-state.ts'
import { streamId } from './stream-name.ts'

/**
 * The other servers of an installation, as far as they have told of themselves. What one has said holds for a while
 * (a lease), and is forgotten if it is not said again.
 */
export class Peers {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #lease: number
  readonly #peers = new Map<string, { state: NodeState; until: number }>()

  /** @param lease how long what a server has said holds, ms */
  constructor(clock: Pick<Clock, 'monotonic'>, lease: number) {
    this.#clock = clock
    this.#lease = lease
  }

  /** How many there are. */
  get count(): number {
    return this.#peers.size
  }

  /** How many connections watch at all of them. */
  get viewers(): number {
    return sum([...this.#peers.values()].map(({ state }) => state.viewers))
  }

  /** What their viewers want together, by `streamId`. */
  get watched(): ReadonlyMap<string, WatchedStream> {
    const all = new Map<string, WatchedStream>()
    for (const { state } of this.#peers.values())
      for (const { name, demand } of state.watched) {
        const id = streamId(name)
        const known = all.get(id)
        all.set(id, { name, demand: known ? mergedDemand(known.demand, demand) : demand })
      }
    return all
  }

  /** The streams that their sources feed, by `streamId`; of one that several feed, what the first says. */
  get fed(): ReadonlyMap<string, FedStream> {
    const all = new Map<string, FedStream>()
    for (const { state } of this.#peers.values())
      for (const stream of state.fed) {
        const id = streamId(stream.name)
        if (!all.has(id)) all.set(id, stream)
      }
    return all
  }

  has(node: string): boolean {
    return this.#peers.has(node)
  }

  /** A server is as it has told before. @returns whether it is known */
  renew(node: string): boolean {
    const peer = this.#peers.get(node)
    if (peer) peer.until = this.#clock.monotonic() + this.#lease
    return peer !== undefined
  }

  /** A server has told of itself. @returns whether it is a new one */
  heard(node: string, state: NodeState): boolean {
    const isNew = !this.#peers.has(node)
    if (isNew && this.#peers.size >= MAX_PEERS) return false
    this.#peers.set(node, { state, until: this.#clock.monotonic() + this.#lease })
    return isNew
  }

  /** A server has said that it ends. @returns whether it was known */
  left(node: string): boolean {
    return this.#peers.delete(node)
  }

  /** Forgets those that have been silent for too long. @returns whether there were any */
  expire(): boolean {
    const now = this.#clock.monotonic()
    const silent = [...this.#peers].filter(([, { until }]) => until <= now)
    for (const [node] of silent) this.#peers.delete(node)
    return silent.length > 0
  }

  /** Nothing can be heard: whoever watches elsewhere gets nothing from here, and the streams there go on to be listed. */
  lost(): void {
    for (const [node, { state, until }] of this.#peers)
      this.#peers.set(node, { state: { viewers: 0, watched: [], fed: state.fed }, until })
  }

  /** They can be heard again, and have the time of a lease to say how they are. */
  found(): void {
    const until = this.#clock.monotonic() + this.#lease
    for (const peer of this.#peers.values()) peer.until = until
  }
}

/** More servers are not listened to. */
const MAX_PEERS = 100

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
