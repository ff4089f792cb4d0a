import { exponentialDelay } from '../core/backoff.ts'
import type { Clock } from '../core/clock.ts'
import { limited } from '../core/errors.ts'
import { LruMap } from '../core/lru-map.ts'
import { MAX_NAME_LENGTH } from '../core/stream-name.ts'
import { networkOf } from './client-address.ts'

/** Settings of the throttle; times in ms. */
export interface LoginThrottleRules {
  /** Wrong passwords in a row that are answered at once. */
  readonly freeTries: number
  /** The longest wait for an address. */
  readonly longestWait: number
}

/**
 * Brute-force protection: makes guessing of passwords slow. Each wrong password beyond the free ones doubles the wait,
 * from one second on, for the name and for the address that it came from; names that do not exist count like those that
 * do. A wait for a name is short, since anybody can cause it to anybody, and does not hold where its owner signed in of
 * late: whoever keeps guessing locks nobody out of their own desk.
 */
export class LoginThrottle {
  readonly #rules: LoginThrottleRules
  readonly #clock: Clock
  readonly #failures = new LruMap<string, Failures>(MOST_SUBJECTS)
  /** Names with the addresses that they signed in from. */
  readonly #homes = new LruMap<string, true>(MOST_SUBJECTS)

  constructor(rules: LoginThrottleRules, clock: Clock) {
    this.#rules = rules
    this.#clock = clock
  }

  /** @throws Refusal `limited` when the name or the address has to wait */
  check(username: string, address: string): void {
    const now = this.#clock.monotonic()
    const asked = this.#homes.has(homeOf(username, address)) ? [] : [nameOf(username)]
    const waits = [...asked, addressOf(address)].map((id) => (this.#failures.get(id)?.until ?? 0) - now)
    const wait = Math.max(...waits)
    if (wait <= 0) return
    throw limited(wait, (seconds) => `Too many wrong passwords; try again in ${seconds} s.`)
  }

  /** The password was wrong, or there is no such name. */
  failed(username: string, address: string): void {
    this.#count(nameOf(username), Math.min(LONGEST_FOR_NAME, this.#rules.longestWait))
    this.#count(addressOf(address), this.#rules.longestWait)
  }

  /** The password was right. That does not speak for the address: whoever guesses may have an account of their own. */
  succeeded(username: string, address: string): void {
    this.#failures.delete(nameOf(username))
    this.#homes.set(homeOf(username, address), true)
  }

  #count(id: string, longest: number): void {
    const now = this.#clock.monotonic()
    const known = this.#failures.get(id)
    // After a while without a wrong password all is forgotten.
    const count = (known && now - known.at < FORGET_MS ? known.count : 0) + 1
    const excess = count - this.#rules.freeTries
    const wait = excess <= 0 ? 0 : exponentialDelay(excess - 1, FIRST_WAIT_MS, longest)
    this.#failures.set(id, { count, at: now, until: now + wait })
  }
}

/** No account has a longer name; a longer one must not take the memory of many. */
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
  /** When it last failed, and until when it has to wait: ms, never jumping. */
  readonly at: number
  readonly until: number
}

const FIRST_WAIT_MS = 1000
const LONGEST_FOR_NAME = 60_000
const FORGET_MS = 3_600_000
/** How many names and addresses are remembered, whoever tries how many. */
const MOST_SUBJECTS = 20_000
