import { randomBytes } from 'node:crypto'
import { type Clock, every } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import { LogLimit } from '../../core/log-limit.ts'
import type { NodeState } from '../../core/node-state.ts'
import { Peers } from '../../core/peers.ts'
import type { SharedUseOf } from '../../core/shared-use.ts'
import { decodeNodeMessage } from '../../wire/node-message.ts'
import { NodeChannel } from './node-channel.ts'
import { NodeTeller } from './node-teller.ts'
import { PendingUse } from './node-use.ts'
import type { RedisConnection } from './redis-connection.ts'

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
  readonly #teller: NodeTeller
  readonly #channel: NodeChannel
  readonly #use = new PendingUse(() => this.#teller.hurry())
  readonly #warnings: LogLimit
  /** What each of the others has said last of how it is. */
  readonly #said = new Map<string, string>()
  readonly #stops: readonly (() => void)[]
  /** When `#tick` was last called, monotonic ms. */
  #tickedAt: number
  /** Since when nothing can be heard, monotonic ms; undefined while others can be heard, or count no longer. */
  #deafSince: number | undefined
  /** Set while `changed` is to be called, and from when on it may be, monotonic ms. */
  #cancelChanged: (() => void) | undefined
  #changedFrom = Number.NEGATIVE_INFINITY

  constructor(parts: RedisNodesParts) {
    const { clock, commands, reading } = parts
    this.#parts = parts
    this.#warnings = new LogLimit(parts)
    this.#peers = new Peers(clock, LEASE_MS)
    this.#tickedAt = clock.monotonic()
    const warnings = this.#warnings
    const node = randomBytes(9).toString('base64url')
    this.#channel = new NodeChannel({ ...parts, warnings, node, heard: (from, text) => this.#heard(from, text) })
    this.#teller = new NodeTeller({
      ...parts,
      warnings,
      channel: this.#channel,
      use: this.#use,
      isMute: () => commands.failure !== undefined,
    })
    this.#stops = [
      every(clock, PERIOD_MS, () => this.#tick()),
      commands.onUp(() => this.#teller.stateChanged()),
      reading.onUp(() => {
        this.#deafSince = undefined
        this.#peers.found()
      }),
      reading.onDown(() => {
        this.#deafSince ??= clock.monotonic()
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
    this.#teller.stateChanged()
  }

  /** Says goodbye, so that the others need not wait for this server. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop()
    this.#cancelChanged?.()
    await this.#teller.close()
    this.#channel.close()
  }

  #tick(): void {
    const { clock, reading } = this.#parts
    const now = clock.monotonic()
    // It was this process that stood still: what the others have said meanwhile is still to be read.
    if (now - this.#tickedAt > LEASE_MS / 2) this.#peers.found()
    this.#tickedAt = now
    if (this.#deafSince !== undefined && now - this.#deafSince >= DEAF_MS) this.#lost()
    if (!reading.failure && this.#peers.expire()) this.#changed()
    this.#teller.tell()
  }

  #lost(): void {
    this.#deafSince = undefined
    this.#peers.lost()
    // It counts anew once it is heard again, be it the same.
    this.#said.clear()
    this.#changed()
  }

  #heard(node: string, text: string): void {
    // As nearly always.
    if (this.#said.get(node) === text && this.#peers.renew(node)) return
    const message = decodeNodeMessage(text)
    if (!message) {
      this.#warnings.warn('message', { node }, 'what another server says is not understood')
      return
    }
    const { state, used, isEnd } = message
    if (used) this.#use.charge(used)
    if (state) {
      // A new one knows nobody yet.
      if (this.#peers.heard(node, state)) this.#teller.stateChanged()
      if (!used && this.#peers.has(node)) this.#said.set(node, text)
      this.#changed()
    }
    if (isEnd && this.#peers.left(node)) this.#changed()
  }

  /**
   * What has changed is passed on in a moment, all of it together: at many servers that takes a while, and is done for at
   * most a twentieth of the time.
   */
  #changed(): void {
    const { clock, changed } = this.#parts
    const wait = Math.max(TOGETHER_MS, this.#changedFrom - clock.monotonic())
    this.#cancelChanged ??= clock.after(wait, () => {
      this.#cancelChanged = undefined
      for (const node of this.#said.keys()) if (!this.#peers.has(node)) this.#said.delete(node)
      const begun = clock.monotonic()
      changed(this.#peers)
      const end = clock.monotonic()
      this.#changedFrom = end + 19 * (end - begun)
    })
  }
}

/** How often what clients have used is told, ms. */
const PERIOD_MS = 500
/** How long what a server says of itself holds, ms. */
const LEASE_MS = 6000
/** How long nothing can be heard until it is taken for an outage, ms. */
const DEAF_MS = 2000
const TOGETHER_MS = 10
