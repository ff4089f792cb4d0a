import type { Connection, ConnectionListener } from '../core/connection.ts'
import type { ShownEvent } from '../core/event.ts'
import type { EventFilter } from '../core/event-filter.ts'
import type { EventPage } from '../core/event-store.ts'
import type { Principal } from '../core/principal.ts'
import { type QuotaClient, quotaClientOf } from '../core/quota-client.ts'
import { doorbellEvent, doorbellMessage, seconds } from '../wire/doorbell-event.ts'
import { EventEncoding } from '../wire/event-encoding.ts'
import { encodeServerSentEvent } from '../wire/event-stream.ts'
import { EventFollower, type EventFollowerParts } from './event-follower.ts'

/** What event streams need. */
export interface EventStreamParts extends EventFollowerParts {
  /** How often something is sent when nothing happens, ms. */
  readonly heartbeat: number
  /** How long a client that was cut off waits before it comes again, ms. */
  readonly retry: number
  /** Calls something in the next turn of the event loop: `setImmediate`. */
  readonly inNextTurn: (action: () => void) => void
}

/** Who reads an event stream, and what of it. */
export interface EventStreamReader {
  readonly principal: Principal
  /** Who takes a place for it. */
  readonly owner: QuotaClient
  readonly clientId: string
  /** What paths of ours begin with, as it sees them (`BasePaths.of`). */
  readonly basePath: string
  /** The id of the last event that it has seen. */
  readonly after: string | undefined
  /** Undefined: all that the principal may see. */
  readonly filter: EventFilter | undefined
}

/** What an event stream tells the others of. */
export interface EventStreamOwner {
  readonly parts: EventStreamParts
  /** Counts the events that are sent. */
  sent(events: number): void
  closed(stream: EventStream): void
}

/**
 * The doorbell's event stream (`GET /stream/events`) to one client: `connected`, then what happened since the last event
 * that the client has seen or, for a new one, the newest that are kept, then what happens. Nothing is queued for it: it
 * is a cursor on the log, read only as fast as the client takes what was written.
 */
export class EventStream extends EventFollower implements ConnectionListener {
  /** Who takes a place for it. */
  readonly client: QuotaClient['client']
  readonly #owner: EventStreamOwner
  readonly #connection: Connection
  readonly #basePath: string

  /** @throws Refusal `forbidden` when the reader may see nothing at all; nothing was written then */
  constructor(owner: EventStreamOwner, reader: EventStreamReader, connection: Connection) {
    const { principal, clientId, basePath, after, filter } = reader
    const { clock, retry } = owner.parts
    super(owner.parts, principal, { after, filter, asker: quotaClientOf(principal, connection.client) })
    this.client = reader.owner.client
    this.#owner = owner
    this.#connection = connection
    this.#basePath = basePath
    connection.listen(this)
    const server_time = seconds(clock.now())
    const connected = doorbellMessage('connected', { client_id: clientId, server_time, capabilities: CAPABILITIES })
    connection.write(Buffer.from(encodeServerSentEvent({ retry }) + connected))
  }

  /** Sends a heartbeat, unless the client does not read. @param bytes the message, the same for all */
  beat(bytes: Uint8Array): void {
    if (this.#connection.isDrained) this.#connection.write(bytes)
  }

  /** For the connection. */
  closed(): void {
    this.close()
    this.#owner.closed(this)
  }

  protected get isDrained(): boolean {
    return this.#connection.isDrained
  }

  protected disconnect(reason: string): void {
    this.#connection.end('failure', reason)
  }

  protected writePage({ events: logged, gap, spooled }: EventPage): void {
    if (gap) this.#connection.write(Buffer.from(doorbellMessage('gap', gap)))
    const events: readonly ShownEvent[] = spooled ? [...logged, ...spooled.events] : logged
    const [first] = events
    if (!first) return
    // A single one, as it happens, is the same bytes for everybody.
    const encoded = (event: ShownEvent) => EVENTS.of(event, this.#basePath)
    this.#connection.write(events.length === 1 ? encoded(first) : Buffer.concat(events.map(encoded)))
    this.#owner.sent(events.length)
  }
}

const CAPABILITIES = ['events', 'system_status', 'controls']

const EVENTS = new EventEncoding(
  (event, basePath): Uint8Array => Buffer.from(doorbellMessage('event', doorbellEvent(event, basePath), event.id)),
)
