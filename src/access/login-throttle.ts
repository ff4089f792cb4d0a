import { exponentialDelay } from '../core/backoff.ts'
import type { Clock } from '../core/clock.ts'
import { limited } from '../core/errors.ts'
import { LruMap } from '../core/lru-map.ts'
import { MAX_NAME_LENGTH } from '../core/stream-name.ts'
import { networkOf } from './client-address.ts'

/** Settings of the throttle; times in ms. */
export interface LoginThrottleRules {
  /** Wrong passwords in a row without a wait. */
  readonly freeTries: number
  /** The longest wait for an address. */
  readonly longestWait: number
}

/**
 * Brute-force protection for logins (throttling). Each wrong password beyond the free tries doubles the wait, starting
 * at one second, for the user name and for the client's address; unknown names count as known ones do. The wait for a
 * name is short, since anybody can cause it, and does not apply to addresses from which that user signed in recently:
 * so guessing cannot lock users out.
 */
export class LoginThrottle {
  readonly #rules: LoginThrottleRules
  readonly #clock: Clock
  readonly #failures = new LruMap<string, Failures>(MAX_SUBJECTS)
  /** User names with the addresses that they signed in from. */
  readonly #homes = new LruMap<string, true>(MAX_SUBJECTS)

  constructor(rules: LoginThrottleRules, clock: Clock) {
    this.#rules = rules
    this.#clock = clock
  }

  /** To be called before a password is checked. @throws Refusal `limited` when the name or the address has to wait */
  check(username: string, address: string): void {
    const now = this.#clock.monotonic()
    const asked = this.#homes.has(homeOf(username, address)) ? [] : [nameOf(username)]
    const waits = [...asked, addressOf(address)].map((id) => (this.#failures.get(id)?.until ?? 0) - now)
    const wait = Math.max(...waits)
    if (wait <= 0) return
    throw limited(wait, (seconds) => `Too many wrong passwords; try again in ${seconds} s.`)
  }

  /** Records a wrong password or an unknown name. */
  failed(username: string, address: string): void {
    this.#count(nameOf(username), Math.min(MAX_WAIT_FOR_NAME_MS, this.#rules.longestWait))
    this.#count(addressOf(address), this.#rules.longestWait)
  }

  /** Records a right password. It does not reset the address: an attacker may have an account of their own. */
  succeeded(username: string, address: string): void {
    this.#failures.delete(nameOf(username))
    this.#homes.set(homeOf(username, address), true)
  }

  #count(id: string, longest: number): void {
    const now = this.#clock.monotonic()
    const known = this.#failures.get(id)
    // Failures are forgotten after a while.
    const count = (known && now - known.at < FORGET_MS ? known.count : 0) + 1
    const excess = count - this.#rules.freeTries
    const wait = excess <= 0 ? 0 : exponentialDelay(excess - 1, FIRST_WAIT_MS, longest)
    this.#failures.set(id, { count, at: now, until: now + wait })
  }
}

/** No account has a longer name; the length is limited to bound memory. */
function nameOf(username: string): string {
  return `name ${username.slice(0, 2 * MAX_NAME_LENGTH)}`
}

function addressOf(address: string): string {
  return `address ${networkOf(address)}`
}

function homeOf(username: string, address: string): string {
  return `${addressOf(address)} ${nameOf(username)}`
}

interface Failures {
  readonly count: number
  /** When it last failed, and until when it has to wait: monotonic ms. */
  readonly at: number
  readonly until: number
}

const FIRST_WAIT_MS = 1000
/** The longest wait for a name, ms. */
const MAX_WAIT_FOR_NAME_MS = 60_000
/** How long a failure counts, ms. */
const FORGET_MS = 3_600_000
/** How many names and addresses are remembered, to bound memory. */
const MAX_SUBJECTS = 20_000
