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
 * Opens a database file, makes it if there is none, and brings its tables up to date. Only its owner can read it: it
 * holds the secrets that tokens are signed with.
 * @param path of the file, or ":memory:"
 * @throws DatabaseError when the file cannot be opened or written, is no database, or was made by a later version
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
  const sqlite = new DatabaseSync(path, { timeout: OPENING_MS })
  const queries = new Kysely<Tables>({ dialect: new SqliteDialect({ database: shim(sqlite) }) })
  try {
    if (path !== IN_MEMORY) chmodSync(path, 0o600)
    // Readers and a writer do not wait for each other; a crash of the machine may lose the last moments, nothing else.
    sqlite.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on')
    // As a whole or not at all, and one after another: of two processes that make the file, one has to wait.
    sqlite.exec('begin immediate')
    await migrate(queries, 'sqlite')
    sqlite.exec('commit')
  } catch (error) {
    sqlite.close()
    throw error
  }
  sqlite.exec(`pragma busy_timeout = ${BUSY_MS}`)
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

/** How long to wait for another process that is writing, while the database is opened and its tables are made, ms. */
const OPENING_MS = 5000

/** The same later on: nothing else happens meanwhile, and pictures are waiting. */
const BUSY_MS = 100

/** Node's SQLite as Kysely's dialect knows such a library. */
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

/** What Node would bind as NULL without a word, or not at all, is a mistake of ours. */
function checked(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  throw new TypeError(`a database column cannot hold ${value === undefined ? 'undefined' : typeof value}`)
}
