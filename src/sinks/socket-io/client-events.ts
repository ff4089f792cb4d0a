import type { EventFilter } from '../../core/event-filter.ts'
import type { EventPage } from '../../core/event-store.ts'
import { LruMap } from '../../core/lru-map.ts'
import type { Principal } from '../../core/principal.ts'
import { quotaClientOf } from '../../core/quota-client.ts'
import { doorbellEvent } from '../../wire/doorbell-event.ts'
import { EventEncoding } from '../../wire/event-encoding.ts'
import { SharedPacket, type SocketIoEvent } from '../../wire/socket-io-packet.ts'
import { EventFollower, type EventFollowerParts } from '../event-follower.ts'

/** Who reads events. */
export interface EventReader {
  readonly principal: Principal
  /** Whose turn it is where the history is read. */
  readonly client: string
  /** What paths of ours begin with, as it sees them. */
  readonly basePath: string
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
  /** How far it has seen what waits for the log: the `spooledPlace` of what it followed before. */
  readonly spooledAfter?: number | undefined
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
export class ClientEvents extends EventFollower {
  readonly #reader: EventReader
  /** Until it was told that it follows. */
  #subscribed: Subscription['subscribed'] | undefined
  /** Whether the first page is only asked where it ends. */
  #skipsPage: boolean
  #position: string | undefined
  #spooledPlace: number | undefined

  /** @throws Refusal `forbidden` when the reader may see nothing at all */
  constructor(
    parts: EventFollowerParts,
    reader: EventReader,
    { types, after, spooledAfter, getsKept, subscribed }: Subscription,
  ) {
    const { principal, client } = reader
    const asker = quotaClientOf(principal, client)
    super(parts, principal, { after, spooledAfter, filter: types && filterOf(types), asker })
    this.#reader = reader
    this.#position = after
    this.#spooledPlace = spooledAfter
    this.#skipsPage = after === undefined && !getsKept
    this.#subscribed = subscribed
  }

  /** How far it has read: the `after` of a cursor that takes its place; undefined before its first page. */
  get position(): string | undefined {
    return this.#position
  }

  /** The `spooledAfter` of what takes its place on the same connection. */
  get spooledPlace(): number | undefined {
    return this.#spooledPlace
  }

  protected get isDrained(): boolean {
    return this.#reader.isDrained
  }

  protected disconnect(reason: string): void {
    this.#reader.end(reason)
  }

  protected writePage({ events, gap, position, spooled }: EventPage): void {
    const reader = this.#reader
    const { hasOffsets } = reader
    this.#subscribed?.(this.#position ?? position)
    this.#subscribed = undefined
    this.#position = position
    this.#spooledPlace = spooled?.place ?? this.#spooledPlace
    if (gap) reader.send(hasOffsets ? ['gap', gap, gap.missed_to] : ['gap', gap])
    if (this.#skipsPage) {
      // What came before does not matter to it: it wanted to know where it stands.
      this.#skipsPage = false
      this.readOn()
      return
    }
    const logged = hasOffsets ? WITH_OFFSET : PLAIN
    for (const event of events) reader.write(logged.of(event, reader.basePath))
    for (const event of spooled?.events ?? []) reader.write(PLAIN.of(event, reader.basePath))
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

const PLAIN = new EventEncoding((event, basePath) => new SharedPacket(['live_event', doorbellEvent(event, basePath)]))

/** With the event's id as its offset, which the client's library keeps. */
const WITH_OFFSET = new EventEncoding(
  (event, basePath) =>
    new SharedPacket(['live_event', doorbellEvent(event, basePath), ...(event.id === undefined ? [] : [event.id])]),
)
