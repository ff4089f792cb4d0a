import { Refusal } from '../core/errors.ts'
import { Quota, type QuotaBound, type QuotaRules } from '../core/quota.ts'
import type { QuotaClient } from '../core/quota-client.ts'

/** How many renditions there may be at once. Those count that pictures are made for, not those that only pass them on. */
export class RenditionPlaces {
  readonly #places: Quota
  readonly #freed: () => void

  /** @param freed called when there is more room */
  constructor(rules: QuotaRules, freed: () => void) {
    this.#places = new Quota(rules)
    this.#freed = freed
  }

  /** How many there are. */
  get used(): number {
    return this.#places.used
  }

  /** Whether nobody gets any. */
  get isFull(): boolean {
    return this.#places.used >= this.#places.rules.max
  }

  /** Takes a place. @returns whether there was one */
  take({ client, isPrivileged }: QuotaClient): boolean {
    return this.#places.take(client, 1, isPrivileged) === undefined
  }

  /** Gives it back. */
  give({ client }: QuotaClient): void {
    this.#places.give(client, 1)
    this.#freed()
  }

  /**
   * The payer has gone: the place counts for somebody else who watches.
   * @returns who pays now; undefined: nobody has room in their share, and the place is given back
   */
  handOn(payer: QuotaClient, others: Iterable<QuotaClient>): QuotaClient | undefined {
    this.#places.give(payer.client, 1)
    const asked = new Set<string | undefined>()
    for (const other of others) {
      if (asked.has(other.client)) continue
      asked.add(other.client)
      if (this.take(other)) return other
    }
    this.#freed()
    return undefined
  }

  /** Whether a client could take a place. @throws Refusal `limited`, `exhausted` */
  check({ client, isPrivileged }: QuotaClient): void {
    const bound = this.#places.exceeds(client, 1, isPrivileged)
    if (bound) throw refusal(bound, this.#places.rules)
  }
}

function refusal(bound: QuotaBound, { max, share, reserved = 0 }: QuotaRules): Refusal {
  switch (bound) {
    case 'share':
      return new Refusal(
        'limited',
        `You watch ${share} streams at sizes of your own already, which is the limit (renditions.per_client).`,
        { limit: 'renditions.per_client', retryAfter: RETRY_S },
      )
    case 'open':
      return new Refusal(
        'exhausted',
        `Pictures of ${max - reserved} streams are being made smaller already; the other ${reserved} places are kept for admins and for publishers of everything (renditions.reserved).`,
        { limit: 'renditions.reserved', retryAfter: RETRY_S },
      )
    case 'max':
      return new Refusal(
        'exhausted',
        `Pictures of ${max} streams are being made smaller already, which is the limit (renditions.max).`,
        { limit: 'renditions.max', retryAfter: RETRY_S },
      )
  }
}

/** Seconds after which a place may have become free. */
const RETRY_S = 10
