import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { type Accounts, openAccounts } from '../../src/access/accounts.ts'
import type { AccountStore, Role, User } from '../../src/core/account-store.ts'
import type { AuditStore } from '../../src/core/audit-store.ts'
import type { Clock } from '../../src/core/clock.ts'
import { openSqlite } from '../../src/store/sql/sqlite.ts'
import { type Stores, storesIn } from '../../src/store/sql/stores.ts'
import { ManualClock } from './manual-clock.ts'
import { CHEAP_PASSWORDS } from './passwords.ts'

const DAY = 86_400_000

/** The audit actor in account tests. */
export const ACTOR = { who: 'a test', address: '192.0.2.1' }

/** The client that signs in. */
export const VISITOR = { address: '192.0.2.1', agent: 'a test' }

/** Accounts without a server, on a manual clock. */
export interface MemoryAccounts {
  readonly accounts: Accounts
  readonly store: AccountStore
  readonly auditStore: AuditStore
  readonly clock: ManualClock
  /** Adds a user whose password is "password". */
  add(username: string, role?: Role, labels?: readonly string[]): Promise<void>
}

/** Opens accounts in an in-memory database. */
export async function openMemoryAccounts(secret?: string): Promise<MemoryAccounts> {
  const clock = new ManualClock()
  const { accounts: store, audit: auditStore, changes } = await openMemoryStores(clock)
  const accounts = await openAccounts({
    store,
    auditStore,
    changes,
    clock,
    log: pino({ level: 'silent' }),
    passwordCost: CHEAP_PASSWORDS,
    rules: {
      authenticator: { publishKey: 'a-publish-key-for-tests', anonymous: 'none', allowedHosts: [], allowedOrigins: [] },
      tokens: { accessLife: 3_600_000, refreshLife: 30 * DAY, leeway: 10_000 },
      throttle: { freeTries: 5, longestWait: 900_000 },
      secret,
      previousSecrets: [],
      audit: { keep: 90 * DAY, maxRefused: 500_000, refusedPerMinute: 300, maxPending: 10_000 },
    },
  })
  onTestFinished(() => accounts.close())
  return {
    accounts,
    store,
    auditStore,
    clock,
    async add(username, role = 'user', labels = []) {
      await accounts.users.add(ACTOR, { username, password: 'password', role, labels })
    },
  }
}

/** Opens stores in an in-memory database, closed with the test. */
export async function openMemoryStores(clock: Clock = new ManualClock()): Promise<Stores> {
  const stores = storesIn(await openSqlite(':memory:', clock))
  onTestFinished(() => stores.close())
  return stores
}

/** Finds a user by name. @throws when there is none */
export function userByName({ users }: Accounts, username: string): User {
  const user = users.all.find((each) => each.username === username)
  if (!user) throw new Error(`there is no user "${username}"`)
  return user
}
