import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import type { Clock } from '../../core/clock.ts'
import { Refusal } from '../../core/errors.ts'
import type { StoreHealth } from '../../core/store-health.ts'
import { CameraVault } from '../camera-vault.ts'
import { type Database, DatabaseError } from './database.ts'
import { DatabaseFiles } from './database-files.ts'
import { migrate } from './migrations.ts'
import { SqliteChangeFeed } from './sqlite-change-feed.ts'
import { nodeSqliteDialect } from './sqlite-dialect.ts'
import type { Tables } from './tables.ts'

/**
 * Opens a SQLite database file, creates it if needed, and runs pending migrations. Readable by its owner only, since it
 * contains the secrets that tokens are signed with.
 * @param path of the file, or ":memory:"
 * @param vault encrypts what is stored of cameras; default: without a key, so that cameras can be neither read nor stored
 * @throws DatabaseError when the file cannot be opened or written, is not a database, or was created by a later version
 */
export async function openSqlite(path: string, clock: Clock, vault = KEYLESS): Promise<Database> {
  try {
    return await open(path, clock, vault)
  } catch (error) {
    throw DatabaseError.of(path, error)
  }
}

const KEYLESS = new CameraVault({
  read: () => [],
  readOrMake() {
    throw new Refusal('unavailable', 'There is no key to encrypt it with.')
  },
})

async function open(path: string, clock: Clock, vault: CameraVault): Promise<Database> {
  if (path !== IN_MEMORY) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const sqlite = new DatabaseSync(path, { timeout: OPEN_TIMEOUT_MS })
  let files: DatabaseFiles | undefined
  const health = (): StoreHealth => files?.health() ?? { isHealthy: true }
  const checkWritable = () => {
    const found = health()
    if (!found.isHealthy) throw new Refusal('unavailable', found.reason)
  }
  let patience = PATIENCE_MS
  const dialect = nodeSqliteDialect(sqlite, { checkWritable, patience: () => patience })
  const queries = new Kysely<Tables>({ dialect })
  try {
    if (path !== IN_MEMORY) chmodSync(path, 0o600)
    // WAL: readers and a writer do not block each other. A power failure may lose the last transactions, nothing else.
    sqlite.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on')
    // What is deleted, such as the password of a camera, is overwritten.
    sqlite.exec('pragma secure_delete = on')
    // In one transaction with a write lock: of two processes that create the file, one waits.
    sqlite.exec('begin immediate')
    if (isEmpty(sqlite)) sqlite.exec(`pragma user_version = ${ERASED}`)
    await migrate(queries, 'sqlite', vault)
    sqlite.exec('commit')
    eraseDeleted(sqlite)
    // From here on the driver waits, without blocking the event loop.
    sqlite.exec('pragma busy_timeout = 0')
    if (path !== IN_MEMORY) files = new DatabaseFiles(path)
  } catch (error) {
    sqlite.close()
    throw error
  }
  const version = sqlite.prepare('pragma data_version')
  const changes = new SqliteChangeFeed(() => Number(version.get()?.data_version), clock)
  return {
    queries,
    vault,
    changes,
    health,
    hurry() {
      patience = LAST_PATIENCE_MS
    },
    async close() {
      changes.close()
      await queries.destroy()
    },
  }
}

function isEmpty(sqlite: DatabaseSync): boolean {
  return sqlite.prepare('select 1 from sqlite_schema limit 1').get() === undefined
}

/**
 * Erases, once, what earlier versions have deleted without overwriting it: passwords of cameras were in the clear. Kept out
 * of the migration, as it cannot be done in a transaction; where it is not done to its end it is at the next start.
 */
function eraseDeleted(sqlite: DatabaseSync): void {
  const found = sqlite.prepare('pragma user_version').get()
  if (Number(found?.user_version) >= ERASED) return
  try {
    sqlite.exec('vacuum; pragma wal_checkpoint(truncate)')
    sqlite.exec(`pragma user_version = ${ERASED}`)
  } catch {
    // Another process has the file open, or the disk has no room for a copy: the next start tries again.
  }
}

/** The `user_version` of a database file that holds nothing but what is in its tables. */
const ERASED = 1

const IN_MEMORY = ':memory:'

/** How long to wait, blocking, for a lock while the database is opened and migrated, ms. */
const OPEN_TIMEOUT_MS = 5000

/** How long statements and transactions wait for another process's lock, ms. */
const PATIENCE_MS = 5000

/** The same at shutdown, which must end in time. */
const LAST_PATIENCE_MS = 500
