import type { Clock } from '../../core/clock.ts'
import type { EndCause } from '../../core/connection.ts'
import { Refusal } from '../../core/errors.ts'
import { type Principal, reasonOf } from '../../core/principal.ts'

/** The transport of a connection, for the metrics. */
export type Transport = 'websocket' | 'http' | 'socket.io'

/** What the registry needs of a connection. */
export interface ManagedConnection {
  /** Closes the connection gracefully, after everything written before. */
  end(cause: EndCause, reason: string): void
  /** Destroys the connection at once. */
  terminate(): void
  /**
   * Heartbeat: pings a peer that has been silent for `quiet` ms and terminates the connection after `dead` ms without
   * an answer. Transports without pings leave it out.
   * @param now monotonic time, ms
   */
  checkLife?(now: number, quiet: number, dead: number): void
}

/** Who is at the other end of a connection, and its transport. */
export interface Party {
  readonly principal: Principal
  /** The key of the per-client connection limit; undefined: not limited. */
  readonly client: string | undefined
  readonly transport: Transport
}

/** Settings of the registry, times in ms. */
export interface ConnectionRules {
  readonly max: number
  /** The limit for one client. */
  readonly maxOfClient: number
  readonly idlePing: number
  readonly deadAfter: number
}

/** A connection's entry in the registry. */
export interface Registration {
  /** Whether it is being closed: access was revoked, or the server is shutting down. */
  readonly isEnding: boolean
  /** To be called when the connection has closed: frees its place. */
  release(): void
}

/**
 * All long-lived connections, over any transport: connection limits (total and per client), closing on revocation,
 * heartbeats of idle peers, and graceful shutdown.
 */
export class ConnectionRegistry {
  readonly #clock: Clock
  readonly #rules: ConnectionRules
  readonly #entries = new Set<Entry>()
  /** The number of connections of each client. */
  readonly #ofClient = new Map<string, number>()
  readonly #ofTransport = { websocket: 0, http: 0, 'socket.io': 0 }
  #cancelCheck: (() => void) | undefined
  #isClosing = false
  #emptied: (() => void) | undefined

  constructor(parts: { readonly clock: Clock; readonly rules: ConnectionRules }) {
    this.#clock = parts.clock
    this.#rules = parts.rules
  }

  /** The number of open connections of a transport. */
  count(transport: Transport): number {
    return this.#ofTransport[transport]
  }

  /** Whether the server is shutting down. */
  get isClosing(): boolean {
    return this.#isClosing
  }

  /**
   * Checks the connection limits early, before any work is done for a connection; `add` checks again.
   * @throws Refusal `exhausted` at the total limit, `limited` at this client's
   */
  checkRoom(client?: string): void {
    const { max, maxOfClient } = this.#rules
    if (this.#entries.size >= max)
      throw new Refusal('exhausted', `the server has ${max} connections, which is its limit`, { limit: 'viewers.max' })
    if (client !== undefined && (this.#ofClient.get(client) ?? 0) >= maxOfClient)
      throw new Refusal('limited', `at most ${maxOfClient} connections of one client`, {
        limit: 'limits.connections_per_client',
      })
  }

  /**
   * Registers an open connection until it is released. It is closed at once if its principal has ended meanwhile or the
   * server is shutting down.
   * @throws Refusal `exhausted`, `limited`; the connection is left untouched
   */
  add(connection: ManagedConnection, party: Party): Registration {
    this.checkRoom(party.client)
    const entry = new Entry(connection, party, this.#clock, this.#release)
    this.#entries.add(entry)
    this.#count(party, +1)
    this.#cancelCheck ??= this.#clock.after(CHECK_MS, () => this.#checkLives())
    if (this.#isClosing) entry.closeGracefully('shutdown', GOING_DOWN)
    else entry.closeOnRevocation()
    return entry
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
    const { idlePing, deadAfter } = this.#rules
    for (const { connection } of this.#entries) connection.checkLife?.(now, idlePing, deadAfter)
    this.#cancelCheck = this.#entries.size > 0 ? this.#clock.after(CHECK_MS, () => this.#checkLives()) : undefined
  }

  #count({ client, transport }: Party, change: number): void {
    this.#ofTransport[transport] += change
    if (client === undefined) return
    const count = (this.#ofClient.get(client) ?? 0) + change
    if (count > 0) this.#ofClient.set(client, count)
    else this.#ofClient.delete(client)
  }

  readonly #release = (entry: Entry): void => {
    if (!this.#entries.delete(entry)) return
    this.#count(entry, -1)
    if (this.#entries.size === 0) this.#emptied?.()
  }
}

/** One registered connection. */
class Entry implements Registration, Party {
  readonly connection: ManagedConnection
  readonly principal: Principal
  readonly client: string | undefined
  readonly transport: Transport
  isEnding = false
  readonly #clock: Clock
  readonly #released: (entry: Entry) => void
  #cancelTerminate: (() => void) | undefined

  constructor(
    connection: ManagedConnection,
    { principal, client, transport }: Party,
    clock: Clock,
    released: (entry: Entry) => void,
  ) {
    this.connection = connection
    this.principal = principal
    this.client = client
    this.transport = transport
    this.#clock = clock
    this.#released = released
  }

  /** Closes the connection when its principal ends, or now if it has. */
  closeOnRevocation(): void {
    const { ended } = this.principal
    if (ended.aborted) this.#revoke()
    else ended.addEventListener('abort', this.#revoke)
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
    this.principal.ended.removeEventListener('abort', this.#revoke)
    this.#cancelTerminate?.()
    this.#released(this)
  }

  readonly #revoke = (): void => {
    if (!this.isEnding) this.closeGracefully('revoked', reasonOf(this.principal))
  }
}

const GOING_DOWN = 'the server is going down'

/** How long a peer has to complete a graceful close before it is terminated, ms. */
export const CLOSE_TIMEOUT_MS = 2000

const CHECK_MS = 5000
