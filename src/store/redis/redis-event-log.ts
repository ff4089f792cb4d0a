import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Acknowledgement, EventId, LoggedEvent, NewEvent } from '../../core/event.ts'
import { isFrameId } from '../../core/frame-id.ts'
import type { EvictedEntry } from '../events/evicted-events.ts'
import {
  acknowledgementText,
  type Entry,
  entriesOf,
  eventOf,
  fieldsOf,
  type IndexEntry,
  indexOf,
  listOf,
  pairsOf,
  textOf,
} from './event-entries.ts'
import { type EventKeys, eventKeys } from './event-keys.ts'
import { ACKNOWLEDGE, APPEND, DROP, FIND_LOG, READ_EVENTS, READ_INDEX } from './event-scripts.ts'
import { type Receipt, receiptText } from './receipt.ts'
import type { RedisConnection } from './redis-connection.ts'
import { RedisFailure } from './redis-failure.ts'
import { ReportedKeys } from './reported-keys.ts'

/** What a node knows of the log when it asks for something. */
export interface KnownLog {
  readonly epoch: EventId
  /** The highest id that it has read. */
  readonly last: EventId
}

/** The log as it is found. */
export interface FoundLog {
  readonly epoch: EventId
  /** The first epoch, below all events. */
  readonly first: EventId
  /** The highest id. */
  readonly last: EventId
  /** The newest entry of what was acknowledged. */
  readonly change: EventId
}

/** How far a node has read. */
export interface LogPlace {
  readonly event: EventId
  readonly change: EventId
}

/** What was read of the log. */
export interface LogNews {
  readonly entries: readonly Entry[]
  /** What was acknowledged: of each event what is stored. */
  readonly changes: readonly Entry[]
}

/** The two connections to Redis: one for what is answered at once, one that waits for what is new. */
export interface LogConnections {
  readonly commands: Pick<RedisConnection, 'send' | 'run'>
  readonly reading: Pick<RedisConnection, 'send'>
}

/** The log of events in Redis: what can be asked of it. Every method throws RedisFailure when it cannot be done. */
export class RedisEventLog {
  readonly #keys: EventKeys
  readonly #connections: LogConnections
  readonly #now: () => number

  /** @param now ms since 1970 @param name of the stream */
  constructor(connections: LogConnections, now: () => number, name?: string) {
    this.#connections = connections
    this.#now = now
    this.#keys = eventKeys(name)
  }

  /** Finds the log or begins it. */
  async find(known: KnownLog): Promise<FoundLog> {
    const { stream, log, gone, changes } = this.#keys
    const { commands } = this.#connections
    const reply = await commands.run(FIND_LOG, [stream, log, gone, changes], this.#knownTexts(known))
    const [epoch, first, last, change] = listOf(reply).map((each) => idOf(textOf(each)))
    if (!last) throw tooHigh(stream)
    if (!epoch || !first || !change) throw new Error('Redis answers nonsense about the log of events')
    return { epoch, first, last, change }
  }

  /**
   * Appends events of one run, in their order. Those that are in the log already are left out, and changes that are no
   * news any more.
   * @returns the epoch, and of each event the id; undefined for one that was left out
   */
  async append(
    known: KnownLog,
    run: string,
    events: readonly { readonly event: NewEvent; readonly receipt: Receipt }[],
  ): Promise<{ readonly epoch: EventId | undefined; readonly ids: readonly (EventId | undefined)[] }> {
    const { stream, log, gone, receipts } = this.#keys
    const reported = new ReportedKeys(this.#keys)
    const texts = events.flatMap(({ event, receipt }) => {
      const fields = fieldsOf(event, receiptText(receipt))
      const change = reported.textsOf(event, this.#now())
      return [String(receipt.number), String(Math.floor(event.timestamp)), ...change, String(fields.length), ...fields]
    })
    const keys = [stream, log, gone, receipts(run), ...reported.keys]
    const args = [...this.#knownTexts(known), String(RECEIPT_S), run, ...texts]
    const reply = listOf(await this.#connections.commands.run(APPEND, keys, args))
    return { epoch: idOf(textOf(reply[0])), ids: listOf(reply[1]).map((each) => idOf(textOf(each))) }
  }

  /** A part of the index: what comes after that id. @returns also where it ends; undefined at the end of the log */
  async readIndex(
    after: EventId,
  ): Promise<{ readonly index: readonly IndexEntry[]; readonly end: EventId | undefined }> {
    const reply = await this.#connections.commands.run(READ_INDEX, [this.#keys.stream], [after, String(INDEX_PART)])
    const entries = entriesOf(reply)
    return { index: entries.flatMap((entry) => indexOf(entry) ?? []), end: entries.at(-1)?.id }
  }

  /** The newest ids that are gone. */
  async readGone(): Promise<EvictedEntry[]> {
    const found = pairsOf(await this.#connections.commands.send(['HGETALL', this.#keys.gone]))
    return [...found].flatMap(([kind, id]) => (isFrameId(id) ? [[kind, id] as const] : []))
  }

  /** These events, as far as they are there. */
  async readEvents(ids: readonly EventId[]): Promise<LoggedEvent[]> {
    const { stream, acknowledged } = this.#keys
    const events: LoggedEvent[] = []
    for (let i = 0; i < ids.length; i += EVENTS_PART) {
      const part = ids.slice(i, i + EVENTS_PART)
      const reply = await this.#connections.commands.run(READ_EVENTS, [stream, acknowledged], part)
      for (const each of listOf(reply)) {
        const event = acknowledgedEvent(listOf(each))
        if (event) events.push(event)
      }
      await nextTurn()
    }
    return events
  }

  /** What is stored of the acknowledgements of these events. */
  async readAcknowledged(ids: readonly EventId[]): Promise<Map<EventId, string>> {
    const found = new Map<EventId, string>()
    if (ids.length === 0) return found
    const reply = await this.#connections.commands.send(['HMGET', this.#keys.acknowledged, ...ids])
    for (const [i, each] of listOf(reply).entries()) {
      const id = ids[i]
      if (each !== null && id !== undefined) found.set(id, textOf(each))
    }
    return found
  }

  /** Deletes events. @param gone what of them is to be remembered */
  async drop(ids: readonly EventId[], gone: readonly EvictedEntry[]): Promise<void> {
    const { stream, gone: goneKey, acknowledged } = this.#keys
    const args = [String(ids.length), ...ids, ...gone.flat()]
    await this.#connections.commands.run(DROP, [stream, goneKey, acknowledged], args)
  }

  /** As `EventStore.acknowledge`. */
  async acknowledge(id: EventId, acknowledgement: Acknowledgement): Promise<LoggedEvent | undefined> {
    const { stream, acknowledged, changes } = this.#keys
    const args = [id, acknowledgementText(acknowledgement)]
    const reply = await this.#connections.commands.run(ACKNOWLEDGE, [stream, acknowledged, changes], args)
    return acknowledgedEvent(listOf(reply))
  }

  /** The epoch of the log; undefined if there is none. */
  async epoch(): Promise<EventId | undefined> {
    return idOf(textOf(await this.#connections.commands.send(['HGET', this.#keys.log, 'epoch'])))
  }

  /**
   * Waits for what comes after a place.
   * @param wait for how long at most, ms
   * @throws Error also when somebody has added an entry whose id is above all that can be counted with
   */
  async readOn({ event, change }: LogPlace, wait = BLOCK_MS): Promise<LogNews> {
    const { stream, changes } = this.#keys
    const command = ['XREAD', 'COUNT', String(READ_PART), 'BLOCK', String(wait), 'STREAMS']
    const { reading } = this.#connections
    const reply = await reading.send([...command, stream, changes, event, change], READ_TIMEOUT_MS).catch(unblocked)
    const parts = new Map(listOf(reply).map((each) => [textOf(listOf(each)[0]), listOf(listOf(each)[1])]))
    const [entries, changed] = [stream, changes].map((key) => {
      const found = parts.get(key.toString()) ?? []
      const read = entriesOf(found)
      if (read.length < found.length) throw tooHigh(key)
      return read
    })
    return { entries: entries ?? [], changes: changed ?? [] }
  }

  #knownTexts({ epoch, last }: KnownLog): string[] {
    // What a new epoch is called; nobody else has called one like this.
    const candidate = `${Math.floor(this.#now())}-${1 + Math.floor(Math.random() * 1e9)}`
    return [epoch, last, candidate]
  }
}

/** Somebody has added an entry after which none of ours has a place: ids are exact up to 2^53, see `core/frame-id.ts`. */
function tooHigh(key: Buffer): Error {
  return new Error(
    `${key} in Redis has an id that is too high: delete that entry, and lower the last id (XDEL, XSETID)`,
  )
}

/** Redis ends what waits when it becomes a replica, and when somebody says so: it is asked again. */
function unblocked(error: unknown): null {
  if (error instanceof RedisFailure && error.code === 'UNBLOCKED') return null
  throw error
}

function acknowledgedEvent([entries, acknowledged]: ReturnType<typeof listOf>): LoggedEvent | undefined {
  const [entry] = entriesOf(entries)
  return entry && eventOf(entry, acknowledged === null ? undefined : textOf(acknowledged))
}

function idOf(text: string): EventId | undefined {
  return isFrameId(text) ? text : undefined
}

/** How many entries one script reads: each takes about 2 µs, and Redis does nothing else meanwhile. */
const INDEX_PART = 200
const EVENTS_PART = 100
const READ_PART = 500

/** How long Redis waits for something new before it answers that there is nothing, ms. */
const BLOCK_MS = 500
/** After which silence the connection is taken for dead, ms. */
const READ_TIMEOUT_MS = 1500

/** For how long it is known which events of a run are in the log, s. */
const RECEIPT_S = 30 * 86_400
