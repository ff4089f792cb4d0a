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
    // In batches: SQLite allows 32,766 values in one statement, PostgreSQL 65,535.
    for (let at = 0; at < entries.length; at += BATCH_SIZE)
      await this.#database.queries
        .insertInto('audit')
        .values(entries.slice(at, at + BATCH_SIZE))
        .execute()
  }

  async entries({ before, limit, who, action }: AuditQuery): Promise<StoredAuditEntry[]> {
    let query = this.#database.queries.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(limit)
    if (before !== undefined) query = query.where('id', '<', before)
    if (who !== undefined) query = query.where('who', '=', who)
    if (action !== undefined) query = query.where('action', '=', action)
    const rows = await query.execute()
    return rows.map(auditEntryOf)
  }

  async forget({ before, mostBad }: { before: number; mostBad: number }): Promise<void> {
    const { queries } = this.#database
    await this.#deleteAll(queries.selectFrom('audit').select('id').where('at', '<', before))
    const bad = queries.selectFrom('audit').select('id').where('outcome', '!=', 'ok')
    const { id } = (await bad.orderBy('id', 'desc').offset(mostBad).limit(1).executeTakeFirst()) ?? {}
    if (id !== undefined) await this.#deleteAll(bad.where('id', '<=', id))
  }

  /** Deletes in batches and yields between them, since a query to SQLite blocks the event loop. */
  async #deleteAll(ids: SelectQueryBuilder<Tables, 'audit', { id: Int64 }>): Promise<void> {
    for (;;) {
      const some = await ids.limit(BATCH_SIZE).execute()
      if (some.length === 0) return
      const condition = some.map(({ id }) => id)
      await this.#database.queries.deleteFrom('audit').where('id', 'in', condition).execute()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

const BATCH_SIZE = 1000
