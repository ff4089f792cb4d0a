import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type SpooledEvent, weightOfEvent } from '../../core/event.ts'
import type { SpoolLimits, SpoolRow } from './event-spool.ts'

/**
 * A spool of events in a SQLite file. All of it is synchronous: it belongs into a worker thread (`spool-worker.ts`), since a
 * commit waits for the disk (`synchronous = full`). Several processes may have it open.
 */
export class SpoolFile {
  readonly #sqlite: DatabaseSync
  readonly #limits: SpoolLimits

  /** @throws Error when the file cannot be opened or written */
  constructor(path: string, limits: SpoolLimits) {
    this.#limits = limits
    if (path !== IN_MEMORY) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    this.#sqlite = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS })
    try {
      if (path !== IN_MEMORY) chmodSync(path, 0o600)
      this.#sqlite.exec(
        `pragma journal_mode = wal; pragma synchronous = full;
        create table if not exists spooled_events
          (place integer primary key autoincrement, publisher text, weight integer not null, event text not null);
        create index if not exists spooled_by_publisher on spooled_events (publisher, weight)`,
      )
    } catch (error) {
      this.#sqlite.close()
      throw error
    }
  }

  /** As in `EventSpool`. */
  add(events: readonly SpooledEvent[]): boolean[] {
    return this.#write(() => {
      const { size, bytes } = this.#limits
      const insert = this.#sqlite.prepare('insert into spooled_events (publisher, weight, event) values (?, ?, ?)')
      const all = this.#used()
      const byPublisher = new Map<string, Used>()
      return events.map((event) => {
        const { publisher } = event
        const weight = weightOfEvent(event)
        const own = publisher === undefined ? undefined : (byPublisher.get(publisher) ?? this.#used(publisher))
        if (publisher !== undefined && own) byPublisher.set(publisher, own)
        const hasRoom = all.size < size && all.bytes + weight <= bytes
        if (!hasRoom || (own && (own.size + 1 > size / 2 || own.bytes + weight > bytes / 2))) return false
        insert.run(publisher ?? null, weight, JSON.stringify(event))
        for (const used of own ? [all, own] : [all]) {
          used.size++
          used.bytes += weight
        }
        return true
      })
    })
  }

  /** How much is in it. @param publisher only of that one */
  #used(publisher?: string): Used {
    const select = 'select count(*) as size, total(weight) as bytes from spooled_events'
    const row =
      publisher === undefined
        ? this.#sqlite.prepare(select).get()
        : this.#sqlite.prepare(`${select} where publisher = ?`).get(publisher)
    return { size: Number(row?.size), bytes: Number(row?.bytes) }
  }

  /** As in `EventSpool`. */
  oldest(most: number): SpoolRow[] {
    const rows: SpoolRow[] = []
    let bytes = 0
    const select = this.#sqlite.prepare('select place, weight, event from spooled_events order by place limit ?')
    for (const { place, weight, event } of select.iterate(most)) {
      bytes += Number(weight)
      if (rows.length > 0 && bytes > READ_BYTES) break
      rows.push({ place: Number(place), event: JSON.parse(String(event)) })
    }
    return rows
  }

  /** As in `EventSpool`. */
  remove(places: readonly number[]): void {
    this.#write(() => {
      const remove = this.#sqlite.prepare('delete from spooled_events where place = ?')
      for (const place of places) remove.run(place)
    })
  }

  close(): void {
    this.#sqlite.close()
  }

  #write<Result>(change: () => Result): Result {
    this.#sqlite.exec('begin immediate')
    try {
      const result = change()
      this.#sqlite.exec('commit')
      return result
    } catch (error) {
      // After some errors (a full disk) SQLite has rolled back already.
      if (this.#sqlite.isTransaction) this.#sqlite.exec('rollback')
      throw error
    }
  }
}

interface Used {
  size: number
  bytes: number
}

const IN_MEMORY = ':memory:'
/** How much is read at once, in bytes. */
const READ_BYTES = 1_000_000
/** How long to wait for another process that writes, ms. */
const LOCK_TIMEOUT_MS = 5000
