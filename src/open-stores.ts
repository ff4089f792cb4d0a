import { join } from 'node:path'
import type { Config } from './config/all-settings.ts'
import type { Clock } from './core/clock.ts'
import { openSqlite } from './store/sql/sqlite.ts'
import { type Stores, storesIn } from './store/sql/stores.ts'

/** The path of an installation's SQLite database. */
export function databaseFile({ data_dir }: Pick<Config, 'data_dir'>): string {
  return join(data_dir, 'belvedere.db')
}

/**
 * Opens the persistent stores (SQLite in `data_dir`), for the server and for the command line.
 * @throws DatabaseError when the database cannot be opened
 */
export async function openStores(config: Pick<Config, 'data_dir'>, clock: Clock): Promise<Stores> {
  return storesIn(await openSqlite(databaseFile(config), clock))
}
