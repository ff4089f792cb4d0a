import type { Clock } from '../../core/clock.ts'
import type { EndCause } from '../../core/connection.ts'
import { Refusal } from '../../core/errors.ts'
import type { Holder } from '../../core/held-bytes.ts'
import { LruMap } from '../../core/lru-map.ts'
import { type EndListener, forgetEnd, type Principal, reasonOf, whenEnded } from '../../core/principal.ts'
import { Quota } from '../../core/quota.ts'
import type { TokenBucket } from '../../core/token-bucket.ts'
import { type BudgetRules, bucketOf, ConnectionBudget } from './connection-budget.ts'

/** The transport of a connection, for the metrics. */
export type Transport = 'websocket' | 'http' | 'socket.io'

/** What the registry needs of a connection. */
export interface ManagedConnection {
  /** Closes the connection gracefully, after everything written before. */
  end(cause: EndCause, reason: string): void
  /** Destroys the connection at once. */
  terminate(): void
  /**
   * Heartbeat, and disconnecting a peer that leaves things undone (`LifeRules`). Transports that need neither leave it
   * out.
   * @param now monotonic time, ms
   */
  checkLife?(now: number, rules: LifeRules): void
}

/** How long a peer may leave things undone, in ms. */
export interface LifeRules {
  /** A peer that has been silent for this long is pinged. */
  readonly idlePing: number
  /** A peer that used to answer pings at once is gone after being silent for this long. */
  readonly deadAfter: number
  /** So is a publisher that does not, as one that reads only after it has sent something. */
  readonly publisherDeadAfter: number
  /** A peer must take something of what is written to it within this time. */
  readonly unreadAfter: number
  /** A message must arrive completely within this time. */
  readonly unfinishedAfter: number
}

/** Who is at the other end of a connection, and its transport. */
export interface Party {
  readonly principal: Principal
  /** The key of the per-client connection limit; undefined: not limited. */
  readonly client: string | undefined
  /** Whose share of the memory it takes what is held for it. */
  readonly holder: Holder
  /** Whether it may have a place that is reserved: an admin or a publisher. */
  readonly isPrivileged: boolean
  readonly transport: Transport
}

/** Settings of the registry. */
export interface ConnectionRules extends LifeRules, BudgetRules {
  readonly max: number
  /** The limit for one client. */
  readonly maxOfClient: number
  /** How many of `max` are kept for the privileged. */
  readonly reserved: number
}

/** A connection's entry in the registry. */
export interface Registration {
  /** Whether it is being closed: access was revoked, or the server is shutting down. */
  readonly isEnding: boolean
  /** What it may make the server do. */
  readonly budget: ConnectionBudget
  /** To be called when the connection has closed: frees its place. */
  release(): void
}

/**
 * All long-lived connections, over any transport: connection limits (total and per client), the budget of each, closing
 * on revocation, heartbeats of idle peers, and graceful shutdown.
 */
export class ConnectionRegistry {
  readonly #clock: Clock
  readonly #rules: ConnectionRules
  readonly #entries = new Set<Entry>()
  readonly #heldBytes: Quota
  readonly #places: Quota
  /** The messages that each client may still send, also if it has disconnected: it may come back at once. */
  readonly #buckets = new LruMap<string, TokenBucket>(MAX_BUCKETS)
  readonly #ofTransport = { websocket: 0, http: 0, 'socket.io': 0 }
  #cancelCheck: (() => void) | undefined
  #isClosing = false
  #emptied: (() => void) | undefined

  constructor(parts: { readonly clock: Clock; readonly rules: ConnectionRules; readonly heldBytes: Quota }) {
    const { max, maxOfClient, reserved } = parts.rules
    this.#clock = parts.clock
    this.#rules = parts.rules
    this.#heldBytes = parts.heldBytes
    this.#places = new Quota({ max, share: maxOfClient, reserved })
  }

  /** The number of open connections of a transport. */
  count(transport: Transport): number {
    return this.#ofTransport[transport]
  }

  /** Whoever has connections open. */
  get principals(): ReadonlySet<Principal> {
    const open = new Set<Principal>()
    for (const { principal } of this.#entries) open.add(principal)
    return open
  }

  /** Whether the server is shutting down. */
  get isClosing(): boolean {
    return this.#isClosing
  }

  /**
   * Checks the connection limit early, before any work is done for a connection; `add` checks again.
   * @throws Refusal `exhausted` when there is no room even for the privileged
   */
  checkRoom(): void {
    this.#checkRoom(undefined, true)
  }

  /**
   * Registers an open connection until it is released. It is closed at once if its principal has ended meanwhile or the
   * server is shutting down.
   * @throws Refusal `exhausted`, `limited`; the connection is left untouched
   */
  add(connection: ManagedConnection, party: Party): Registration {
    this.#checkRoom(party.client, party.isPrivileged)
    const entry = new Entry(connection, party, this.#clock, this.#budgetOf, this.#release)
    this.#entries.add(entry)
    this.#count(party, +1)
    this.#cancelCheck ??= this.#clock.after(CHECK_MS, () => this.#checkLives())
    if (this.#isClosing) entry.closeGracefully('shutdown', GOING_DOWN)
    else entry.closeOnRevocation()
    return entry
  }

  /** A budget for a connection of which nobody knows yet whose it is; it counts for the visitor's address. */
  visitorBudget(holder: Holder): ConnectionBudget {
    return this.#budgetOf({ client: holder.client, holder })
  }

  /** Graceful shutdown: closes all connections, waits at most `patience` ms, then terminates those that remain. */
  async close(patience: number): Promise<void> {
    this.#isClosing = true
    this.#cancelCheck?.()
    const empty = new Promise<void>((resolve) => {
      this.#emptied = resolve
      if (this.#entries.size === 0) resolve()
    })
    for (const entry of this.#entries) entry.closeForShutdown()
    const cancel = this.#clock.after(patience, () => {
      for (const { connection } of this.#entries) connection.terminate()
    })
    await empty
    cancel()
  }

  #checkLives(): void {
    const now = this.#clock.monotonic()
    for (const { connection } of this.#entries) connection.checkLife?.(now, this.#rules)
    this.#cancelCheck = this.#entries.size > 0 ? this.#clock.after(CHECK_MS, () => this.#checkLives()) : undefined
  }

  #checkRoom(client: string | undefined, isPrivileged: boolean): void {
    const { max, maxOfClient } = this.#rules
    const bound = this.#places.exceeds(client, 1, isPrivileged)
    if (bound === 'share')
      throw new Refusal('limited', `at most ${maxOfClient} connections of one client (limits.connections_per_client)`, {
        limit: 'limits.connections_per_client',
      })
    if (bound === 'open')
      throw new Refusal(
        'exhausted',
        'the places that are left are for admins and publishers (viewers.reserved_percent)',
        {
          limit: 'viewers.reserved_percent',
        },
      )
    if (bound === 'max')
      throw new Refusal('exhausted', `the server has ${max} connections, which is its limit (viewers.max)`, {
        limit: 'viewers.max',
      })
  }

  readonly #budgetOf = ({ client, holder }: Pick<Party, 'client' | 'holder'>): ConnectionBudget => {
    const clock = this.#clock
    const rules = this.#rules
    return new ConnectionBudget({
      clock,
      rules,
      ofClient: client === undefined ? undefined : this.#bucketOf(client),
      heldBytes: this.#heldBytes,
      holder,
    })
  }

  #bucketOf(client: string): TokenBucket {
    const known = this.#buckets.get(client)
    if (known) return known
    const bucket = bucketOf(this.#rules.clientMessagesPerSecond, this.#clock.monotonic())
    this.#buckets.set(client, bucket)
    return bucket
  }

  #count({ client, isPrivileged, transport }: Party, change: 1 | -1): void {
    this.#ofTransport[transport] += change
    if (change > 0) this.#places.take(client, 1, isPrivileged)
    else this.#places.give(client, 1)
  }

  readonly #release = (entry: Entry): void => {
    if (!this.#entries.delete(entry)) return
    entry.releaseBudget()
    this.#count(entry, -1)
    if (this.#entries.size === 0) this.#emptied?.()
  }
}

/** One registered connection. */
class Entry implements Registration, Party, EndListener {
  readonly connection: ManagedConnection
  readonly principal: Principal
  readonly client: string | undefined
  readonly holder: Holder
  readonly isPrivileged: boolean
  readonly transport: Transport
  isEnding = false
  readonly #clock: Clock
  readonly #makeBudget: (party: Party) => ConnectionBudget
  #budget: ConnectionBudget | undefined
  readonly #released: (entry: Entry) => void
  #cancelTerminate: (() => void) | undefined

  constructor(
    connection: ManagedConnection,
    { principal, client, holder, isPrivileged, transport }: Party,
    clock: Clock,
    makeBudget: (party: Party) => ConnectionBudget,
    released: (entry: Entry) => void,
  ) {
    this.connection = connection
    this.principal = principal
    this.client = client
    this.holder = holder
    this.isPrivileged = isPrivileged
    this.transport = transport
    this.#makeBudget = makeBudget
    this.#clock = clock
    this.#released = released
  }

  /** Made when it is asked for: a response that stays open sends nothing that could be counted. */
  get budget(): ConnectionBudget {
    this.#budget ??= this.#makeBudget(this)
    return this.#budget
  }

  releaseBudget(): void {
    this.#budget?.release()
  }

  /** Closes the connection when its principal ends, or now if it has. */
  closeOnRevocation(): void {
    if (this.principal.ended.aborted) this.principalEnded()
    else whenEnded(this.principal, this)
  }

  /** Closes gracefully, then terminates after `CLOSE_TIMEOUT_MS`: a peer that does not read would stay connected. */
  closeGracefully(cause: EndCause, reason: string): void {
    this.isEnding = true
    this.connection.end(cause, reason)
    this.#cancelTerminate = this.#clock.after(CLOSE_TIMEOUT_MS, () => this.connection.terminate())
  }

  /** Closes because of shutdown; `ConnectionRegistry.close` terminates what remains. */
  closeForShutdown(): void {
    this.isEnding = true
    this.connection.end('shutdown', GOING_DOWN)
  }

  release(): void {
    forgetEnd(this.principal, this)
    this.#cancelTerminate?.()
    this.#released(this)
  }

  principalEnded(): void {
    if (!this.isEnding) this.closeGracefully('revoked', reasonOf(this.principal))
  }
}

const GOING_DOWN = 'the server is going down'

/** How long a peer has to complete a graceful close before it is terminated, ms. */
export const CLOSE_TIMEOUT_MS = 2000

const CHECK_MS = 5000

/** How many clients are remembered. */
const MAX_BUCKETS = 20_000
