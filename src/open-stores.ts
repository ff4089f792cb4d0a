import { join } from 'node:path'
import type { Config } from './config/all-settings.ts'
import type { Clock } from './core/clock.ts'
import { openSqlite } from './store/sql/sqlite.ts'
import { type Stores, storesIn } from './store/sql/stores.ts'

/** The database of an installation. */
export function databaseFile({ data_dir }: Pick<Config, 'data_dir'>): string {
  return join(data_dir, 'belvedere.db')
}

/**
 * Opens all that outlives the process, where the settings say: for the server, and for the command line beside it.
 * @throws DatabaseError when the database cannot be opened
 */
export async function openStores(config: Pick<Config, 'data_dir'>, clock: Clock): Promise<Stores> {
  return storesIn(await openSqlite(databaseFile(config), clock))
}
