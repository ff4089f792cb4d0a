import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Clock, every } from '../../core/clock.ts'
import { messageOf } from '../../core/errors.ts'
import type { EventId, LoggedEvent } from '../../core/event.ts'
import { nextFrameId, parseFrameId } from '../../core/frame-id.ts'
import type { Log } from '../../core/log.ts'
import { Retention } from '../../core/retention.ts'
import { DroppedEvents } from './dropped-events.ts'
import { acknowledgementOf, type Entry, eventOf, indexOf } from './event-entries.ts'
import { EventReplica, type ReplicaLimits } from './event-replica.ts'
import { parseReceipt } from './receipt.ts'
import type { FoundLog, LogPlace, RedisEventLog } from './redis-event-log.ts'
import { RedisFailure } from './redis-failure.ts'

/** What a feed needs. */
export interface EventFeedParts {
  readonly clock: Clock
  readonly log: Log
  readonly events: RedisEventLog
  readonly limits: ReplicaLimits
  /** For how long events are kept, ms. */
  readonly age: number
  /** Which run of a node this is: it deletes what has to make room for its own events. */
  readonly run: string
  /** Called with an event's receipt and id when it is found in the log. */
  readonly logged: (receipt: string, id: EventId) => void
  /** The receipts for which `logged` matters: of all that are in the log there may be very many. */
  readonly awaited: () => Iterable<string>
  /** Called when the log has begun anew, after what is in it was found. */
  readonly beganAnew: () => void
  /** Called when the log can be reached, at first or again. */
  readonly opened: () => void
  /** Called after something was read. */
  readonly news: () => void
}

/**
 * Reads the log, once for the whole node: at first its index and the newest events, then what comes. Where that fails it
 * is tried again, and goes on where it was.
 */
export class EventFeed {
  readonly #parts: EventFeedParts
  /** Of the first attempt, whatever came of it. */
  readonly #tried = Promise.withResolvers<void>()
  readonly #closing = Promise.withResolvers<void>()
  readonly #running: Promise<void>
  readonly #stopExpiring: () => void
  #replica: EventReplica
  /** The epoch of what is shown before the log was found. */
  readonly #unknownEpoch: EventId
  #place: LogPlace | undefined
  #isOpen = false
  #problem: string | undefined
  #dropped: DroppedEvents
  #retention: Retention
  #garbageNotedAt: number | undefined
  #isClosed = false

  constructor(parts: EventFeedParts) {
    this.#parts = parts
    const { clock, limits } = parts
    this.#dropped = new DroppedEvents(parts)
    this.#replica = new EventReplica(limits, nextFrameId(undefined, clock.now()))
    this.#unknownEpoch = this.#replica.epoch
    this.#retention = new Retention(clock, undefined)
    this.#stopExpiring = every(clock, EXPIRE_MS, () => this.#expire())
    this.#running = this.#run()
  }

  /** Resolves once the log was found, or the first attempt has failed. */
  get tried(): Promise<void> {
    return this.#tried.promise
  }

  /** What is known of the log; empty before it was found. */
  get replica(): EventReplica {
    return this.#replica
  }

  /** Whether the log was found since the start. */
  get isKnown(): boolean {
    return this.#place !== undefined
  }

  /** Whether a reader whose last page was of that epoch has seen nothing of the log, as it was not found yet. */
  isBeforeAll(epoch: EventId | undefined): boolean {
    return this.isKnown && epoch === this.#unknownEpoch
  }

  /** Whether the log can be reached. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Why it cannot be reached, as a sentence; undefined while it can. */
  get problem(): string | undefined {
    return this.#isOpen ? undefined : (this.#problem ?? 'The log of events was not found yet.')
  }

  /** The log could not be reached, or is another one: it is looked for again. */
  failed(error: unknown): void {
    this.#isOpen = false
    const problem = `${messageOf(error)}.`
    // That there is no connection the connection says, and that the log has begun anew is said once it is found.
    const isKnown = error instanceof RedisFailure ? error.kind !== 'refused' : error instanceof LogBeganAnew
    if (problem !== this.#problem && !isKnown && !this.#isClosed)
      this.#parts.log.error({}, `events cannot be read: ${problem}`)
    this.#problem = problem
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#stopExpiring()
    this.#closing.resolve()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#open()
        this.#tried.resolve()
        while (this.#isOpen && !this.#isClosed && this.#place) await this.#readOn(this.#place)
      } catch (error) {
        this.failed(error)
        this.#tried.resolve()
      }
      await this.#pause()
    }
    this.#isOpen = false
  }

  async #open(): Promise<void> {
    const { events, opened } = this.#parts
    const { epoch, last } = this.#replica
    const found = await events.find({ epoch, last })
    // What cannot be read on is not open: nobody would get what is appended.
    await events.readOn({ event: found.last, change: found.change }, AT_ONCE_MS)
    this.#place =
      this.#place && found.epoch === epoch ? await this.#catchUp(this.#place, found) : await this.#load(found)
    await this.#deleteDropped()
    this.#isOpen = true
    this.#problem = undefined
    opened()
    this.#parts.news()
  }

  /** The log is the one that is known: it is read on from the place. */
  async #catchUp({ event }: LogPlace, { change }: FoundLog): Promise<LogPlace> {
    const { events } = this.#parts
    this.#replica.restoreGone(await events.readGone())
    for (const [id, text] of await events.readAcknowledged(this.#replica.recentIds())) this.#acknowledged(id, text)
    return { event, change }
  }

  /** Reads the log for the first time. */
  async #load({ epoch, first, last, change }: FoundLog): Promise<LogPlace> {
    const { clock, log, events, limits, logged, awaited, beganAnew } = this.#parts
    if (this.isKnown) log.warn({}, 'the log of events in Redis has begun anew: who follows it is told of a gap')
    const replica = new EventReplica(limits, epoch, first)
    replica.restoreGone(await events.readGone())
    const dropped = new DroppedEvents(this.#parts)
    const ids = new Map<string, EventId>()
    let place: EventId = '0-0'
    for (let isEnd = false; !isEnd; ) {
      const { index, end } = await events.readIndex(place)
      for (const entry of index) {
        dropped.add(replica.addIndexed(entry))
        if (entry.event.receipt !== undefined) ids.set(entry.event.receipt, entry.event.id)
      }
      isEnd = end === undefined
      place = end ?? place
      // The next answer may be there already, and would be read in the same turn.
      await nextTurn()
    }
    replica.begin(await events.readEvents(replica.newestIds()))
    this.#dropped = dropped
    this.#retention = new Retention(clock, parseFrameId(last)?.ms || undefined)
    this.#replica = replica
    // Not before: until now they were shown as those that wait.
    for (const receipt of [...awaited()]) {
      const id = ids.get(receipt)
      if (id !== undefined) logged(receipt, id)
    }
    beganAnew()
    return { event: place, change }
  }

  async #readOn(place: LogPlace): Promise<void> {
    const { events, news } = this.#parts
    const { entries, changes } = await events.readOn(place)
    const { epoch } = this.#replica
    const isOfOthers = entries.some(({ fields }) => (fields.get('epoch') ?? epoch) !== epoch)
    // Who reads nothing might wait at a place that a log which has begun anew has not reached.
    const isNothing = entries.length === 0 && changes.length === 0
    if ((isOfOthers || isNothing) && (await events.epoch()) !== epoch) throw new LogBeganAnew()
    for (const entry of entries) this.#read(entry)
    for (const { fields } of changes) this.#acknowledged(fields.get('id') as EventId, fields.get('acknowledged') ?? '')
    this.#place = { event: entries.at(-1)?.id ?? place.event, change: changes.at(-1)?.id ?? place.change }
    if (!isNothing) news()
    await this.#deleteDropped()
    await nextTurn()
  }

  #read(entry: Entry): void {
    const { run, logged } = this.#parts
    const index = indexOf(entry)
    const event = eventOf(entry)
    if (!index || !event) {
      this.#noteGarbage(entry.id)
      return
    }
    const dropped = this.#replica.add(event, index)
    // What others have appended they make room for; other programs do not.
    const appendedBy = event.receipt === undefined ? run : parseReceipt(event.receipt)?.run
    if (appendedBy === run) this.#dropped.add(dropped)
    if (event.receipt !== undefined) logged(event.receipt, event.id)
  }

  #acknowledged(id: EventId, text: string): void {
    const event: LoggedEvent | undefined = this.#replica.find(id)
    const acknowledged = acknowledgementOf(text)
    if (event && !event.acknowledged && acknowledged) this.#replica.replace({ ...event, acknowledged })
  }

  #noteGarbage(id: EventId): void {
    const { clock, log } = this.#parts
    const now = clock.monotonic()
    if (this.#garbageNotedAt !== undefined && now - this.#garbageNotedAt < GARBAGE_MS) return
    this.#garbageNotedAt = now
    log.warn(
      { id },
      'an entry of the log of events in Redis is no event (it has no type, or too long a name); it is left out',
    )
  }

  #deleteDropped(): Promise<void> {
    return this.#dropped.delete((dropped) => this.#replica.goneEntries(dropped))
  }

  #expire(): void {
    this.#dropped.add(this.#replica.dropBefore(this.#retention.now() - this.#parts.age))
  }

  #pause(): Promise<void> {
    return Promise.race([
      new Promise<void>((resolve) => void this.#parts.clock.after(RETRY_MS, resolve)),
      this.#closing.promise,
    ])
  }
}

/** The log is another one than that which is known. */
export class LogBeganAnew extends Error {
  constructor() {
    super('The log of events in Redis has begun anew')
  }
}

/** How long the first reading waits, which only has to work, ms. */
const AT_ONCE_MS = 1
/** How long to wait before the log is looked for again, ms. */
const RETRY_MS = 250
/** How often old events are deleted, and for how long none are after the start, ms. */
const EXPIRE_MS = 3_600_000
/** How often garbage is logged at most, ms. */
const GARBAGE_MS = 1000
