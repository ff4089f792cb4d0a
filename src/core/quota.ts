/** How much there is of something, and how it is shared. */
export interface QuotaRules {
  /** How much all clients together may have (of connections, bytes, places …). */
  readonly max: number
  /** How much of it one client may have. */
  readonly share: number
  /** How much of `max` only privileged clients may take, so that others cannot shut them out. */
  readonly reserved?: number
}

/**
 * Which bound of a quota is reached: the client's own share, the part that is open to everybody, or the whole.
 */
export type QuotaBound = 'share' | 'open' | 'max'

/**
 * A limit shared by all clients: each has a share that it cannot exceed, and a part is reserved for the privileged
 * (admins, publishers). So no client uses up what all need.
 */
export class Quota {
  readonly rules: QuotaRules
  readonly #ofClient = new Map<string, number>()
  #used = 0

  constructor(rules: QuotaRules) {
    this.rules = rules
  }

  /** How much is taken by all together. */
  get used(): number {
    return this.#used
  }

  /** How much a client has taken. */
  usedBy(client: string): number {
    return this.#ofClient.get(client) ?? 0
  }

  /**
   * The bound that taking so much would exceed; undefined if there is room.
   * @param client undefined: without a share of its own, only the total counts
   */
  exceeds(client: string | undefined, amount: number, isPrivileged = false): QuotaBound | undefined {
    const { max, share, reserved = 0 } = this.rules
    if (client !== undefined && this.usedBy(client) + amount > share) return 'share'
    if (this.#used + amount > max) return 'max'
    return isPrivileged || this.#used + amount <= max - reserved ? undefined : 'open'
  }

  /** Takes so much if there is room. @returns the bound that it would exceed; undefined: it was taken */
  take(client: string | undefined, amount: number, isPrivileged = false): QuotaBound | undefined {
    const bound = this.exceeds(client, amount, isPrivileged)
    if (bound === undefined) this.#add(client, amount)
    return bound
  }

  /** Takes so much whether there is room or not: for what is there already. */
  add(client: string | undefined, amount: number): void {
    this.#add(client, amount)
  }

  /** Gives back what was taken for this client. */
  give(client: string | undefined, amount: number): void {
    this.#add(client, -amount)
  }

  #add(client: string | undefined, amount: number): void {
    this.#used += amount
    if (client === undefined) return
    const used = this.usedBy(client) + amount
    if (used > 0) this.#ofClient.set(client, used)
    else this.#ofClient.delete(client)
  }
}

/** What a setting reserves, but at most half of the whole: a small whole is never shut to everybody else. */
export function atMostHalf(reserved: number, max: number): number {
  return Math.min(reserved, Math.floor(max / 2))
}
