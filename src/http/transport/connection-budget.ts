import type { Clock } from '../../core/clock.ts'
import type { Holder } from '../../core/held-bytes.ts'
import type { Quota, QuotaBound } from '../../core/quota.ts'
import { TokenBucket } from '../../core/token-bucket.ts'

/** Limits of what connections may make the server do. */
export interface BudgetRules {
  /** How many messages of one connection are handled in one turn of the event loop. */
  readonly messagesPerTurn: number
  /** How many messages of one connection are handled in a second. */
  readonly messagesPerSecond: number
  /** The same for all connections of one client together. */
  readonly clientMessagesPerSecond: number
}

/** A setting that keeps a connection waiting. */
export type MessageLimit = 'limits.messages_per_s' | 'limits.client_messages_per_s'

/** What a budget needs beside its rules. */
export interface BudgetParts {
  readonly clock: Clock
  readonly rules: BudgetRules
  /** The tokens of the connection's client, shared by all its connections; undefined: it has no limit of its own. */
  readonly ofClient: TokenBucket | undefined
  /** The memory that all connections together may take. */
  readonly heldBytes: Quota
  /** Whose share of that memory it takes. */
  readonly holder: Holder
}

/** The part of a budget that counts messages. */
export type MessageBudget = Pick<ConnectionBudget, 'messagesPerTurn' | 'charge' | 'wait'>

/**
 * What one connection may still make the server do: messages a turn of the event loop and a second (token buckets, one
 * for the connection and one for its client), and bytes that are held for it.
 */
export class ConnectionBudget {
  readonly #parts: BudgetParts
  readonly #own: TokenBucket
  #held = 0
  #isOver = false

  constructor(parts: BudgetParts) {
    this.#parts = parts
    this.#own = bucketOf(parts.rules.messagesPerSecond, parts.clock.monotonic())
  }

  get messagesPerTurn(): number {
    return this.#parts.rules.messagesPerTurn
  }

  /**
   * Counts messages that were handled, or work that is worth as many; a negative number takes back what should have
   * cost nothing.
   */
  charge(messages: number): void {
    const now = this.#parts.clock.monotonic()
    this.#own.take(messages, now)
    this.#parts.ofClient?.take(messages, now)
  }

  /** How long to wait before another message is handled, and for which limit; undefined: not at all. */
  wait(): { readonly ms: number; readonly limit: MessageLimit } | undefined {
    const now = this.#parts.clock.monotonic()
    const own = this.#own.wait(now)
    const ofClient = this.#parts.ofClient?.wait(now) ?? 0
    if (own === 0 && ofClient === 0) return undefined
    return own >= ofClient
      ? { ms: own, limit: 'limits.messages_per_s' }
      : { ms: ofClient, limit: 'limits.client_messages_per_s' }
  }

  /**
   * Sets how many bytes are held for the connection: of unfinished messages, of messages that are worked on, and of
   * answers that wait to be read.
   * @returns the bound that this exceeds; it then holds what it held before
   */
  hold(bytes: number): QuotaBound | undefined {
    if (this.#isOver) return undefined
    const { heldBytes, holder } = this.#parts
    // In whole blocks, so that small messages cost nothing.
    const held = Math.floor(bytes / BLOCK) * BLOCK
    const more = held - this.#held
    if (more < 0) heldBytes.give(holder.client, -more)
    const bound = more > 0 ? heldBytes.take(holder.client, more, holder.isPrivileged) : undefined
    if (bound === undefined) this.#held = held
    return bound
  }

  /** The connection is closed: gives everything back. */
  release(): void {
    this.hold(0)
    this.#isOver = true
  }
}

/** The tokens for so many messages a second. A burst may have those of two seconds. */
export function bucketOf(messagesPerSecond: number, now: number): TokenBucket {
  return new TokenBucket({ perSecond: messagesPerSecond, capacity: 2 * messagesPerSecond }, now)
}

/** The unit in which held bytes are counted. */
const BLOCK = 64 * 1024
