import { Adapter, type Session } from 'socket.io-adapter'
import type { Clock } from '../../core/clock.ts'
import { isFrameId } from '../../core/frame-id.ts'
import { LruMap } from '../../core/lru-map.ts'

type Namespace = ConstructorParameters<typeof Adapter>[0]

/** What is kept of a client, in `socket.data`. */
export interface ClientData {
  /** Set once it has subscribed. */
  subscription?: KeptSubscription
}

/** What a client followed. */
export interface KeptSubscription {
  /** The id of its principal. */
  readonly principal: string
  readonly types: readonly string[] | undefined
}

/** The clients that may come back: a few fields of each, for a limited time and a limited number of them. */
export class RecoverableClients {
  readonly #clock: Clock
  readonly #duration: number
  readonly #kept: LruMap<string, { readonly client: PersistedClient; readonly until: number }>

  /** @param duration how long a client may be away, ms; 0: not at all @param max how many are kept */
  constructor(clock: Clock, duration: number, max: number) {
    this.#clock = clock
    this.#duration = duration
    this.#kept = new LruMap(max)
  }

  keep(client: PersistedClient): void {
    if (this.#duration === 0) return
    this.#kept.set(client.pid, { client, until: this.#clock.monotonic() + this.#duration })
  }

  /** Gives a client back, once. */
  take(pid: string): PersistedClient | undefined {
    const kept = this.#kept.get(pid)
    this.#kept.delete(pid)
    return kept && kept.until >= this.#clock.monotonic() ? kept.client : undefined
  }
}

/** A client as Socket.IO hands it over. */
export interface PersistedClient {
  readonly sid: string
  readonly pid: string
  readonly data: ClientData
}

/**
 * Recovers clients from the event log. The library's own adapter keeps every packet that it sends; here the offset of a
 * client is the id of the last event it has seen, and the log has what came after it. So nothing is missed that had to
 * be put in here: once the client is let in, a cursor reads on from there.
 */
export class EventLogAdapter extends Adapter {
  readonly #clients: RecoverableClients

  constructor(namespace: Namespace, clients: RecoverableClients) {
    super(namespace)
    this.#clients = clients
  }

  override persistSession({ sid, pid, data }: Parameters<Adapter['persistSession']>[0]): void {
    const kept = data as ClientData
    if (kept.subscription) this.#clients.keep({ sid, pid, data: kept })
  }

  override restoreSession(pid: string, offset: string): Promise<Session> {
    const client = isFrameId(offset) ? this.#clients.take(pid) : undefined
    if (!client) return Promise.reject(new Error('not known here'))
    return Promise.resolve({ ...client, rooms: [], missedPackets: [] })
  }
}
