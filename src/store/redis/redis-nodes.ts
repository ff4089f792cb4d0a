import { randomBytes } from 'node:crypto'
import { type Clock, every } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import { LogLimit } from '../../core/log-limit.ts'
import type { NodeState } from '../../core/node-state.ts'
import { Peers } from '../../core/peers.ts'
import type { SharedUseOf } from '../../core/shared-use.ts'
import { decodeNodeMessage, encodeNodeMessage } from '../../wire/node-message.ts'
import { NodeChannel } from './node-channel.ts'
import { PendingUse } from './node-use.ts'
import type { RedisConnection } from './redis-connection.ts'
import { RedisFailure } from './redis-failure.ts'

/** What `RedisNodes` needs. */
export interface RedisNodesParts {
  readonly clock: Clock
  readonly log: Log
  readonly commands: RedisConnection
  /** A connection of its own, on which reading blocks. */
  readonly reading: RedisConnection
  /** How long Redis may take to answer, ms. */
  readonly commandTimeout: number
  /** This server as it is now. */
  readonly state: () => NodeState
  /** What is known of the others has changed. */
  readonly changed: (peers: Peers) => void
}

/**
 * The servers of one installation, which tell each other through Redis how they are and what clients have used. What
 * changes is said at once, all of it every two seconds, and holds for six. No request waits for any of it. While Redis
 * is away each server counts alone.
 */
export class RedisNodes {
  readonly #parts: RedisNodesParts
  readonly #peers: Peers
  readonly #channel: NodeChannel
  readonly #use = new PendingUse(() => this.#hurry())
  readonly #warnings: LogLimit
  readonly #stops: readonly (() => void)[]
  #toldAt = Number.NEGATIVE_INFINITY
  /** Whether this server has changed since it told how it is. */
  #isChanged = true
  #cancelHurry: (() => void) | undefined
  #telling: Promise<void> | undefined
  #isClosed = false

  constructor(parts: RedisNodesParts) {
    const { clock, commands, reading } = parts
    this.#parts = parts
    this.#warnings = new LogLimit(parts)
    this.#peers = new Peers(clock, LEASE_MS)
    this.#channel = new NodeChannel({
      ...parts,
      warnings: this.#warnings,
      node: randomBytes(9).toString('base64url'),
      heard: (node, text) => this.#heard(node, text),
    })
    this.#stops = [
      every(clock, PERIOD_MS, () => this.#tick()),
      commands.onUp(() => this.stateChanged()),
      reading.onUp(() => this.#peers.found()),
      reading.onDown(() => {
        this.#peers.lost()
        parts.changed(this.#peers)
      }),
    ]
  }

  /** The other servers. */
  get peers(): Pick<Peers, 'count' | 'viewers'> {
    return this.#peers
  }

  /** See `SharedUseOf`. */
  readonly sharedUse: SharedUseOf = (limit, isUrgent) => this.#use.of(limit, isUrgent)

  /** Something of `state` has changed that others should learn of soon. */
  stateChanged(): void {
    this.#isChanged = true
    this.#hurry()
  }

  /** Says goodbye, so that the others need not wait for this server. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelHurry?.()
    for (const stop of this.#stops) stop()
    await this.#telling
    await this.#channel.say(encodeNodeMessage({})).catch(() => {})
    this.#channel.close()
  }

  #tick(): void {
    const { reading, changed } = this.#parts
    if (!reading.failure && this.#peers.expire()) changed(this.#peers)
    this.#tell()
  }

  /** What changes within some milliseconds is said together. */
  #hurry(): void {
    if (this.#isClosed) return
    this.#cancelHurry ??= this.#parts.clock.after(TOGETHER_MS, () => {
      this.#cancelHurry = undefined
      this.#tell()
    })
  }

  #tell(): void {
    // One after the other: what is pending by then goes with the next.
    if (this.#telling || this.#isClosed) return
    this.#telling = this.#say().finally(() => {
      this.#telling = undefined
      if (this.#isChanged && !this.#parts.commands.failure) this.#hurry()
    })
  }

  async #say(): Promise<void> {
    const { clock, commands, state } = this.#parts
    // What was used while nobody could be told is not told later: it may have been told after all.
    const used = this.#use.take()
    if (commands.failure) return
    const isDue = this.#isChanged || clock.monotonic() - this.#toldAt >= REPEAT_MS
    if (!isDue && !used) return
    if (isDue) {
      this.#isChanged = false
      this.#toldAt = clock.monotonic()
    }
    try {
      await this.#channel.say(encodeNodeMessage({ used, ...(isDue && { state: bounded(state()) }) }))
    } catch (error) {
      if (!(error instanceof RedisFailure)) throw error
      // Of a lost connection it is the connection that says so.
      if (error.kind === 'refused')
        this.#warnings.warn('tell', {}, `other servers cannot be told how this one is: ${error.message}`)
    }
  }

  #heard(node: string, text: string): void {
    const message = decodeNodeMessage(text)
    if (!message) {
      this.#warnings.warn('message', { node }, 'what another server says is not understood')
      return
    }
    const { state, used } = message
    if (used) this.#use.charge(used)
    if (state) {
      // A new one knows nobody yet.
      if (this.#peers.heard(node, state)) this.stateChanged()
    } else if (used || !this.#peers.left(node)) return
    this.#parts.changed(this.#peers)
  }
}

/** A state that is not too large to be said again and again: what is left out is known at this server alone. */
function bounded({ viewers, watched, fed }: NodeState): NodeState {
  return { viewers, watched: watched.slice(0, MOST_STREAMS), fed: fed.slice(0, MOST_STREAMS) }
}

/** How often what clients have used is told, ms. */
const PERIOD_MS = 500
/** How often a server tells how it is, changed or not, ms. */
const REPEAT_MS = 2000
/** How long that holds, ms. */
const LEASE_MS = 6000
const TOGETHER_MS = 10
const MOST_STREAMS = 5000
