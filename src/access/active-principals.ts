import { setMaxListeners } from 'node:events'
import type { Grant } from '../core/authorization.ts'
import { type Clock, every } from '../core/clock.ts'
import type { Principal } from '../core/principal.ts'

/** What a principal is made of. */
export interface NewPrincipal {
  readonly id: string
  readonly name: string
  readonly kind: Principal['kind']
  readonly grants: readonly Grant[]
  /** When what it showed is no longer good, ms since 1970; undefined: never. */
  readonly expiresAt?: number | undefined
}

/**
 * The active principals, each by the credential that it showed: all requests and sockets with one credential
 * share one principal, so that ending it closes all that it opened.
 */
export class ActivePrincipals {
  readonly #clock: Clock
  readonly #living = new Map<
    string,
    { readonly principal: Principal; readonly end: AbortController; expiresAt: number }
  >()
  #cancelSweep: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The principal of a credential; made the first time. */
  of(credential: string, describe: () => NewPrincipal): Principal {
    const known = this.#living.get(credential)
    if (known) return known.principal
    const { id, name, kind, grants, expiresAt = Number.POSITIVE_INFINITY } = describe()
    const end = new AbortController()
    // Every viewer listens to it.
    setMaxListeners(0, end.signal)
    const principal: Principal = { id, name, kind, grants, ended: end.signal }
    this.#living.set(credential, { principal, end, expiresAt })
    this.#cancelSweep ??= every(this.#clock, SWEEP_MS, () => this.#sweep())
    return principal
  }

  /** The credential is good for longer than was known. */
  extend(credential: string, expiresAt: number): void {
    const known = this.#living.get(credential)
    if (known) known.expiresAt = expiresAt
  }

  /** Closes all that the credential opened. @param reason a sentence for whoever is cut off */
  end(credential: string, reason: string): void {
    const known = this.#living.get(credential)
    if (!known) return
    this.#living.delete(credential)
    known.end.abort(reason)
  }

  /** Closes all that somebody opened, whatever it was with. @param id of the principals */
  endAllOf(id: string, reason: string): void {
    for (const [credential, { principal }] of this.#living) if (principal.id === id) this.end(credential, reason)
  }

  /** No more sweeps; nobody is cut off. */
  close(): void {
    this.#cancelSweep?.()
    this.#cancelSweep = undefined
  }

  #sweep(): void {
    const now = this.#clock.now()
    for (const [credential, { expiresAt }] of this.#living) if (expiresAt <= now) this.end(credential, EXPIRED)
    if (this.#living.size === 0) this.close()
  }
}

/** How late at most somebody is cut off whose time is over, ms. */
const SWEEP_MS = 250

const EXPIRED = 'its time is over'
