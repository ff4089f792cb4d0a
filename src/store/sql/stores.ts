import type { AccountStore } from '../../core/account-store.ts'
import type { AuditStore } from '../../core/audit-store.ts'
import type { CameraStore, HubCameraStore } from '../../core/camera-store.ts'
import type { ChangeFeed } from '../../core/change-feed.ts'
import type { InstrumentStore } from '../../core/instrument-store.ts'
import type { StoreHealth } from '../../core/store-health.ts'
import { SqlAccountStore } from './account-store.ts'
import { SqlAuditStore } from './audit-store.ts'
import { SqlCameraStore } from './camera-store.ts'
import type { Database } from './database.ts'
import { SqlHubCameraStore } from './hub-camera-store.ts'
import { SqlInstrumentStore } from './instrument-store.ts'

/** All stores in a database. */
export interface Stores {
  readonly accounts: AccountStore
  readonly audit: AuditStore
  /** Those that were added while the server ran. */
  readonly cameras: CameraStore
  /** The detection hub's list. */
  readonly hubCameras: HubCameraStore
  readonly instruments: InstrumentStore
  /** Changes that others make in the stores. */
  readonly changes: ChangeFeed
  /** Health of the database they are in. */
  health(): StoreHealth
  /** From now on nothing waits for long for another program that uses the database: for the shutdown. */
  hurry(): void
  /** Closes the database. */
  close(): Promise<void>
}

/** Creates the stores of a database; their `close` closes the database. */
export function storesIn(database: Database): Stores {
  return {
    accounts: new SqlAccountStore(database),
    audit: new SqlAuditStore(database),
    cameras: new SqlCameraStore(database),
    hubCameras: new SqlHubCameraStore(database),
    instruments: new SqlInstrumentStore(database),
    changes: database.changes,
    health: () => database.health(),
    hurry: () => database.hurry(),
    close: () => database.close(),
  }
}
