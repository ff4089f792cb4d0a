import type { Clock } from '../../core/clock.ts'
import type { LogLimit } from '../../core/log-limit.ts'
import type { NodeState } from '../../core/node-state.ts'
import { encodeNodeMessage } from '../../wire/node-message.ts'
import { MOST_SAID, type NodeChannel } from './node-channel.ts'
import type { PendingUse } from './node-use.ts'
import { RedisFailure } from './redis-failure.ts'

/** What telling the other servers needs. */
export interface NodeTellerParts {
  readonly clock: Clock
  readonly warnings: LogLimit
  readonly channel: Pick<NodeChannel, 'say'>
  /** What clients have used, until it is told. */
  readonly use: PendingUse
  /** This server as it is now. */
  readonly state: () => NodeState
  /** Whether nothing can be said now. */
  readonly isMute: () => boolean
}

/**
 * Tells the other servers how this one is and what clients have used here. A change is told at once, but the whole state
 * goes with it: so however often something changes, it is told ten times a second at most, and a large state less often.
 */
export class NodeTeller {
  readonly #parts: NodeTellerParts
  /** Whether this server has changed since it told how it is. */
  #isChanged = true
  #toldAt = Number.NEGATIVE_INFINITY
  /** For how long the state is not told again after that, ms. */
  #pause = 0
  /** Whether what is pending is not to wait for the next `tick`. */
  #isUrgent = false
  #cancelNext: (() => void) | undefined
  #nextAt = 0
  #telling: Promise<void> | undefined
  #isClosed = false

  constructor(parts: NodeTellerParts) {
    this.#parts = parts
  }

  /** The state has changed in something that others should learn of soon. */
  stateChanged(): void {
    this.#isChanged = true
    this.#tellAfter(this.#waitOfState())
  }

  /** What clients have used is to be told now. */
  hurry(): void {
    this.#isUrgent = true
    this.#tellAfter(0)
  }

  /** Tells what is pending, and the state if that is due. */
  tell(): void {
    // One after the other: what is pending by then goes with the next.
    if (this.#telling || this.#isClosed) return
    this.#telling = this.#tell().finally(() => {
      this.#telling = undefined
      if (this.#parts.isMute()) return
      if (this.#isUrgent) this.#tellAfter(0)
      if (this.#isChanged) this.#tellAfter(this.#waitOfState())
    })
  }

  /** Says goodbye, so that the others need not wait for this server. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelNext?.()
    await this.#telling
    if (!this.#parts.isMute()) await this.#say(encodeNodeMessage({ isEnd: true }))
  }

  /** What changes within some milliseconds is told together. */
  #tellAfter(wait: number): void {
    const { clock } = this.#parts
    const at = clock.monotonic() + Math.max(wait, TOGETHER_MS)
    if (this.#isClosed || (this.#cancelNext && this.#nextAt <= at)) return
    this.#cancelNext?.()
    this.#nextAt = at
    this.#cancelNext = clock.after(Math.max(wait, TOGETHER_MS), () => {
      this.#cancelNext = undefined
      this.tell()
    })
  }

  #waitOfState(): number {
    return this.#toldAt + this.#pause - this.#parts.clock.monotonic()
  }

  async #tell(): Promise<void> {
    const { clock, use, state, isMute } = this.#parts
    this.#isUrgent = false
    // What was used while nobody could be told is not told later: it may have been told after all.
    const used = use.take()
    if (isMute()) return
    if (used) await this.#say(encodeNodeMessage({ used }))
    const now = clock.monotonic()
    const isDue = now - this.#toldAt >= REPEAT_MS || (this.#isChanged && this.#waitOfState() <= 0)
    if (!isDue) return
    this.#isChanged = false
    this.#toldAt = now
    // By itself: so one who knows it need not read it again.
    const text = textOf(state())
    this.#pause = LEAST_PAUSE_MS + text.length / BYTES_PER_MS
    await this.#say(text)
  }

  async #say(text: string): Promise<void> {
    try {
      await this.#parts.channel.say(text)
    } catch (error) {
      if (!(error instanceof RedisFailure)) throw error
      // Of a lost connection it is the connection that says so.
      if (error.kind === 'refused')
        this.#parts.warnings.warn('tell', {}, `other servers cannot be told how this one is: ${error.message}`)
    }
  }
}

/** A state that is not too large to be said again and again: what is left out is known at this server alone. */
function textOf({ viewers, watched, fed }: NodeState): string {
  for (let most = MOST_STREAMS; ; most = Math.floor(most / 2)) {
    const state = { viewers, watched: watched.slice(0, most), fed: fed.slice(0, most) }
    const text = encodeNodeMessage({ state })
    if (most === 0 || Buffer.byteLength(text) <= MOST_SAID) return text
  }
}

/** How often a server tells how it is, changed or not, ms. */
const REPEAT_MS = 2000
const TOGETHER_MS = 10
/** How long after it has told how it is a server tells it again, if it changes, ms: longer by so much for a large state. */
const LEAST_PAUSE_MS = 100
const BYTES_PER_MS = 1000
const MOST_STREAMS = 5000
