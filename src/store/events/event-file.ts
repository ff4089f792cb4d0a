import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Acknowledgement, EventId, LoggedEvent } from '../../core/event.ts'
import type { EventPage, EventQuery } from '../../core/event-store.ts'
import { isAfter, nextFrameId } from '../../core/frame-id.ts'
import type { HistoryLimits, OpenedHistory, OpenHistory } from './event-history.ts'
import { EventIndex } from './event-index.ts'
import {
  type FiledEvent,
  filedEvent,
  INDEXED,
  idOf,
  insertEvent,
  isDamage,
  loadEvent,
  type Statements,
  statements,
} from './event-rows.ts'
import { prepareTables } from './event-tables.ts'
import { ALL_KINDS, type EvictedEntry, MOST_KINDS } from './evicted-events.ts'

/**
 * The history of events in a SQLite file of its own. All of it is synchronous: it belongs into a worker thread
 * (`event-worker.ts`), since a commit waits for the disk (`synchronous = full`). An index in memory decides who gets
 * which events, so that rights and paging are the same code as everywhere; the file holds the rest.
 */
export class EventFile {
  readonly #sqlite: DatabaseSync
  readonly #statements: Statements
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
      return { file, opened: file.#opened }
    } catch (error) {
      if (!isDamage(error)) throw error
      const damaged = moveAside(how)
      const file = new EventFile(how)
      return { file, opened: { ...file.#opened, damaged } }
    }
  }

  private constructor(how: OpenHistory) {
    const { path, limits, now, last } = how
    if (path !== IN_MEMORY) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    this.#age = limits.age
    this.#sqlite = new DatabaseSync(path, { timeout: OPEN_TIMEOUT_MS })
    try {
      if (path !== IN_MEMORY) chmodSync(path, 0o600)
      // Exclusive: two processes would give the same ids, and not see each other's events.
      this.#sqlite.exec(
        'pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full; begin immediate',
      )
      const begin = last === undefined ? nextFrameId(undefined, now) : nextFrameId(last, 0)
      const { epoch, isOpen } = prepareTables(this.#sqlite, begin)
      this.#statements = statements(this.#sqlite)
      this.#sqlite.exec('commit')
      this.#index = this.#readIndex(epoch, limits)
      this.#beginRun(how, isOpen)
    } catch (error) {
      this.#sqlite.close()
      throw error
    }
  }

  /** As in `EventHistory`. */
  append(events: readonly LoggedEvent[], lost: readonly EvictedEntry[] = []): void {
    // A commit that came too late for those who waited for it may have stored some.
    const missing = events.filter(({ id }) => isAfter(id, this.#index.last))
    let place = this.#place
    const added: ReturnType<typeof insertEvent>[] = []
    this.#write(() => {
      for (const event of missing) added.push(insertEvent(this.#statements, event, ++place))
      for (const [kind, id] of lost) this.#statements.evict.run(kind, id)
    })
    this.#place = place
    for (const { event, weight } of added) this.#drop(this.#index.add(event, weight))
    for (const [kind, id] of lost) this.#index.restore(kind, id)
  }

  /** As in `EventStore`. */
  read(query: EventQuery): EventPage {
    const page = this.#index.page(query)
    return { ...page, events: page.events.map((event) => loadEvent(this.#statements, event)) }
  }

  /** As in `EventHistory`. */
  find(id: EventId): LoggedEvent | undefined {
    const event = this.#index.find(id)
    return event && loadEvent(this.#statements, event)
  }

  /** As in `EventStore`. */
  acknowledge(id: EventId, { by, at }: Acknowledgement): LoggedEvent | undefined {
    const event = this.#index.find(id)
    if (!event) return undefined
    this.#write(() => this.#statements.acknowledge.run(by ?? null, at, event.place))
    return loadEvent(this.#statements, event)
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

  /** Closes the file, as in `EventHistory`. What could not be deleted before is dropped again when it is opened. */
  close(isComplete = false): void {
    try {
      if (isComplete) this.#write(() => this.#statements.close.run())
      else if (this.#dropped.length > 0) this.#write(() => {})
    } catch {
      // The disk is full.
    }
    this.#sqlite.close()
  }

  get #opened(): OpenedHistory {
    const { epoch, last, isEmpty } = this.#index
    return { epoch, last, isEmpty }
  }

  #readIndex(epoch: EventId, { size, bytes }: HistoryLimits): EventIndex<FiledEvent> {
    const index = new EventIndex<FiledEvent>({ size, bytes }, epoch)
    for (const row of this.#sqlite.prepare(`select ${INDEXED} from events order by place`).iterate()) {
      const event = filedEvent(row)
      this.#place = event.place
      this.#drop(index.add(event, Number(row.weight)))
    }
    for (const { kind, id } of this.#sqlite.prepare('select kind, id from evicted').iterate())
      index.restore(String(kind), idOf(id))
    for (const row of this.#sqlite.prepare('select epoch, last from earlier_epochs order by rowid').iterate())
      index.addEarlier(idOf(row.epoch), idOf(row.last))
    return index
  }

  /**
   * Begins the run of a process, or goes on with it. If the run before has not ended as it should, those who followed it
   * may have events that were never stored, with ids that are given again where the clock was set back. So another epoch
   * begins: places of the one before are known as far as it was stored. What was lost nobody knows: whoever stands before
   * it may miss some.
   */
  #beginRun({ now, epoch, hasLost }: OpenHistory, isOpen: boolean): void {
    const index = this.#index
    const isSameRun = epoch === index.epoch
    this.#write(() => {
      const { open, keepEpoch, beginEpoch, forgetEpochs, evict } = this.#statements
      open.run(now)
      if (isSameRun || !(isOpen || hasLost)) return
      keepEpoch.run(index.epoch, index.last)
      forgetEpochs.run(MOST_EPOCHS)
      index.beginEpoch()
      beginEpoch.run(index.epoch)
      if (!hasLost) return
      evict.run(ALL_KINDS, index.epoch)
      index.restore(ALL_KINDS, index.epoch)
    })
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
}

/** Moves a damaged file away, and what belongs to it. @returns where to */
function moveAside({ path, now }: OpenHistory): string {
  const aside = `${path}.damaged-${new Date(now).toISOString().replaceAll(':', '-')}`
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
  return aside
}

const IN_MEMORY = ':memory:'
const OPEN_TIMEOUT_MS = 5000
/** How many epochs are remembered; who stands in an older one is told of a gap. */
const MOST_EPOCHS = 100
