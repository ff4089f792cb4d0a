import type { AccountStore, Revocation } from '../core/account-store.ts'
import { Backoff } from '../core/backoff.ts'
import type { Clock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'

/** What the journal needs. */
export interface PendingRevocationsParts {
  readonly store: Pick<AccountStore, 'revoke'>
  readonly clock: Clock
  readonly log: Log
  /** Calls `write` in its turn; called again and again, ever more seldom, while writing fails. */
  readonly retry: () => void
}

/** What was taken away at once, to be stored as a whole. */
export interface PendingRevocation {
  readonly revocations: readonly Revocation[]
  /** Later ones have higher numbers. */
  readonly number: number
  /** `refused`: no active admin would have been left. */
  state: 'pending' | 'stored' | 'refused'
}

/** The revocations up to a moment, to be stored by somebody who then began to wait for it. */
export interface RevocationMark {
  /** The number of the last revocation; 0 if there was none. */
  readonly last: number
  /** How many attempts to store revocations had failed. */
  readonly failures: number
}

/**
 * The journal (write-behind) of revocations that are in force in memory and not stored yet, so that a full or broken
 * disk keeps nobody's rights alive. They are stored in their order, as soon as the store can. An attempt that fails has
 * failed for everybody who waited meanwhile: a locked database is waited for once, not by one after another.
 */
export class PendingRevocations {
  readonly #parts: PendingRevocationsParts
  readonly #pending: PendingRevocation[] = []
  readonly #backoff = new Backoff()
  #lastNumber = 0
  /** Why the last attempt failed; undefined if it did not. */
  #reason: string | undefined
  #failures = 0
  #error: unknown
  #cancelRetry: (() => void) | undefined
  #isStopped = false

  constructor(parts: PendingRevocationsParts) {
    this.#parts = parts
  }

  /** All that is in force and may not be stored yet, in order: to be applied to whatever is read from the store. */
  get all(): readonly Revocation[] {
    return this.#pending.flatMap(({ revocations }) => revocations)
  }

  /** What has been added up to now. */
  get mark(): RevocationMark {
    return { last: this.#lastNumber, failures: this.#failures }
  }

  /** Why revocations are not stored, as a sentence for the operator; undefined unless storing them has failed. */
  get problem(): string | undefined {
    if (this.#reason === undefined) return undefined
    return `Rights that were taken away are not stored, and a restart would give them back: ${this.#reason}.`
  }

  add(revocations: readonly Revocation[]): PendingRevocation {
    const added: PendingRevocation = { revocations, number: ++this.#lastNumber, state: 'pending' }
    this.#pending.push(added)
    return added
  }

  /**
   * Stores what is pending, in order. Must not run twice at a time.
   * @param mark up to where
   * @returns whether any was refused, so that what is in memory must be read again
   * @throws the store's error, of this attempt or of one that has failed since the mark; it is then tried again later
   */
  async write({ last, failures }: RevocationMark): Promise<boolean> {
    const { store, log } = this.#parts
    let isAnyRefused = false
    for (let [next] = this.#pending; next && next.number <= last; [next] = this.#pending) {
      if (this.#failures > failures) throw this.#error
      try {
        next.state = (await store.revoke(next.revocations)) ? 'stored' : 'refused'
      } catch (error) {
        this.#failed(error)
        throw error
      }
      this.#pending.shift()
      if (next.state === 'stored') continue
      isAnyRefused = true
      log.warn({}, 'what was taken away is given back: no active admin would be left after changes by others')
    }
    if (this.#pending.length === 0) this.#succeeded()
    return isAnyRefused
  }

  /** Stops retrying. */
  stop(): void {
    this.#isStopped = true
    this.#cancelRetry?.()
  }

  #failed(error: unknown): void {
    const { clock, log, retry } = this.#parts
    const reason = messageOf(error)
    this.#failures++
    this.#error = error
    // Once for each cause, however often it is tried.
    if (reason !== this.#reason) log.error({ err: error }, 'rights that were taken away could not be stored')
    this.#reason = reason
    this.#cancelRetry?.()
    if (!this.#isStopped) this.#cancelRetry = clock.after(this.#backoff.next(), retry)
  }

  #succeeded(): void {
    this.#cancelRetry?.()
    this.#backoff.reset()
    if (this.#reason !== undefined) this.#parts.log.info({}, 'all rights that were taken away are stored now')
    this.#reason = undefined
  }
}
