import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { type Accounts, openAccounts } from '../../src/access/accounts.ts'
import { type Actor, systemActor } from '../../src/access/actor.ts'
import { InstanceCookie } from '../../src/access/instance-cookie.ts'
import { SessionCookie } from '../../src/access/session-cookie.ts'
import type { AccountStore, Role, User } from '../../src/core/account-store.ts'
import type { AuditStore } from '../../src/core/audit-store.ts'
import type { Clock } from '../../src/core/clock.ts'
import { openSqlite } from '../../src/store/sql/sqlite.ts'
import { type Stores, storesIn } from '../../src/store/sql/stores.ts'
import { ManualClock } from './manual-clock.ts'
import { CHEAP_PASSWORDS } from './passwords.ts'
import { memoryVault } from './vault.ts'

const DAY = 86_400_000

/** The actor in account tests. */
export const ACTOR: Actor = { ...systemActor('a test'), address: '192.0.2.1' }

/** The client that signs in. */
export const VISITOR = { address: '192.0.2.1', agent: 'a test' }

/** The limits of signing in and refreshing. */
export const SIGN_IN_RULES = {
  throttle: { freeTries: 5, longestWait: 900_000, longestDelay: 30_000, delayed: { max: 500, share: 5 } },
  hashing: { max: 1000, share: 100 },
  refreshesPerMinute: 30,
  accountWritesPerMinute: 60,
  defaultLabels: [],
}

/** The session cookie of tests without a server: `belvedere_session_for-tests`. */
export const SESSION_COOKIE = new SessionCookie({ id: 'for-tests', madeAt: 0 }, placeOf)

/** The cookie of guests, likewise: `belvedere_guest_for-tests`. */
export const GUEST_COOKIE = new InstanceCookie('belvedere_guest', 'for-tests', placeOf)

function placeOf() {
  return { isSecure: false, basePath: '' }
}

/** Accounts without a server, on a manual clock. */
export interface MemoryAccounts {
  readonly accounts: Accounts
  readonly store: AccountStore
  readonly auditStore: AuditStore
  readonly clock: ManualClock
  /** The limits for which somebody had to wait. */
  readonly limits: readonly string[]
  /** Adds a user whose password is "password". */
  add(username: string, role?: Role, labels?: readonly string[]): Promise<void>
  /** Opens the same accounts again, as another start of the server does. */
  reopen(): Promise<MemoryAccounts>
}

/** Opens accounts in an in-memory database. */
export async function openMemoryAccounts(secret?: string): Promise<MemoryAccounts> {
  const clock = new ManualClock()
  const limits: string[] = []
  const stores = await openMemoryStores(clock)
  const open = async (): Promise<MemoryAccounts> => {
    const accounts = await openAccounts({
      store: stores.accounts,
      auditStore: stores.audit,
      changes: stores.changes,
      clock,
      log: pino({ level: 'silent' }),
      counters: { limited: (limit) => limits.push(limit) },
      passwordCost: CHEAP_PASSWORDS,
      sessionCookie: SESSION_COOKIE,
      guestCookie: GUEST_COOKIE,
      rules: {
        authenticator: {
          publishKey: 'a-publish-key-for-tests',
          anonymous: 'none',
          allowedHosts: [],
          isFromProxy: () => false,
          allowedOrigins: [],
          publicOrigins: [],
        },
        tokens: { accessLife: 3_600_000, refreshLife: 30 * DAY, leeway: 10_000 },
        ...SIGN_IN_RULES,
        secret,
        previousSecrets: [],
        audit: {
          keep: 90 * DAY,
          maxRefused: 500_000,
          refusedPerMinute: 300,
          signInsPerMinute: 10,
          commandsPerMinute: 60,
          maxPending: 10_000,
        },
      },
    })
    onTestFinished(() => accounts.close())
    return {
      accounts,
      store: stores.accounts,
      auditStore: stores.audit,
      clock,
      limits,
      async add(username, role = 'user', labels = []) {
        await accounts.users.add(ACTOR, { username, password: 'password', role, labels })
      },
      reopen: open,
    }
  }
  return open()
}

/** Opens stores in an in-memory database, closed with the test. */
export async function openMemoryStores(clock: Clock = new ManualClock()): Promise<Stores> {
  const stores = storesIn(await openSqlite(':memory:', clock, memoryVault()))
  onTestFinished(() => stores.close())
  return stores
}

/** Finds a user by name. @throws when there is none */
export function userByName({ users }: Accounts, username: string): User {
  const user = users.all.find((each) => each.username === username)
  if (!user) throw new Error(`there is no user "${username}"`)
  return user
}
