import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { messageOf } from '../../core/errors.ts'
import { type Acknowledgement, type EventId, type LoggedEvent, PRIORITIES, weightOfEvent } from '../../core/event.ts'
import type { EventPage, EventQuery } from '../../core/event-store.ts'
import { isFrameId, nextFrameId } from '../../core/frame-id.ts'
import type { Json } from '../../core/json.ts'
import type { IndexedEvent } from './event-buffer.ts'
import type { HistoryLimits, OpenedHistory, OpenHistory } from './event-history.ts'
import { EventIndex } from './event-index.ts'
import { MOST_KINDS } from './evicted-events.ts'

/** An event in the index: the rest of it is read from the file when it is asked for. */
interface FiledEvent extends IndexedEvent {
  /** The primary key of its row; ascending, as the ids are. */
  readonly place: number
}

/**
 * The history of events in a SQLite file of its own. All of it is synchronous: it belongs into a worker thread
 * (`event-worker.ts`), since a commit waits for the disk (`synchronous = full`). An index in memory decides who gets
 * which events, so that rights and paging are the same code as everywhere; the file holds the rest.
 */
export class EventFile {
  readonly #sqlite: DatabaseSync
  readonly #statements: ReturnType<typeof statements>
  readonly #index: EventIndex<FiledEvent>
  readonly #age: number
  #place = 0
  /** Rows of events that are no longer in the index, deleted with the next transaction. */
  #dropped: FiledEvent[] = []

  /**
   * Opens the file, creates it if needed, and reads its index. A damaged file is moved aside, and a new history begins.
   * Waits up to 5 s for another process that still has the file.
   * @throws Error when the file cannot be opened or written, or belongs to another process or a later version
   */
  static open(how: OpenHistory): { file: EventFile; opened: OpenedHistory } {
    try {
      const file = new EventFile(how)
      return { file, opened: { epoch: file.#index.epoch, last: file.#index.last } }
    } catch (error) {
      if (!isDamage(error)) throw error
      const damaged = moveAside(how)
      const file = new EventFile(how)
      return { file, opened: { epoch: file.#index.epoch, last: file.#index.last, damaged } }
    }
  }

  private constructor({ path, limits, now, last }: OpenHistory) {
    if (path !== IN_MEMORY) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    this.#age = limits.age
    this.#sqlite = new DatabaseSync(path, { timeout: OPEN_TIMEOUT_MS })
    try {
      if (path !== IN_MEMORY) chmodSync(path, 0o600)
      // Exclusive: two processes would give the same ids, and not see each other's events.
      this.#sqlite.exec(
        'pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full; begin immediate',
      )
      const epoch = this.#prepare(nextFrameId(last, now))
      this.#statements = statements(this.#sqlite)
      this.#statements.check.run(now)
      this.#sqlite.exec('commit')
      this.#index = this.#readIndex(epoch, limits)
      this.expire(now)
    } catch (error) {
      this.#sqlite.close()
      throw error
    }
  }

  /** As in `EventHistory`. */
  append(events: readonly LoggedEvent[]): void {
    const { insert } = this.#statements
    let place = this.#place
    const added: { event: FiledEvent; weight: number }[] = []
    this.#write(() => {
      for (const event of events) {
        place++
        const { id, timestamp, type, source, priority, label, key, needs, publisher } = event
        const data = JSON.stringify(event.data)
        const weight = weightOfEvent(event)
        const level = PRIORITIES.indexOf(priority)
        insert.run(
          ...[place, id, timestamp, type, source, level],
          ...[label ?? null, key ?? null, needs ?? null, publisher ?? null, data, weight],
        )
        added.push({ event: { place, id, timestamp, type, priority, label, key, needs, publisher }, weight })
      }
    })
    this.#place = place
    for (const { event, weight } of added) this.#drop(this.#index.add(event, weight))
  }

  /** As in `EventStore`. */
  read(query: EventQuery): EventPage {
    const page = this.#index.page(query)
    return { ...page, events: page.events.map((event) => this.#load(event)) }
  }

  /** As in `EventHistory`. */
  find(id: EventId): LoggedEvent | undefined {
    const event = this.#index.find(id)
    return event && this.#load(event)
  }

  /** As in `EventStore`. */
  acknowledge(id: EventId, { by, at }: Acknowledgement): LoggedEvent | undefined {
    const event = this.#index.find(id)
    if (!event) return undefined
    this.#write(() => this.#statements.acknowledge.run(by ?? null, at, event.place))
    return this.#load(event)
  }

  /** As in `EventHistory`. */
  check(now: number): void {
    this.#write(() => this.#statements.check.run(now))
  }

  /** As in `EventHistory`. */
  expire(now: number): void {
    this.#drop(this.#index.dropBefore(now - this.#age))
    if (this.#dropped.length > 0) this.#write(() => {})
  }

  /** Closes the file. What could not be deleted before is dropped again when it is opened. */
  close(): void {
    try {
      if (this.#dropped.length > 0) this.#write(() => {})
    } finally {
      this.#sqlite.close()
    }
  }

  /** Makes the tables, in the transaction that is open. @returns the history's epoch: that of the file if it has one */
  #prepare(epoch: EventId): EventId {
    const version = Number(this.#sqlite.prepare('pragma user_version').get()?.user_version)
    if (version > VERSION) throw new Error('a later version of Belvedere has made it')
    if (version === 0) {
      this.#sqlite.exec(SCHEMA)
      this.#sqlite.prepare('insert into history (epoch) values (?)').run(epoch)
    }
    const found = this.#sqlite.prepare('select epoch from history').get()?.epoch
    if (typeof found !== 'string' || !isFrameId(found)) throw new DamageError('the history has no epoch')
    return found
  }

  #readIndex(epoch: EventId, { size, bytes }: HistoryLimits): EventIndex<FiledEvent> {
    const index = new EventIndex<FiledEvent>({ size, bytes }, epoch)
    for (const { kind, id } of this.#sqlite.prepare('select kind, id from evicted').iterate())
      index.evicted.restore(String(kind), idOf(id))
    for (const row of this.#sqlite.prepare(`select ${INDEXED} from events order by place`).iterate()) {
      const event = filedEvent(row)
      this.#place = event.place
      this.#drop(index.add(event, Number(row.weight)))
    }
    return index
  }

  #drop(events: readonly FiledEvent[]): void {
    this.#dropped.push(...events)
  }

  /** Makes changes in one transaction, and deletes what was dropped before. */
  #write(change: () => void): void {
    this.#sqlite.exec('begin immediate')
    try {
      this.#deleteDropped()
      change()
      this.#sqlite.exec('commit')
    } catch (error) {
      // After some errors (a full disk) SQLite has rolled back already.
      if (this.#sqlite.isTransaction) this.#sqlite.exec('rollback')
      throw error
    }
    this.#dropped = []
  }

  #deleteDropped(): void {
    if (this.#dropped.length === 0) return
    const { remove, evict, forget, kinds } = this.#statements
    const { evicted } = this.#index
    const entries = new Map<string, EventId>()
    for (const event of this.#dropped) {
      remove.run(event.place)
      const entry = evicted.entryOf(event)
      if (entry) entries.set(entry[0], entry[1])
    }
    // Streams and labels that are no longer tracked by themselves have left their rows.
    const isTooMany = Number(kinds.get()?.count) > 2 * MOST_KINDS
    if (isTooMany) forget.run()
    for (const [kind, id] of isTooMany ? evicted.entries() : entries) evict.run(kind, id)
  }

  #load(event: FiledEvent): LoggedEvent {
    const row = this.#statements.load.get(event.place)
    if (!row) throw new DamageError(`the event ${event.id} is not where it was stored`)
    const { place: _, ...indexed } = event
    const { acknowledged_by: by, acknowledged_at: at } = row
    return {
      ...indexed,
      source: String(row.source),
      data: parsed(row.data),
      ...(at !== null && { acknowledged: { by: by === null ? undefined : String(by), at: Number(at) } }),
    }
  }
}

/** Whether an error says that the file is damaged, and not only that it cannot be used now. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamageError) return true
  // SQLITE_CORRUPT and SQLITE_NOTADB, https://sqlite.org/rescode.html
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
  return code === 11 || code === 26
}

/** The file does not hold what it should. */
class DamageError extends Error {}

/** Moves a damaged file away, and what belongs to it. @returns where to */
function moveAside({ path, now }: OpenHistory): string {
  const aside = `${path}.damaged-${new Date(now).toISOString().replaceAll(':', '-')}`
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
  return aside
}

function statements(
  sqlite: DatabaseSync,
): Record<'insert' | 'load' | 'remove' | 'acknowledge' | 'evict' | 'forget' | 'kinds' | 'check', StatementSync> {
  return {
    insert: sqlite.prepare(
      `insert into events (${INDEXED_BEFORE_WEIGHT}, data, weight) values (?,?,?,?,?,?,?,?,?,?,?,?)`,
    ),
    load: sqlite.prepare('select source, data, acknowledged_by, acknowledged_at from events where place = ?'),
    remove: sqlite.prepare('delete from events where place = ?'),
    acknowledge: sqlite.prepare(
      'update events set acknowledged_by = ?, acknowledged_at = ? where place = ? and acknowledged_at is null',
    ),
    evict: sqlite.prepare('insert or replace into evicted (kind, id) values (?, ?)'),
    forget: sqlite.prepare('delete from evicted'),
    check: sqlite.prepare('update history set checked_at = ?'),
    kinds: sqlite.prepare('select count(*) as count from evicted'),
  }
}

function filedEvent(row: Record<string, unknown>): FiledEvent {
  const priority = PRIORITIES[Number(row.priority)]
  if (priority === undefined) throw new DamageError('an event has no priority')
  const text = (value: unknown) => (value === null ? undefined : String(value))
  const needs = text(row.needs)
  return {
    place: Number(row.place),
    id: idOf(row.id),
    timestamp: Number(row.timestamp),
    type: String(row.type),
    priority,
    label: text(row.label),
    key: text(row.key),
    // What is not known is for admins only.
    needs: needs === undefined || needs === 'view' ? needs : 'administer',
    publisher: text(row.publisher),
  }
}

function idOf(value: unknown): EventId {
  if (typeof value === 'string' && isFrameId(value)) return value
  throw new DamageError('an event has no id')
}

function parsed(value: unknown): Json {
  try {
    return JSON.parse(String(value))
  } catch (error) {
    throw new DamageError(`an event's data is not JSON: ${messageOf(error)}`)
  }
}

const IN_MEMORY = ':memory:'
const OPEN_TIMEOUT_MS = 5000

const VERSION = 1

const INDEXED_BEFORE_WEIGHT = 'place, id, timestamp, type, source, priority, label, key, needs, publisher'
const INDEXED = 'place, id, timestamp, type, priority, label, key, needs, publisher, weight'

/* Times are ms since 1970; `priority` is the position in PRIORITIES, `data` JSON, `weight` that of `weightOfEvent`. */
const SCHEMA = `
create table history (epoch text not null, checked_at integer);
create table events (
  place integer primary key,
  id text not null,
  timestamp integer not null,
  type text not null,
  source text not null,
  priority integer not null,
  label text,
  key text,
  needs text,
  publisher text,
  data text not null,
  weight integer not null,
  acknowledged_by text,
  acknowledged_at integer
);
create table evicted (kind text primary key, id text not null);
pragma user_version = ${VERSION};
`
