import type { AuditEntry, AuditQuery, AuditStore, KeptAuditEntry } from '../../core/accounts.ts'
import type { Database } from './database.ts'

/** The audit trail in a database. */
export class SqlAuditStore implements AuditStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async addEntries(entries: readonly AuditEntry[]): Promise<void> {
    // In parts: SQLite takes 32,766 values in one statement.
    for (let at = 0; at < entries.length; at += MOST_ROWS)
      await this.#database.queries
        .insertInto('audit')
        .values(entries.slice(at, at + MOST_ROWS))
        .execute()
  }

  async entries({ before, limit, who, action }: AuditQuery): Promise<KeptAuditEntry[]> {
    let query = this.#database.queries.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(limit)
    if (before !== undefined) query = query.where('id', '<', before)
    if (who !== undefined) query = query.where('who', '=', who)
    if (action !== undefined) query = query.where('action', '=', action)
    const rows = await query.execute()
    return rows.map(({ outcome, ...row }) => ({ ...row, outcome: outcome as AuditEntry['outcome'] }))
  }

  async forgetBefore(at: number): Promise<void> {
    await this.#database.queries.deleteFrom('audit').where('at', '<', at).execute()
  }
}

const MOST_ROWS = 1000
