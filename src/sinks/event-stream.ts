import { type Clock, every } from '../core/clock.ts'
import type { Connection } from '../core/connection.ts'
import type { Counters } from '../core/counters.ts'
import { messageOf } from '../core/errors.ts'
import type { LoggedEvent } from '../core/event.ts'
import type { EventCursor } from '../core/event-cursor.ts'
import type { EventFilter } from '../core/event-filter.ts'
import type { EventLog } from '../core/event-log.ts'
import type { EventPage } from '../core/event-store.ts'
import type { Log } from '../core/log.ts'
import type { Principal } from '../core/principal.ts'
import { doorbellEvent, doorbellMessage, seconds } from '../wire/doorbell-event.ts'
import { encodeServerSentEvent } from '../wire/event-stream.ts'

/** What an event stream needs. */
export interface EventStreamParts {
  readonly events: EventLog
  readonly clock: Clock
  readonly log: Log
  readonly counters: Pick<Counters, 'limited'>
  /** How often something is sent when nothing happens, ms. */
  readonly heartbeat: number
  /** How long a client that was cut off waits before it comes again, ms. */
  readonly retry: number
  /** Counts what is sent to all clients. */
  readonly sent: { events: number }
}

/** Who reads an event stream, and what of it. */
export interface EventStreamReader {
  readonly principal: Principal
  readonly clientId: string
  /** The id of the last event that it has seen. */
  readonly after: string | undefined
  readonly filter: EventFilter
}

/**
 * The doorbell's event stream (`GET /stream/events`): `connected`, then what happened since the last event that the
 * client has seen or, for a new one, the newest that are kept, then what happens. Nothing is queued for it: it is a
 * cursor on the log, read only as fast as the client takes what was written.
 */
export class EventStream {
  /** Resolves once the connection is closed. */
  readonly closed: Promise<void>
  readonly #parts: EventStreamParts
  readonly #connection: Connection
  readonly #cursor: EventCursor
  readonly #stopHeartbeat: () => void
  /** Set while the client has something to read and does not. */
  #stopCheck: (() => void) | undefined
  #isPumping = false
  /** Whether there may be events that were not read yet. */
  #isWaiting = true

  /** @throws Refusal `forbidden` when the reader may see nothing at all; nothing was written then */
  constructor(
    parts: EventStreamParts,
    { principal, clientId, after, filter }: EventStreamReader,
    connection: Connection,
  ) {
    this.#parts = parts
    this.#connection = connection
    const { events, clock, heartbeat, retry } = parts
    this.#cursor = events.open(principal, { after, filter, wake: () => this.#wake() })
    this.#stopHeartbeat = every(clock, heartbeat, () => this.#beat())
    const { promise, resolve } = Promise.withResolvers<void>()
    this.closed = promise
    connection.listen({
      drained: () => this.#pump(),
      closed: () => {
        this.#stopHeartbeat()
        this.#cursor.close()
        this.#stopChecking()
        resolve()
      },
    })
    this.#write(encodeServerSentEvent({ retry }))
    this.#write(
      doorbellMessage('connected', {
        client_id: clientId,
        server_time: seconds(clock.now()),
        capabilities: ['events', 'system_status', 'controls'],
      }),
    )
  }

  #wake(): void {
    this.#isWaiting = true
    if (this.#connection.isDrained) this.#pump()
    else this.#stopCheck ??= every(this.#parts.clock, SLOW_CHECK_MS, () => this.#checkSlow())
  }

  #pump(): void {
    this.#stopChecking()
    if (this.#isPumping) return
    this.#isPumping = true
    this.#read()
      .catch((error) => {
        this.#parts.log.error({ err: error }, 'events could not be read')
        this.#connection.end('failure', messageOf(error))
      })
      .finally(() => {
        this.#isPumping = false
      })
  }

  async #read(): Promise<void> {
    while (this.#isWaiting && this.#connection.isDrained) {
      this.#isWaiting = false
      const page = await this.#cursor.next()
      if (!page) return
      if (page.hasMore) this.#isWaiting = true
      this.#writePage(page)
    }
  }

  #writePage({ events, gap }: EventPage): void {
    if (gap) this.#write(doorbellMessage('gap', gap))
    for (const event of events) this.#connection.write(encoded(event))
    this.#parts.sent.events += events.length
  }

  #beat(): void {
    if (this.#connection.isDrained)
      this.#write(doorbellMessage('heartbeat', { timestamp: seconds(this.#parts.clock.now()) }))
  }

  /** Disconnects a client that has left so much unread that it is not at hand any more. It goes on when it comes again. */
  #checkSlow(): void {
    if (this.#cursor.isClosed || this.#cursor.isAtHand) return
    this.#stopChecking()
    this.#cursor.close()
    this.#parts.counters.limited('streaming.buffer_size')
    this.#connection.end('failure', 'Too slow: more happened than is kept at hand (streaming.buffer_size); come again.')
  }

  #stopChecking(): void {
    this.#stopCheck?.()
    this.#stopCheck = undefined
  }

  #write(text: string): void {
    this.#connection.write(Buffer.from(text))
  }
}

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
