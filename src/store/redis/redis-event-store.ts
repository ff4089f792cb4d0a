import { randomBytes } from 'node:crypto'
import { inTime } from '../../core/clock.ts'
import { messageOf, Refusal } from '../../core/errors.ts'
import { type Acknowledgement, type EventId, type LoggedEvent, maySee, type NewEvent } from '../../core/event.ts'
import type {
  AcknowledgeOptions,
  AppendedEvent,
  EventGap,
  EventPage,
  EventQuery,
  EventReader,
  EventStore,
} from '../../core/event-store.ts'
import { isAfter } from '../../core/frame-id.ts'
import { Listeners } from '../../core/listeners.ts'
import { PRIVILEGED } from '../../core/quota-client.ts'
import type { StoreHealth } from '../../core/store-health.ts'
import { HistoryTurns } from '../events/history-turns.ts'
import { EventFeed, LogBeganAnew } from './event-feed.ts'
import { EventOutbox } from './event-outbox.ts'
import { RedisEventLog } from './redis-event-log.ts'
import type { RedisEventParts } from './redis-event-parts.ts'
import { SpooledEvents } from './spooled-events.ts'

/**
 * Keeps events on a Redis stream, the log that all nodes share. Events get there by the outbox and come back by the feed,
 * also a node's own: so all nodes have them in the same order, and nobody sees one that is not in the log. While Redis is
 * away they wait in the node's spool; those who follow there get them all the same, without an id.
 */
export class RedisEventStore implements EventStore {
  readonly #parts: RedisEventParts
  readonly #listeners = new Listeners()
  readonly #log: RedisEventLog
  readonly #spooled: SpooledEvents
  readonly #outbox: EventOutbox
  readonly #feed: EventFeed
  readonly #turns: HistoryTurns
  /** Who waits until an event can be read here, by ascending ids. */
  #readers: { readonly id: EventId; readonly resolve: () => void }[] = []
  #isClosed = false

  private constructor(parts: RedisEventParts) {
    this.#parts = parts
    const { clock, log, connections, name, limits, recent } = parts
    const run = randomBytes(8).toString('hex')
    this.#turns = new HistoryTurns(parts.reads)
    this.#log = new RedisEventLog(connections, () => clock.now(), name)
    const spooled = new SpooledEvents(parts.spoolLimits.size)
    this.#spooled = spooled
    this.#feed = new EventFeed({
      clock,
      log,
      events: this.#log,
      limits: { kept: limits, recent },
      age: limits.age,
      run,
      logged: (receipt, id) => {
        this.#outbox.logged(receipt, id)
        spooled.logged(receipt)
      },
      awaited: () => [...this.#outbox.awaited(), ...spooled.awaited()],
      beganAnew: () => {
        spooled.forgetSent()
        this.#wakeReaders(undefined)
      },
      opened: () => this.#outbox.lookForMore(),
      news: () => this.#news(),
    })
    this.#outbox = new EventOutbox({
      ...parts,
      spooled,
      run,
      isOpen: () => this.#feed.isOpen,
      append: async (of, events) => {
        const { epoch, ids } = await this.#log.append(this.#feed.replica, of, events)
        if (epoch !== this.#feed.replica.epoch) this.#feed.failed(new LogBeganAnew())
        return ids
      },
      readable: (id) => this.#readable(id),
      failed: (error) => this.#feed.failed(error),
      shown: () => this.#listeners.notify(),
    })
  }

  /** Opens the log. Where Redis cannot be reached the store works without it, and tries again and again. */
  static async open(parts: RedisEventParts): Promise<RedisEventStore> {
    const store = new RedisEventStore(parts)
    await inTime(parts.clock, OPEN_MS, store.#feed.tried, () => {})
    return store
  }

  append(event: NewEvent): Promise<AppendedEvent> {
    if (this.#isClosed) return Promise.reject(new Error(CLOSED))
    return this.#outbox.append(event)
  }

  readRecent(query: EventQuery): EventPage | undefined {
    if (this.#isClosed) return undefined
    if (this.#feed.isBeforeAll(query.epoch)) return this.readRecent({ ...query, after: undefined, epoch: undefined })
    const { isKnown, replica } = this.#feed
    // A place of a log that was not found yet may be right.
    if (!isKnown && query.after !== undefined && query.epoch !== replica.epoch) return undefined
    const page = replica.recentPage(query)
    return page && this.#spooled.addTo(page, query)
  }

  async read(query: EventQuery): Promise<EventPage> {
    this.#checkOpen()
    if (this.#feed.isBeforeAll(query.epoch)) return this.read({ ...query, after: undefined, epoch: undefined })
    const page = this.readRecent(query)
    if (page) return page
    try {
      return await this.#ask(query, async () => {
        const { events: indexed, ...rest } = this.#feed.replica.page(query)
        const events = await this.#load(indexed.map(({ id }) => id))
        // What waited when it was read may be in the log by now, behind this page.
        const { epoch, last } = this.#feed.replica
        const isBehind = query.spooledAfter !== undefined && (epoch !== rest.epoch || isAfter(last, rest.position))
        const found = new Set(events.map(({ id }) => id))
        const gap = gapOf(query, rest.gap, indexed.findLast(({ id }) => !found.has(id))?.id)
        const page = { ...rest, events, hasMore: rest.hasMore || isBehind, ...(gap && { gap }) }
        return this.#spooled.addTo(page, query)
      })
    } catch (error) {
      // To whoever goes on from a place this would be a page that skips what is stored.
      const isNewest = query.after === undefined && query.before === undefined
      if (!isNewest || !(error instanceof Refusal && error.code === 'unavailable')) throw error
      return this.#spooled.addTo(this.#feed.replica.pageOfWhatIsHere(query), query)
    }
  }

  async find(reader: EventReader, id: EventId): Promise<LoggedEvent | undefined> {
    this.#checkOpen()
    const event = this.#feed.replica.find(id) ?? (await this.#ask(reader, () => this.#log.readEvents([id])))[0]
    return event && maySee(reader, event) ? event : undefined
  }

  async acknowledge(
    id: EventId,
    acknowledgement: Acknowledgement,
    { asker, check }: AcknowledgeOptions = {},
  ): Promise<LoggedEvent | undefined> {
    this.#checkOpen()
    const event = await this.#ask({ asker }, () => {
      check?.()
      return this.#log.acknowledge(id, acknowledgement)
    })
    if (event) this.#feed.replica.replace(event)
    return event
  }

  subscribe(wake: () => void): () => void {
    return this.#listeners.add(wake)
  }

  health(): StoreHealth {
    if (this.#isClosed) return { isHealthy: false, reason: CLOSED }
    const problem = this.#feed.problem ?? this.#outbox.problem
    if (problem === undefined) return { isHealthy: true }
    const { count } = this.#spooled
    const waiting = count === 0 ? '' : ` ${count === 1 ? 'One event waits' : `${count} events wait`} for it.`
    return { isHealthy: false, reason: problem + waiting }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#outbox.close()
    const { commands, reading } = this.#parts.connections
    commands.close()
    reading.close()
    await this.#feed.close()
    this.#wakeReaders(undefined)
    this.#listeners.clear()
  }

  /** These events, from memory or from Redis; without those that are gone by now. */
  async #load(ids: readonly EventId[]): Promise<LoggedEvent[]> {
    const { replica } = this.#feed
    // Now, as it may leave the memory while the others are read.
    const found = new Map(ids.map((id) => [id, replica.find(id)]))
    for (const event of await this.#log.readEvents(ids.filter((id) => !found.get(id)))) found.set(event.id, event)
    return ids.flatMap((id) => found.get(id) ?? [])
  }

  /** Asks Redis in turn. @throws Refusal `unavailable` when there is no answer; as `HistoryTurns.ask` */
  #ask<Answer>({ asker = PRIVILEGED }: Pick<EventReader, 'asker'>, question: () => Promise<Answer>): Promise<Answer> {
    return this.#turns.ask(asker, async () => {
      if (this.#feed.problem !== undefined) throw new Refusal('unavailable', this.#feed.problem)
      try {
        return await question()
      } catch (error) {
        if (error instanceof Refusal) throw error
        throw new Refusal('unavailable', `Events cannot be read: ${messageOf(error)}.`)
      }
    })
  }

  #news(): void {
    this.#wakeReaders(this.#feed.replica.last)
    this.#listeners.notify()
  }

  /** Who appends reads what was appended: it comes back at once, unless the feed is interrupted just now. */
  #readable(id: EventId): Promise<void> {
    if (!isAfter(id, this.#feed.replica.last)) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#readers.push({ id, resolve })
    return inTime(this.#parts.clock, READABLE_MS, promise, resolve)
  }

  /** @param last undefined: all of them */
  #wakeReaders(last: EventId | undefined): void {
    const rest = this.#readers.filter(({ id }) => last !== undefined && isAfter(id, last))
    const woken = this.#readers.slice(0, this.#readers.length - rest.length)
    this.#readers = rest
    for (const { resolve } of woken) resolve()
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new Error(CLOSED)
  }
}

/** The gap of a page. @param gone the newest of its events that Redis does not have any more, whoever has deleted it */
function gapOf({ after }: EventQuery, known: EventGap | undefined, gone: EventId | undefined): EventGap | undefined {
  if (after === undefined || gone === undefined || (known && isAfter(known.missed_to, gone))) return known
  return { missed_from: after, missed_to: gone }
}

const CLOSED = 'the event store is closed'

/** How long the start of the server waits for the log to be read, ms. */
const OPEN_MS = 5000
/** How long an event that is in the log may take to be readable here before its publisher is answered, ms. */
const READABLE_MS = 1000
