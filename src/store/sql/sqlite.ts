import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely'
import type { Clock } from '../../core/clock.ts'
import { type Database, DatabaseError } from './database.ts'
import { migrate } from './migrations.ts'
import { SqliteChangeFeed } from './sqlite-change-feed.ts'
import type { Tables } from './tables.ts'

/**
 * Opens a SQLite database file, creates it if needed, and runs pending migrations. Readable by its owner only, since it
 * contains the secrets that tokens are signed with.
 * @param path of the file, or ":memory:"
 * @throws DatabaseError when the file cannot be opened or written, is not a database, or was created by a later version
 */
export async function openSqlite(path: string, clock: Clock): Promise<Database> {
  try {
    return await open(path, clock)
  } catch (error) {
    throw DatabaseError.of(path, error)
  }
}

async function open(path: string, clock: Clock): Promise<Database> {
  if (path !== IN_MEMORY) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const sqlite = new DatabaseSync(path, { timeout: OPEN_TIMEOUT_MS })
  const queries = new Kysely<Tables>({ dialect: new SqliteDialect({ database: shim(sqlite) }) })
  try {
    if (path !== IN_MEMORY) chmodSync(path, 0o600)
    // WAL: readers and a writer do not block each other. A power failure may lose the last transactions, nothing else.
    sqlite.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on')
    // In one transaction with a write lock: of two processes that create the file, one waits.
    sqlite.exec('begin immediate')
    await migrate(queries, 'sqlite')
    sqlite.exec('commit')
  } catch (error) {
    sqlite.close()
    throw error
  }
  sqlite.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`)
  const version = sqlite.prepare('pragma data_version')
  const changes = new SqliteChangeFeed(() => Number(version.get()?.data_version), clock)
  return {
    queries,
    changes,
    async close() {
      changes.close()
      await queries.destroy()
    },
  }
}

const IN_MEMORY = ':memory:'

/** How long to wait for a lock while the database is opened and migrated, ms. */
const OPEN_TIMEOUT_MS = 5000

/** The same afterwards, ms: shorter, since waiting blocks the event loop, and with it the frames. */
const BUSY_TIMEOUT_MS = 100

/** Adapts `node:sqlite` to the interface that Kysely's dialect expects. */
function shim(sqlite: DatabaseSync): SqliteDatabase {
  return {
    close: () => sqlite.close(),
    prepare(sql) {
      const statement = sqlite.prepare(sql)
      return {
        reader: statement.columns().length > 0,
        all: (values) => statement.all(...values.map(checked)),
        run: (values) => statement.run(...values.map(checked)),
        iterate: (values) => statement.iterate(...values.map(checked)),
      }
    },
  }
}

/** Rejects values that Node would silently bind as NULL, or not at all: they are programming errors. */
function checked(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  throw new TypeError(`a database column cannot hold ${value === undefined ? 'undefined' : typeof value}`)
}
