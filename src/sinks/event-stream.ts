import { type Clock, every } from '../core/clock.ts'
import type { Connection, ConnectionListener } from '../core/connection.ts'
import type { Counters } from '../core/counters.ts'
import { messageOf } from '../core/errors.ts'
import type { LoggedEvent } from '../core/event.ts'
import type { EventCursor } from '../core/event-cursor.ts'
import type { EventFilter } from '../core/event-filter.ts'
import type { EventLog } from '../core/event-log.ts'
import type { EventPage } from '../core/event-store.ts'
import type { Log } from '../core/log.ts'
import type { Principal } from '../core/principal.ts'
import { type QuotaClient, quotaClientOf } from '../core/quota-client.ts'
import { doorbellEvent, doorbellMessage, seconds } from '../wire/doorbell-event.ts'
import { encodeServerSentEvent } from '../wire/event-stream.ts'

/** What event streams need. */
export interface EventStreamParts {
  readonly events: EventLog
  readonly clock: Clock
  readonly log: Log
  readonly counters: Pick<Counters, 'limited'>
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
export class EventStream implements ConnectionListener {
  /** Who takes a place for it. */
  readonly client: QuotaClient['client']
  readonly #owner: EventStreamOwner
  readonly #connection: Connection
  readonly #cursor: EventCursor
  /** Set while the client has something to read and does not. */
  #stopCheck: (() => void) | undefined
  /** Whether the history is being read. */
  #isReading = false
  /** Whether there may be events that were not read yet. */
  #isWaiting = true

  /** @throws Refusal `forbidden` when the reader may see nothing at all; nothing was written then */
  constructor(owner: EventStreamOwner, reader: EventStreamReader, connection: Connection) {
    const { principal, clientId, after, filter } = reader
    this.client = reader.owner.client
    this.#owner = owner
    this.#connection = connection
    const { events, clock, retry } = owner.parts
    const asker = quotaClientOf(principal, connection.client)
    this.#cursor = events.open(principal, { after, filter, asker, wake: () => this.#wake() })
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
  drained(): void {
    this.#stopChecking()
    this.#pump()
  }

  /** For the connection. */
  closed(): void {
    this.#cursor.close()
    this.#stopChecking()
    this.#owner.closed(this)
  }

  #wake(): void {
    this.#isWaiting = true
    if (this.#connection.isDrained) this.#pump()
    else this.#stopCheck ??= every(this.#owner.parts.clock, SLOW_CHECK_MS, () => this.#checkSlow())
  }

  #pump(): void {
    while (this.#isWaiting && !this.#isReading && this.#connection.isDrained) {
      this.#isWaiting = false
      const page = this.#cursor.nextRecent()
      if (page) this.#writePage(page)
      else void this.#readHistory()
    }
  }

  /** Reads what is no longer in memory. */
  async #readHistory(): Promise<void> {
    this.#isReading = true
    try {
      const page = await this.#cursor.next()
      if (page) this.#writePage(page)
    } catch (error) {
      this.#owner.parts.log.error({ err: error }, 'events could not be read')
      this.#connection.end('failure', messageOf(error))
    } finally {
      this.#isReading = false
    }
    this.#pump()
  }

  #writePage({ events, gap, hasMore }: EventPage): void {
    if (hasMore) this.#isWaiting = true
    if (gap) this.#connection.write(Buffer.from(doorbellMessage('gap', gap)))
    const [first] = events
    if (!first) return
    // A single one, as it happens, is the same bytes for everybody.
    this.#connection.write(events.length === 1 ? encoded(first) : Buffer.concat(events.map(encoded)))
    this.#owner.sent(events.length)
  }

  /** Disconnects a client that has left so much unread that it is not at hand any more. It goes on when it comes again. */
  #checkSlow(): void {
    if (this.#cursor.isClosed || this.#cursor.isAtHand) return
    this.#stopChecking()
    this.#cursor.close()
    this.#owner.parts.counters.limited('streaming.buffer_size')
    this.#connection.end('failure', 'Too slow: more happened than is kept at hand (streaming.buffer_size); come again.')
  }

  #stopChecking(): void {
    this.#stopCheck?.()
    this.#stopCheck = undefined
  }
}

const CAPABILITIES = ['events', 'system_status', 'controls']

/** How often a client that does not read is looked at, ms. */
const SLOW_CHECK_MS = 1000

/** Encoded once for all clients. */
const ENCODED = new WeakMap<LoggedEvent, Uint8Array>()

function encoded(event: LoggedEvent): Uint8Array {
  const known = ENCODED.get(event)
  if (known) return known
  const bytes = Buffer.from(doorbellMessage('event', doorbellEvent(event), event.id))
  ENCODED.set(event, bytes)
  return bytes
}
