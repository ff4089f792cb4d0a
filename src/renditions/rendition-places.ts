import type { Counters } from '../core/counters.ts'
import { Refusal } from '../core/errors.ts'
import { Quota, type QuotaBound, type QuotaRules } from '../core/quota.ts'
import type { QuotaClient } from '../core/quota-client.ts'
import type { ScalerHealth } from './scaler-health.ts'

/** A place that a rendition has. */
export interface RenditionPlace {
  /** In whose share it counts. */
  readonly client: QuotaClient
  /** The memory that its newest values may take; 0 where pictures are made. */
  readonly bytes: number
}

/** How many renditions there may be at once, and how much memory those of values may take. */
export interface RenditionPlaceRules {
  readonly places: QuotaRules
  /** In bytes. */
  readonly values: QuotaRules
}

/**
 * How many renditions there may be at once, and how much memory those of values take; none while no pictures can be made.
 * Those count that pictures or values are made for, not those that only pass them on.
 */
export class RenditionPlaces {
  readonly #places: Limit
  readonly #values: Limit
  readonly #health: ScalerHealth
  readonly #counters: Pick<Counters, 'limited'>
  readonly #freed: () => void

  /**
   * @param counters are told when somebody gets none
   * @param freed called when there is more room
   */
  constructor(
    { places, values }: RenditionPlaceRules,
    health: ScalerHealth,
    counters: Pick<Counters, 'limited'>,
    freed: () => void,
  ) {
    this.#places = {
      quota: new Quota(places),
      settings: { share: 'renditions.per_client', open: 'renditions.reserved', max: 'renditions.max' },
      refuse: placeRefusal,
    }
    this.#values = {
      quota: new Quota(values),
      settings: {
        share: 'renditions.values_bytes_per_client',
        open: 'renditions.values_bytes_reserved',
        max: 'renditions.values_bytes',
      },
      refuse: valuesRefusal,
    }
    this.#health = health
    this.#counters = counters
    this.#freed = freed
  }

  /** How many there are. */
  get used(): number {
    return this.#places.quota.used
  }

  /** How much memory values may take in them, in bytes. */
  get usedBytes(): number {
    return this.#values.quota.used
  }

  /** Whether nobody gets any. */
  get isFull(): boolean {
    const { quota } = this.#places
    return this.#health.isBroken || quota.used >= quota.rules.max
  }

  /** Takes a place. @param bytes of values; 0 while that is not known @returns undefined if there was none */
  take(client: QuotaClient, bytes: number): RenditionPlace | undefined {
    if (this.#health.isBroken) return undefined
    const reached = this.#reached(client, bytes)
    if (!reached) return this.#taken(client, bytes)
    this.#counters.limited(reached.limit.settings[reached.bound])
    return undefined
  }

  /** Gives it back. */
  give(place: RenditionPlace): void {
    this.#release(place)
    this.#freed()
  }

  /**
   * The place that a rendition has or gets, for so many bytes: on account of whose it is or, where they have no room, of the
   * first of these who has.
   * @returns undefined: nobody has room, and the place it had is given back
   */
  resized(
    place: RenditionPlace | undefined,
    bytes: number,
    clients: Iterable<QuotaClient>,
  ): RenditionPlace | undefined {
    if (place?.bytes === bytes) return place
    if (!place) return this.#takeForAny(clients, bytes)
    this.#release(place)
    const next = this.#takeForAny([place.client], bytes) ?? this.#takeForAny(clients, bytes)
    if (!next || next.bytes < place.bytes) this.#freed()
    return next
  }

  /**
   * Whose place it is has gone: it counts for somebody else who watches.
   * @returns undefined: nobody has room in their share, and the place is given back
   */
  handOn(place: RenditionPlace, others: Iterable<QuotaClient>): RenditionPlace | undefined {
    this.#release(place)
    const next = this.#takeForAny(others, place.bytes)
    if (!next) this.#freed()
    return next
  }

  /**
   * Why a client would get no place for so many bytes of values; undefined: it would.
   * @returns `limited`, `exhausted`; `too_large` where these values alone are more than there may be; `unavailable`
   */
  refusalFor(client: QuotaClient, bytes: number): Refusal | undefined {
    if (this.#health.isBroken) return brokenRefusal()
    const reached = this.#reached(client, bytes)
    return reached?.limit.refuse(reached.bound, reached.limit, bytes)
  }

  #takeForAny(clients: Iterable<QuotaClient>, bytes: number): RenditionPlace | undefined {
    if (this.#health.isBroken) return undefined
    const asked = new Set<string | undefined>()
    for (const client of clients) {
      if (asked.has(client.client)) continue
      asked.add(client.client)
      if (!this.#reached(client, bytes)) return this.#taken(client, bytes)
    }
    return undefined
  }

  /** The limit that a place for the client would exceed. */
  #reached({ client, isPrivileged }: QuotaClient, bytes: number): Reached | undefined {
    const place = this.#places.quota.exceeds(client, 1, isPrivileged)
    if (place) return { limit: this.#places, bound: place }
    const memory = bytes > 0 ? this.#values.quota.exceeds(client, bytes, isPrivileged) : undefined
    return memory && { limit: this.#values, bound: memory }
  }

  #taken(client: QuotaClient, bytes: number): RenditionPlace {
    this.#places.quota.add(client.client, 1)
    this.#values.quota.add(client.client, bytes)
    return { client, bytes }
  }

  #release({ client, bytes }: RenditionPlace): void {
    this.#places.quota.give(client.client, 1)
    this.#values.quota.give(client.client, bytes)
  }
}

/** The refusal while no pictures can be made. */
export function brokenRefusal(): Refusal {
  return new Refusal('unavailable', 'This server can make no smaller pictures at the moment; its log says why.')
}

interface Limit {
  readonly quota: Quota
  /** Their names. */
  readonly settings: Readonly<Record<QuotaBound, string>>
  readonly refuse: (bound: QuotaBound, limit: Limit, bytes: number) => Refusal
}

interface Reached {
  readonly limit: Limit
  readonly bound: QuotaBound
}

function placeRefusal(bound: QuotaBound, { quota, settings }: Limit): Refusal {
  const { max, share, reserved = 0 } = quota.rules
  const limit = settings[bound]
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

function valuesRefusal(bound: QuotaBound, { quota, settings }: Limit, bytes: number): Refusal {
  const { max, share, reserved = 0 } = quota.rules
  const limit = settings[bound]
  const most = { share, open: max - reserved, max }[bound]
  const options = { limit, retryAfter: RETRY_S }
  if (bytes > most)
    return new Refusal(
      'too_large',
      `Too large: converted, these values take ${written(bytes)} bytes, and at most ${written(most)} are kept in memory (${limit}).`,
      { limit },
    )
  const whose = bound === 'share' ? 'your converted values' : 'the converted values of all'
  return new Refusal(
    bound === 'share' ? 'limited' : 'exhausted',
    `Too large: converted, these values take ${written(bytes)} bytes, and ${whose} may take at most ${written(most)} together (${limit}).`,
    options,
  )
}

function written(bytes: number): string {
  return bytes.toLocaleString('en-US')
}

/** Seconds after which a place may have become free. */
const RETRY_S = 10
