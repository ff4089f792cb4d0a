import type { Counters } from '../core/counters.ts'
import { Refusal } from '../core/errors.ts'
import { Quota, type QuotaBound, type QuotaRules } from '../core/quota.ts'
import type { QuotaClient } from '../core/quota-client.ts'
import type { ScalerHealth } from './scaler-health.ts'

/** How many renditions there may be at once; none while no pictures can be made. Those count that pictures are made for, not those that only pass them on. */
export class RenditionPlaces {
  readonly #places: Quota
  readonly #health: ScalerHealth
  readonly #counters: Pick<Counters, 'limited'>
  readonly #freed: () => void

  /**
   * @param counters are told when somebody gets none
   * @param freed called when there is more room
   */
  constructor(rules: QuotaRules, health: ScalerHealth, counters: Pick<Counters, 'limited'>, freed: () => void) {
    this.#places = new Quota(rules)
    this.#health = health
    this.#counters = counters
    this.#freed = freed
  }

  /** How many there are. */
  get used(): number {
    return this.#places.used
  }

  /** Whether nobody gets any. */
  get isFull(): boolean {
    return this.#health.isBroken || this.#places.used >= this.#places.rules.max
  }

  /** Takes a place. @returns whether there was one */
  take({ client, isPrivileged }: QuotaClient): boolean {
    if (this.#health.isBroken) return false
    const bound = this.#places.take(client, 1, isPrivileged)
    if (bound) this.#counters.limited(LIMITS[bound])
    return bound === undefined
  }

  /** Gives it back. */
  give({ client }: QuotaClient): void {
    this.#places.give(client, 1)
    this.#freed()
  }

  /** Takes a place for the first of these who has room. @returns who that was */
  takeForAny(clients: Iterable<QuotaClient>): QuotaClient | undefined {
    if (this.#health.isBroken) return undefined
    const asked = new Set<string | undefined>()
    for (const client of clients) {
      if (asked.has(client.client)) continue
      asked.add(client.client)
      if (this.#places.take(client.client, 1, client.isPrivileged) === undefined) return client
    }
    return undefined
  }

  /**
   * The payer has gone: the place counts for somebody else who watches.
   * @returns who pays now; undefined: nobody has room in their share, and the place is given back
   */
  handOn(payer: QuotaClient, others: Iterable<QuotaClient>): QuotaClient | undefined {
    this.#places.give(payer.client, 1)
    const next = this.takeForAny(others)
    if (!next) this.#freed()
    return next
  }

  /** Whether a client could take a place. @throws Refusal `limited`, `exhausted`; `unavailable` */
  check({ client, isPrivileged }: QuotaClient): void {
    if (this.#health.isBroken) throw brokenRefusal()
    const bound = this.#places.exceeds(client, 1, isPrivileged)
    if (bound) throw refusal(bound, this.#places.rules)
  }
}

/** The refusal while no pictures can be made. */
export function brokenRefusal(): Refusal {
  return new Refusal('unavailable', 'This server can make no smaller pictures at the moment; its log says why.')
}

/** The settings. */
const LIMITS: Readonly<Record<QuotaBound, string>> = {
  share: 'renditions.per_client',
  open: 'renditions.reserved',
  max: 'renditions.max',
}

function refusal(bound: QuotaBound, { max, share, reserved = 0 }: QuotaRules): Refusal {
  const limit = LIMITS[bound]
  const options = { limit, retryAfter: RETRY_S }
  switch (bound) {
    case 'share':
      return new Refusal('limited', `You watch ${share} streams at smaller sizes already (${limit}).`, options)
    case 'open':
      return new Refusal(
        'exhausted',
        `${max - reserved} streams are watched at smaller sizes already; the other ${reserved} places are kept for admins and for publishers of everything (${limit}).`,
        options,
      )
    case 'max':
      return new Refusal('exhausted', `${max} streams are watched at smaller sizes already (${limit}).`, options)
  }
}

/** Seconds after which a place may have become free. */
const RETRY_S = 10
