import type { Grant } from '../core/authorization.ts'
import { type Clock, every } from '../core/clock.ts'
import type { Principal } from '../core/principal.ts'

/** What a principal is created from. */
export interface NewPrincipal {
  readonly id: string
  readonly name: string
  readonly kind: Principal['kind']
  readonly isShared?: Principal['isShared']
  readonly isPicturesOnly?: Principal['isPicturesOnly']
  readonly grants: readonly Grant[]
  /** When its credential expires, ms since 1970; undefined: never. */
  readonly expiresAt?: number | undefined
}

/**
 * The active principals, by credential: all requests and sockets with the same credential share one principal, so that
 * ending it closes everything opened with it.
 */
export class ActivePrincipals {
  readonly #clock: Clock
  readonly #active = new Map<
    string,
    { readonly principal: Principal; readonly end: AbortController; expiresAt: number }
  >()
  #cancelSweep: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The principal of a credential, created on first use. */
  of(credential: string, describe: () => NewPrincipal): Principal {
    const known = this.#active.get(credential)
    if (known) return known.principal
    const { expiresAt = Number.POSITIVE_INFINITY, ...described } = describe()
    const end = new AbortController()
    const principal: Principal = { ...described, ended: end.signal }
    this.#active.set(credential, { principal, end, expiresAt })
    this.#cancelSweep ??= every(this.#clock, SWEEP_MS, () => this.#sweep())
    return principal
  }

  /** The principal of a credential that is in use; undefined if it is not. */
  get(credential: string): Principal | undefined {
    return this.#active.get(credential)?.principal
  }

  /** The credential has been extended. */
  extend(credential: string, expiresAt: number): void {
    const known = this.#active.get(credential)
    if (known) known.expiresAt = expiresAt
  }

  /** Ends a principal, which closes everything opened with the credential. @param reason a sentence for the client */
  end(credential: string, reason: string): void {
    const known = this.#active.get(credential)
    if (!known) return
    this.#active.delete(credential)
    known.end.abort(reason)
  }

  /**
   * Ends all principals with that id, whatever credentials they used.
   * @param id see `Principal.id`
   * @param reason a sentence for the client
   */
  endAllOf(id: string, reason: string): void {
    for (const [credential, { principal }] of this.#active) if (principal.id === id) this.end(credential, reason)
  }

  /** Stops checking for expiry; ends no principal. */
  close(): void {
    this.#cancelSweep?.()
    this.#cancelSweep = undefined
  }

  #sweep(): void {
    const now = this.#clock.now()
    for (const [credential, { expiresAt }] of this.#active) if (expiresAt <= now) this.end(credential, EXPIRED)
    if (this.#active.size === 0) this.close()
  }
}

/** How late, at most, an expired principal is ended, ms. */
const SWEEP_MS = 250

const EXPIRED = 'its time is over'
