import { exponentialDelay } from '../core/backoff.ts'
import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { limited, Refusal } from '../core/errors.ts'
import { LruMap } from '../core/lru-map.ts'
import { Quota, type QuotaRules } from '../core/quota.ts'
import type { SharedUse } from '../core/shared-use.ts'
import { networkOf } from './client-address.ts'
import { principalIdOfUser } from './credential-ids.ts'
import type { HashRequester, VerificationGate } from './password-hasher.ts'

/** Settings of the throttle; times in ms. */
export interface LoginThrottleRules {
  /** Wrong passwords in a row without a wait. */
  readonly freeTries: number
  /** The longest wait. */
  readonly longestWait: number
  /** The longest that an attempt is delayed; if it has to wait longer it is refused. */
  readonly longestDelay: number
  /** How many attempts may be delayed at once. */
  readonly delayed: QuotaRules
}

/** An attempt to sign in. */
export interface LoginAttempt {
  /** The client's IP address. */
  readonly address: string
  /** The user whose password it claims to know; undefined: there is none of that name. */
  readonly userId: number | undefined
  /** Whether this user is an admin. */
  readonly isAdmin?: boolean
  /** Whether it is this user's own session that asks (re-authentication). */
  readonly isSignedIn?: boolean
  /** Aborted when the client disconnects: nothing waits for it any longer. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Verifies the password of an attempt whose wait is over, with the account as it is by then.
 * @returns undefined if the gate did not let it start
 */
export type VerifyPassword = (requester: HashRequester, gate: VerificationGate) => Promise<boolean | undefined>

/**
 * Brute-force protection for logins (throttling). Each wrong password beyond the free tries doubles the wait before the
 * next attempt, starting at one second; unknown names count as known ones do. It is the guesser who waits, by network
 * address, never the user whose password is guessed: so guessing cannot lock anybody out elsewhere. Where a user has
 * signed in before (a home), wrong passwords for others do not count either.
 *
 * An attempt that has to wait is delayed rather than refused, as long as a request should last. Of each guesser one
 * attempt is verified at a time, so that trying in parallel is no faster. Servers of one installation tell each other of
 * wrong passwords at once, so that trying at several gains one attempt at each.
 */
export class LoginThrottle {
  readonly #rules: LoginThrottleRules
  readonly #clock: Clock
  readonly #counters: Pick<Counters, 'limited'>
  readonly #failures = new LruMap<string, Failures>(MAX_GUESSERS)
  /** Users with the addresses that they signed in from. */
  readonly #homes = new LruMap<string, true>(MAX_GUESSERS)
  readonly #delayed: Quota
  readonly #closing = new AbortController()
  readonly #shared: SharedUse | undefined

  /** @param shared wrong passwords at other servers of the installation, which count here too */
  constructor(rules: LoginThrottleRules, clock: Clock, counters: Pick<Counters, 'limited'>, shared?: SharedUse) {
    this.#rules = rules
    this.#clock = clock
    this.#counters = counters
    this.#delayed = new Quota(rules.delayed)
    this.#shared = shared
    shared?.onUsed((guesser, wrong) => this.#count(guesser, wrong))
  }

  /** Remembers that a user has signed in from an address. */
  addHome(userId: number, address: string): void {
    this.#homes.set(homeOf(userId, address), true)
  }

  /**
   * Verifies a password after the wait that earlier wrong ones from there have earned.
   * @returns whether it is right
   * @throws Refusal `limited` when the wait is too long, or too many attempts are waiting; the reason of its signal;
   *   `exhausted` when the server is shutting down
   */
  async run(attempt: LoginAttempt, verify: VerifyPassword): Promise<boolean> {
    const { signal } = attempt
    const { guesser, requester } = this.#sourceOf(attempt)
    const gate: VerificationGate = {
      mayStart: () => this.#waitOf(guesser) <= 0,
      verified: (isRight) => this.#note(attempt, guesser, isRight),
    }
    const startedAt = this.#clock.monotonic()
    let isDelayed = false
    try {
      for (;;) {
        const wait = this.#waitOf(guesser)
        if (wait > 0) {
          this.#checkDelay(startedAt, wait)
          if (!isDelayed) {
            this.#takePlace(guesser, wait)
            isDelayed = true
            this.#counters.limited('limits.login_tries')
          }
          await pause(this.#clock, wait, AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]))
          // Somebody else from there may have been wrong meanwhile.
          continue
        }
        const isRight = await verify(requester, gate)
        if (isRight !== undefined) return isRight
      }
    } finally {
      if (isDelayed) this.#delayed.give(guesser, 1)
    }
  }

  /** Refuses, with 503, every attempt that waits or would have to: the server is shutting down. */
  close(): void {
    this.#closing.abort(new Refusal('exhausted', 'The server is going down.'))
  }

  /**
   * Who is held responsible: the address; where the user is at home, this address for this user. And whose share of the
   * hashing it takes: that of the address; at home that of the user, who has only one however many homes there are.
   */
  #sourceOf(attempt: LoginAttempt): { readonly guesser: string; readonly requester: HashRequester } {
    const { address, userId, isAdmin = false, isSignedIn = false, signal } = attempt
    const network = networkOf(address)
    if (userId !== undefined) {
      const home = homeOf(userId, address)
      const requester = { client: principalIdOfUser(userId), isKnown: true, isPrivileged: isAdmin, signal }
      if (isSignedIn || this.#homes.has(home)) return { guesser: home, requester }
    }
    return { guesser: network, requester: { client: network, isKnown: false, isPrivileged: false, signal } }
  }

  #note({ address, userId }: LoginAttempt, guesser: string, isRight: boolean): void {
    if (!isRight) {
      // Also for the address: signing in to an account there must not buy tries at others.
      for (const id of new Set([guesser, networkOf(address)])) {
        this.#count(id, 1)
        this.#shared?.used(id, 1)
      }
    } else if (userId !== undefined) {
      this.addHome(userId, address)
      // Not those of the address: an attacker may have an account of their own.
      this.#failures.delete(homeOf(userId, address))
    }
  }

  #count(id: string, wrong: number): void {
    const now = this.#clock.monotonic()
    const known = this.#failures.get(id)
    // Failures are forgotten after a while.
    const count = (known && now - known.at < FORGET_MS ? known.count : 0) + wrong
    const excess = count - this.#rules.freeTries
    const wait = excess <= 0 ? 0 : exponentialDelay(excess - 1, FIRST_WAIT_MS, this.#rules.longestWait)
    this.#failures.set(id, { count, at: now, until: now + wait })
  }

  /** How long the next attempt has to wait, ms. */
  #waitOf(guesser: string): number {
    return (this.#failures.get(guesser)?.until ?? 0) - this.#clock.monotonic()
  }

  #checkDelay(startedAt: number, wait: number): void {
    if (this.#clock.monotonic() - startedAt + wait <= this.#rules.longestDelay) return
    throw tooMany('Too many wrong passwords', wait, 'limits.login_tries')
  }

  #takePlace(guesser: string, wait: number): void {
    const bound = this.#delayed.take(guesser, 1)
    if (bound === undefined) return
    const limit = bound === 'share' ? 'limits.login_waiting_per_address' : 'limits.login_waiting'
    throw tooMany('Too many attempts are waiting after wrong passwords', wait, limit)
  }
}

/** Waits. @throws the reason of the signal */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const stop = () => reject(signal.reason)
  const cancel = clock.after(ms, resolve)
  signal.addEventListener('abort', stop)
  try {
    await promise
  } finally {
    cancel()
    signal.removeEventListener('abort', stop)
  }
}

function tooMany(what: string, wait: number, limit: string): Refusal {
  return limited(wait, (seconds) => `${what} (${limit}); try again in ${seconds} s.`, limit)
}

function homeOf(userId: number, address: string): string {
  return `${networkOf(address)} user ${userId}`
}

interface Failures {
  readonly count: number
  /** When it last failed, and until when it has to wait: monotonic ms. */
  readonly at: number
  readonly until: number
}

const FIRST_WAIT_MS = 1000
/** How long a failure counts, ms. */
const FORGET_MS = 3_600_000
/** How many guessers and homes are remembered, to bound memory. */
const MAX_GUESSERS = 20_000
