import type { Kysely } from 'kysely'
import type { ChangeFeed } from '../../core/change-feed.ts'
import { messageOf } from '../../core/errors.ts'
import type { StoreHealth } from '../../core/store-health.ts'
import type { CameraVault } from '../camera-vault.ts'
import type { Tables } from './tables.ts'

/**
 * An open SQL database (SQLite or PostgreSQL) with the current schema. A transaction that only reads must say so
 * (`setAccessMode('read only')`): it then waits for nobody who writes, and works on a full disk.
 */
export interface Database {
  readonly queries: Kysely<Tables>
  /** Encrypts what is stored of cameras. */
  readonly vault: CameraVault
  /** Changes written by other connections, of this or another process. */
  readonly changes: ChangeFeed
  /** While it is not healthy every write is refused as `unavailable`. */
  health(): StoreHealth
  /** From now on nothing waits for another process's lock for long, not even what waits already: for the shutdown. */
  hurry(): void
  /** Stops the change feed and closes the connection. */
  close(): Promise<void>
}

/** A database cannot be opened. The message is one sentence for the operator. */
export class DatabaseError extends Error {
  readonly code = 'database'

  /** @param name of the database: a path, or a URL without its password @param error the cause */
  static of(name: string, error: unknown): DatabaseError {
    const reason = messageOf(error)
    const why = /previously executed migration/.test(reason) ? 'a later version of Belvedere has made it' : reason
    return new DatabaseError(`The database ${name} cannot be opened: ${why}.`, { cause: error })
  }
}
