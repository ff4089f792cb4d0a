import type { AccountStore, AuditStore } from '../../core/accounts.ts'
import type { CameraStore } from '../../core/cameras.ts'
import type { ChangeFeed } from '../../core/change-feed.ts'
import { SqlAccountStore } from './accounts.ts'
import { SqlAuditStore } from './audit.ts'
import { SqlCameraStore } from './cameras.ts'
import type { Database } from './database.ts'

/** All that is kept in a database. */
export interface Stores {
  readonly accounts: AccountStore
  readonly audit: AuditStore
  readonly cameras: CameraStore
  /** What others change in them. */
  readonly changes: ChangeFeed
  close(): Promise<void>
}

/** The stores in a database, which they close. */
export function storesIn(database: Database): Stores {
  return {
    accounts: new SqlAccountStore(database),
    audit: new SqlAuditStore(database),
    cameras: new SqlCameraStore(database),
    changes: database.changes,
    close: () => database.close(),
  }
}
