import type { Transaction } from 'kysely'
import type { InstrumentSettings } from '../../core/instrument.ts'
import type { InstrumentStore } from '../../core/instrument-store.ts'
import type { Database } from './database.ts'
import type { Tables } from './tables.ts'

/** The instruments that were added while the server ran, in a SQL database. */
export class SqlInstrumentStore implements InstrumentStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async list(): Promise<InstrumentSettings[]> {
    const rows = await this.#database.queries.selectFrom('instruments').select('json').orderBy('id').execute()
    return rows.map(({ json }) => JSON.parse(json))
  }

  async add(instrument: InstrumentSettings, check: () => void): Promise<boolean> {
    return this.#write(check, async (queries) => {
      const row = await queries
        .insertInto('instruments')
        .values({ name: instrument.name, json: JSON.stringify(instrument) })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    })
  }

  async remove(name: string, check: () => void): Promise<boolean> {
    return this.#write(check, async (queries) => {
      const { numDeletedRows } = await queries.deleteFrom('instruments').where('name', '=', name).executeTakeFirst()
      return numDeletedRows > 0n
    })
  }

  /** Writes in one transaction, once it has the lock and the check has passed. */
  #write<Result>(check: () => void, write: (queries: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    return this.#database.queries.transaction().execute(async (queries) => {
      check()
      return write(queries)
    })
  }
}
