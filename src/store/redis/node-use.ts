import type { SharedUse } from '../../core/shared-use.ts'
import type { NodeUse } from '../../wire/node-message.ts'

/** What clients have used here of the limits that hold for all servers, until it is told. */
export class PendingUse {
  readonly #limits = new Map<string, (client: string, some: number) => void>()
  readonly #hurry: () => void
  #pending = new Map<string, Map<string, number>>()
  #clients = 0

  /** @param hurry what is pending is to be told now */
  constructor(hurry: () => void) {
    this.#hurry = hurry
  }

  /** The shared use of a limit. @param isUrgent see `SharedUseOf` */
  of(limit: string, isUrgent?: 'urgent'): SharedUse {
    return {
      used: (client, some) => {
        this.#add(limit, client, some)
        if (isUrgent || this.#clients >= MANY_CLIENTS) this.#hurry()
      },
      onUsed: (charge) => void this.#limits.set(limit, charge),
    }
  }

  /** Takes what is pending; undefined if nothing is. */
  take(): NodeUse | undefined {
    if (this.#clients === 0) return undefined
    const taken = this.#pending
    this.#pending = new Map()
    this.#clients = 0
    return taken
  }

  /** Charges clients for what they have used elsewhere. */
  charge(used: NodeUse): void {
    for (const [limit, clients] of used) {
      const charge = this.#limits.get(limit)
      if (charge) for (const [client, some] of clients) charge(client, some)
    }
  }

  #add(limit: string, client: string, some: number): void {
    const clients = this.#pending.get(limit) ?? new Map<string, number>()
    const before = clients.get(client)
    // Only while Redis does not take what is pending: these count here alone.
    if (before === undefined && this.#clients >= MOST_CLIENTS) return
    if (before === undefined) this.#clients++
    this.#pending.set(limit, clients.set(client, (before ?? 0) + some))
  }
}

/** So many clients are told of at once. */
const MANY_CLIENTS = 1000
const MOST_CLIENTS = 5000
