import { type Clock, every } from '../../core/clock.ts'
import type { Counters } from '../../core/counters.ts'
import { messageOf } from '../../core/errors.ts'
import type { LoggedEvent } from '../../core/event.ts'
import type { EventCursor } from '../../core/event-cursor.ts'
import type { EventFilter } from '../../core/event-filter.ts'
import type { EventLog } from '../../core/event-log.ts'
import type { EventPage } from '../../core/event-store.ts'
import type { Log } from '../../core/log.ts'
import { LruMap } from '../../core/lru-map.ts'
import type { Principal } from '../../core/principal.ts'
import { quotaClientOf } from '../../core/quota-client.ts'
import { doorbellEvent } from '../../wire/doorbell-event.ts'
import { SharedPacket, type SocketIoEvent } from '../../wire/socket-io-packet.ts'

/** What the events of a client need. */
export interface ClientEventsParts {
  readonly events: EventLog
  readonly clock: Clock
  readonly log: Log
  readonly counters: Pick<Counters, 'limited'>
}

/** Who reads events. */
export interface EventReader {
  readonly principal: Principal
  /** Whose turn it is where the history is read. */
  readonly client: string
  /** Whether each event comes with its offset, with which the client can go on. */
  readonly hasOffsets: boolean
  readonly isDrained: boolean
  write(packet: SharedPacket): void
  send(event: SocketIoEvent): void
  /** Disconnects the client; it may come again. */
  end(reason: string): void
}

/** What a client follows. */
export interface Subscription {
  /** Undefined: everything that it may see. */
  readonly types: readonly string[] | undefined
  /** The id of the last event that it has seen, if it says so. */
  readonly after: string | undefined
  /** Whether a client that has seen nothing gets what is kept. */
  readonly getsKept: boolean
  /** Called once it follows, before its first event. @param offset where it stands */
  readonly subscribed: (offset: string) => void
}

/**
 * The events that one client follows: a cursor on the log, which is read page by page as fast as the client takes what
 * was written. So nothing is queued for it, and rooms, of which a client that sees a hundred labels and many types would
 * need thousands, are a filter.
 */
export class ClientEvents {
  readonly #parts: ClientEventsParts
  readonly #reader: EventReader
  readonly #cursor: EventCursor
  /** Until it was told that it follows. */
  #subscribed: Subscription['subscribed'] | undefined
  /** Whether the first page is only asked where it ends. */
  #skipsPage: boolean
  #position: string | undefined
  /** Set while the client has something to read and does not. */
  #stopCheck: (() => void) | undefined
  #isReading = false
  /** Whether there may be events that were not read yet. */
  #isWaiting = true

  /** @throws Refusal `forbidden` when the reader may see nothing at all */
  constructor(parts: ClientEventsParts, reader: EventReader, { types, after, getsKept, subscribed }: Subscription) {
    this.#parts = parts
    this.#reader = reader
    this.#position = after
    this.#skipsPage = after === undefined && !getsKept
    this.#subscribed = subscribed
    const { principal, client } = reader
    const filter = types && filterOf(types)
    const asker = quotaClientOf(principal, client)
    this.#cursor = parts.events.open(principal, { after, filter, asker, wake: () => this.#wake() })
  }

  /** How far it has read: the `after` of a cursor that takes its place; undefined before its first page. */
  get position(): string | undefined {
    return this.#position
  }

  /** Begins to read, or reads on; to be called when everything that was written has been taken. */
  drained(): void {
    this.#stopChecking()
    this.#pump()
  }

  close(): void {
    this.#cursor.close()
    this.#stopChecking()
  }

  #wake(): void {
    this.#isWaiting = true
    if (this.#reader.isDrained) this.#pump()
    else this.#stopCheck ??= every(this.#parts.clock, SLOW_CHECK_MS, () => this.#checkSlow())
  }

  #pump(): void {
    while (this.#isWaiting && !this.#isReading && !this.#cursor.isClosed && this.#reader.isDrained) {
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
      this.#parts.log.warn({ err: error }, 'events could not be read')
      this.close()
      this.#reader.end(messageOf(error))
    } finally {
      this.#isReading = false
    }
    this.#pump()
  }

  #writePage({ events, gap, hasMore, position }: EventPage): void {
    const reader = this.#reader
    const { hasOffsets } = reader
    this.#subscribed?.(this.#position ?? position)
    this.#subscribed = undefined
    this.#position = position
    if (hasMore) this.#isWaiting = true
    if (gap) reader.send(hasOffsets ? ['gap', gap, gap.missed_to] : ['gap', gap])
    if (this.#skipsPage) {
      // What came before does not matter to it: it wanted to know where it stands.
      this.#skipsPage = false
      this.#isWaiting = true
      return
    }
    for (const event of events) reader.write(packetOf(event, hasOffsets))
  }

  /** Disconnects a client that has left so much unread that it is not at hand any more. It goes on when it comes again. */
  #checkSlow(): void {
    if (this.#cursor.isClosed || this.#cursor.isAtHand) return
    this.close()
    this.#parts.counters.limited('streaming.buffer_size')
    this.#reader.end('Too slow: more happened than is kept at hand (streaming.buffer_size); come again.')
  }

  #stopChecking(): void {
    this.#stopCheck?.()
    this.#stopCheck = undefined
  }
}

/**
 * The filter of some types, one for all clients with the same: those of one principal share the pages that they read
 * (`core/shared-page.ts`).
 */
function filterOf(types: readonly string[]): EventFilter {
  const key = types.join('\n')
  const filter = FILTERS.get(key) ?? { types }
  FILTERS.set(key, filter)
  return filter
}

const FILTERS = new LruMap<string, EventFilter>(100)

/** How often a client that does not read is looked at, ms. */
const SLOW_CHECK_MS = 1000

const PLAIN = new WeakMap<LoggedEvent, SharedPacket>()
const WITH_OFFSET = new WeakMap<LoggedEvent, SharedPacket>()

/** An event in the doorbell's words, encoded once for all. The offset is its id: the client's library keeps it. */
function packetOf(event: LoggedEvent, hasOffset: boolean): SharedPacket {
  const packets = hasOffset ? WITH_OFFSET : PLAIN
  const known = packets.get(event)
  if (known) return known
  const data = doorbellEvent(event)
  const packet = new SharedPacket(hasOffset ? ['live_event', data, event.id] : ['live_event', data])
  packets.set(event, packet)
  return packet
}
