import type { SelectQueryBuilder } from 'kysely'
import type { AuditEntry, AuditQuery, AuditStore, StoredAuditEntry } from '../../core/audit-store.ts'
import type { Database } from './database.ts'
import { auditEntryOf } from './row-mapping.ts'
import type { Int64, Tables } from './tables.ts'

/** The audit trail in a SQL database. */
export class SqlAuditStore implements AuditStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async addEntries(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return
    await this.#database.queries.transaction().execute(async (queries) => {
      // In batches: SQLite allows 32,766 values in one statement, PostgreSQL 65,535.
      for (let at = 0; at < entries.length; at += BATCH_SIZE)
        await queries
          .insertInto('audit')
          .values(entries.slice(at, at + BATCH_SIZE))
          .execute()
    })
  }

  async entries({ before, limit, who, action }: AuditQuery): Promise<StoredAuditEntry[]> {
    let query = this.#database.queries.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(limit)
    if (before !== undefined) query = query.where('id', '<', before)
    if (who !== undefined) query = query.where('who', '=', who)
    if (action !== undefined) query = query.where('action', '=', action)
    const rows = await query.execute()
    return rows.map(auditEntryOf)
  }

  async forget({ before, maxRefused }: { before: number; maxRefused: number }): Promise<void> {
    const ids = this.#database.queries.selectFrom('audit').select('id')
    await this.#deleteAll(ids.where('at', '<', before))
    // Each outcome by itself, so that the index on both columns serves: the whole trail is not read.
    const refused = ids.where('outcome', '=', 'refused')
    const failed = ids.where('outcome', '=', 'failed')
    const id = await this.#idAt(refused, failed, maxRefused)
    if (id === undefined) return
    for (const each of [refused, failed]) await this.#deleteAll(each.where('id', '<=', id))
  }

  /**
   * The id at a position (from 0) of both together, the highest first; undefined if there are fewer. In steps, since a
   * query blocks the event loop.
   */
  async #idAt(one: Ids, other: Ids, position: number): Promise<Int64 | undefined> {
    let id: Int64 | undefined
    let left = position
    do {
      const step = Math.min(left, BATCH_SIZE)
      const both =
        id === undefined ? one.unionAll(other) : one.where('id', '<=', id).unionAll(other.where('id', '<=', id))
      const found = await both.orderBy('id', 'desc').offset(step).limit(1).executeTakeFirst()
      if (!found) return undefined
      id = found.id
      left -= step
      await nextTurn()
    } while (left > 0)
    return id
  }

  /** Deletes in batches, for the same reason. */
  async #deleteAll(ids: Ids): Promise<void> {
    for (;;) {
      const some = await ids.limit(BATCH_SIZE).execute()
      if (some.length === 0) return
      const condition = some.map(({ id }) => id)
      await this.#database.queries.deleteFrom('audit').where('id', 'in', condition).execute()
      await nextTurn()
    }
  }
}

type Ids = SelectQueryBuilder<Tables, 'audit', { id: Int64 }>

const BATCH_SIZE = 1000

/** Lets the event loop go on. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
