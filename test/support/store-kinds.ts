import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openStores } from '../../src/open-stores.ts'
import type { Stores } from '../../src/store/sql/stores.ts'
import { temporaryFolder } from './command.ts'
import { ManualClock } from './manual-clock.ts'
import { openMemoryStores } from './memory-accounts.ts'

/** A kind of stores (a database): each port's test suite runs over all kinds. */
export interface StoreKind {
  readonly name: string
  /** Opens empty stores, closed with the test. */
  open(): Promise<Stores>
}

/** The stores of two processes on the same database, and the clock of the first. */
export interface SharedStores {
  readonly mine: Stores
  readonly theirs: Stores
  readonly clock: ManualClock
}

/** A kind of stores that several processes can share. */
export interface SharedStoreKind extends StoreKind {
  openTwice(): Promise<SharedStores>
}

/** All kinds of stores that several processes can share. */
export const SHARED_STORE_KINDS: readonly SharedStoreKind[] = [
  {
    name: 'SQLite in a file',
    open: () => openFolder(temporaryFolder(), new ManualClock()),
    async openTwice() {
      const [folder, clock] = [temporaryFolder(), new ManualClock()]
      return { mine: await openFolder(folder, clock), theirs: await openFolder(folder, new ManualClock()), clock }
    },
  },
]

/** All kinds of stores. */
export const STORE_KINDS: readonly StoreKind[] = [
  ...SHARED_STORE_KINDS,
  { name: 'SQLite in memory', open: openMemoryStores },
]

async function openFolder(folder: string, clock: ManualClock): Promise<Stores> {
  const stores = await openStores({ data_dir: join(folder, 'data') }, clock)
  onTestFinished(() => stores.close())
  return stores
}

/** The check of changes that nobody may forbid. */
export const ALLOWED = (): void => {}
