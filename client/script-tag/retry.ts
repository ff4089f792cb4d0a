import { exponentialDelay } from '../../src/core/backoff.ts'
import { milliseconds } from '../reconnecting-socket.ts'

/** When to try again. */
export interface RetryOptions {
  /** The first delay before a reconnect, ms, default 3000. It doubles with each attempt; up to a quarter is added at random. */
  readonly minDelay?: number | undefined
  /** The longest delay before a reconnect, ms, default 30 000. */
  readonly maxDelay?: number | undefined
}

/**
 * The time until the next attempt: exponential backoff with jitter, but never sooner than the server has asked for. The
 * jitter is added, since a wait that the server asked for must not become shorter.
 */
export class Retry {
  readonly #minDelay: number
  readonly #maxDelay: number
  /** How often in a row it was needed. */
  #tries = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** What is due, unless the server has said when. */
  #hurried: (() => void) | undefined

  /** @throws RangeError when a delay is out of range */
  constructor({ minDelay = 3000, maxDelay = 30_000 }: RetryOptions) {
    this.#minDelay = milliseconds('minDelay', minDelay)
    this.#maxDelay = milliseconds('maxDelay', maxDelay)
  }

  /** An attempt has failed, or a connection was lost: calls `action` after the delay. @param told what the server asked for, ms */
  schedule(action: () => void, told?: number): void {
    this.cancel()
    const delay = Math.max(exponentialDelay(this.#tries++, this.#minDelay, this.#maxDelay), told ?? 0)
    const due = () => {
      this.cancel()
      action()
    }
    if (told === undefined) this.#hurried = due
    this.#timer = setTimeout(due, Math.min(delay * (1 + Math.random() / 4), LONGEST))
  }

  /** Calls what is waiting at once, unless the server has said when: somebody is back at the page, or the network is. */
  hurry(): void {
    this.#hurried?.()
  }

  /** The connection works: the next delay is the first one again. */
  succeeded(): void {
    this.#tries = 0
  }

  /** Forgets what is waiting. */
  cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#hurried = undefined
  }
}

/** The longest delay of a timer, ms. */
const LONGEST = 2 ** 31 - 1
