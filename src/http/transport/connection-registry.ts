import type { Clock } from '../../core/clock.ts'
import type { EndCause } from '../../core/connection.ts'
import { Refusal } from '../../core/errors.ts'
import { type Principal, reasonOf } from '../../core/principal.ts'

/** How a connection is carried, for the counts. */
export type Transport = 'websocket' | 'http' | 'socket.io'

/** What the registry does to a connection. */
export interface Endable {
  /** Says goodbye, after what was written before. */
  end(cause: EndCause, reason: string): void
  /** Cuts the connection at once. */
  terminate(): void
  /**
   * Asks a peer that was silent for `quiet` ms for a sign of life, and ends the connection of one that owes it for
   * `dead` ms. Transports that have no such signs leave it out.
   */
  checkLife?(now: number, quiet: number, dead: number): void
}

/** Who is at the other end, and by which transport. */
export interface Party {
  readonly principal: Principal
  /** What the limit of connections goes by; undefined: not limited. */
  readonly client: string | undefined
  readonly transport: Transport
}

/** Settings of the registry, times in ms. */
export interface ConnectionRules {
  readonly max: number
  /** Of one client. */
  readonly maxOfClient: number
  readonly idlePing: number
  readonly deadAfter: number
}

/** The place that a connection takes in the registry. */
export interface Registration {
  /** Whether it was told to go: its right has ended, or the server is going down. */
  readonly isEnding: boolean
  /** To be called when the connection is gone: gives its place to another. */
  release(): void
}

/**
 * All connections that stay open, whatever carries them: the connection limits in all and of one client, whose right has
 * ended, the heartbeat of quiet peers, and who is told when the server goes down (graceful shutdown).
 */
export class ConnectionRegistry {
  readonly #clock: Clock
  readonly #rules: ConnectionRules
  readonly #entries = new Set<Entry>()
  /** How many each client has. */
  readonly #ofClient = new Map<string, number>()
  readonly #ofTransport = { websocket: 0, http: 0, 'socket.io': 0 }
  #cancelCheck: (() => void) | undefined
  #isClosing = false
  #emptied: (() => void) | undefined

  constructor(parts: { readonly clock: Clock; readonly rules: ConnectionRules }) {
    this.#clock = parts.clock
    this.#rules = parts.rules
  }

  /** How many connections of a transport are open. */
  count(transport: Transport): number {
    return this.#ofTransport[transport]
  }

  /** Whether the server is going down. */
  get isClosing(): boolean {
    return this.#isClosing
  }

  /**
   * Before anything is done for a connection; `add` asks again.
   * @throws Refusal `exhausted` when there are too many in all, `limited` when there are too many of this client
   */
  checkRoom(client?: string): void {
    const { max, maxOfClient } = this.#rules
    if (this.#entries.size >= max)
      throw new Refusal('exhausted', `the server has ${max} connections, which is its limit`)
    if (client !== undefined && (this.#ofClient.get(client) ?? 0) >= maxOfClient)
      throw new Refusal('limited', `at most ${maxOfClient} connections of one client`)
  }

  /**
   * Keeps an open connection until it is released. One whose right has ended meanwhile is ended at once, as is one that
   * comes when the server is going down.
   * @throws Refusal `exhausted`, `limited`: nothing was done to the connection
   */
  add(connection: Endable, party: Party): Registration {
    this.checkRoom(party.client)
    const entry = new Entry(connection, party, this.#clock, this.#release)
    this.#entries.add(entry)
    this.#count(party, +1)
    this.#cancelCheck ??= this.#clock.after(CHECK_MS, () => this.#checkLives())
    if (this.#isClosing) entry.turnOut('shutdown', GOING_DOWN)
    else entry.followRight()
    return entry
  }

  /** Says goodbye to all and waits for them, at most `patience` ms; then they are cut off. */
  async close(patience: number): Promise<void> {
    this.#isClosing = true
    this.#cancelCheck?.()
    const empty = new Promise<void>((resolve) => {
      this.#emptied = resolve
      if (this.#entries.size === 0) resolve()
    })
    for (const entry of this.#entries) entry.sayGoodbye()
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

/** One connection that is kept. */
class Entry implements Registration, Party {
  readonly connection: Endable
  readonly principal: Principal
  readonly client: string | undefined
  readonly transport: Transport
  isEnding = false
  readonly #clock: Clock
  readonly #released: (entry: Entry) => void
  #cancelCut: (() => void) | undefined

  constructor(
    connection: Endable,
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

  /** Ends the connection when its right ends, or now if it has. */
  followRight(): void {
    const { ended } = this.principal
    if (ended.aborted) this.#revoke()
    else ended.addEventListener('abort', this.#revoke)
  }

  /** Says goodbye; a peer that does not take it would stay for as long as its transport lets it. */
  turnOut(cause: EndCause, reason: string): void {
    this.isEnding = true
    this.connection.end(cause, reason)
    this.#cancelCut = this.#clock.after(FAREWELL_MS, () => this.connection.terminate())
  }

  /** The server is going down; who stays is cut off by whoever closes the registry. */
  sayGoodbye(): void {
    this.isEnding = true
    this.connection.end('shutdown', GOING_DOWN)
  }

  release(): void {
    this.principal.ended.removeEventListener('abort', this.#revoke)
    this.#cancelCut?.()
    this.#released(this)
  }

  readonly #revoke = (): void => {
    if (!this.isEnding) this.turnOut('revoked', reasonOf(this.principal))
  }
}

const GOING_DOWN = 'the server is going down'

/** How long whoever is told to go has to take the goodbye, ms. */
export const FAREWELL_MS = 2000

const CHECK_MS = 5000
