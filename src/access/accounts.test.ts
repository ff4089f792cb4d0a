import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import {
  ACTOR,
  GUEST_COOKIE,
  openMemoryStores,
  SESSION_COOKIE,
  SIGN_IN_RULES,
} from '../../test/support/memory-accounts.ts'
import { until } from '../../test/support/until.ts'
import type { AccountStore } from '../core/account-store.ts'
import { mayAny } from '../core/authorization.ts'
import { NO_COUNTERS } from '../core/counters.ts'
import type { Stores } from '../store/sql/stores.ts'
import { openAccounts } from './accounts.ts'

const DAY = 86_400_000

/** Accounts in memory, with a count of the queries to the store. */
async function open({ clock = new ManualClock(), stores }: { clock?: ManualClock; stores?: Stores } = {}) {
  stores ??= await openMemoryStores(clock)
  let asked = 0
  const store: AccountStore = new Proxy(stores.accounts, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...values: unknown[]) => {
        asked++
        return Reflect.apply(value, target, values)
      }
    },
  })
  const accounts = await openAccounts({
    store,
    auditStore: stores.audit,
    changes: stores.changes,
    clock,
    log: pino({ level: 'silent' }),
    counters: NO_COUNTERS,
    sessionCookie: SESSION_COOKIE,
    guestCookie: GUEST_COOKIE,
    rules: {
      authenticator: {
        publishKey: 'a-publish-key-for-tests',
        anonymous: undefined,
        allowedHosts: [],
        isFromProxy: () => false,
        allowedOrigins: [],
        publicOrigins: [],
      },
      tokens: { accessLife: 3_600_000, refreshLife: 30 * DAY, leeway: 10_000 },
      ...SIGN_IN_RULES,
      secret: undefined,
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
  return { accounts, clock, asked: () => asked }
}

/** A request from another machine. */
function requestWith(headers: Record<string, string>): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  request.headers = headers
  request.method = 'GET'
  return request
}

it('who somebody is, is known without asking the store', async () => {
  const { accounts, asked } = await open()
  const { users, sessions, keys, links, authenticator } = accounts
  await users.add(ACTOR, { username: 'sue', password: 'a password', role: 'user', labels: ['site'] })
  const credentials = { username: 'sue', password: 'a password' }
  const visitor = { address: '10.0.0.1', agent: 'a test' }
  const { accessToken } = await sessions.login(credentials, visitor)
  const cookie = await sessions.open(credentials, visitor)
  const { secret } = await keys.add(ACTOR, { name: 'k', scope: 'view', labels: ['*'], expiresAt: undefined })
  const { token } = await links.add(ACTOR, {
    name: 'l',
    streams: [{ label: 'site' }],
    showsMetadata: false,
    expiresAt: new ManualClock().now() + DAY,
  })
  const before = asked()
  const shown = [
    ...[accessToken, secret, token].map((each) => ({ authorization: `Bearer ${each}` })),
    { cookie: `belvedere_session_for-tests=${cookie}` },
  ]
  for (let i = 0; i < 100; i++)
    for (const headers of shown)
      expect(
        mayAny(authenticator.allow(await authenticator.identify(requestWith(headers)), 'view'), 'view', 'site'),
      ).toBe(true)
  expect(asked()).toBe(before)
})

it('when somebody was last here is written down after a while, and not at each request', async () => {
  const { accounts, clock } = await open()
  const { keys, authenticator } = accounts
  const { secret } = await keys.add(ACTOR, { name: 'k', scope: 'view', labels: ['*'], expiresAt: undefined })
  clock.advance(5000)
  const usedAt = clock.now()
  await authenticator.identify(requestWith({ authorization: `Bearer ${secret}` }))
  expect(keys.all.map(({ lastUsedAt }) => lastUsedAt)).toEqual([usedAt])
  await accounts.close()
  const [kept] = (await accounts.store.load()).keys
  expect(kept?.lastUsedAt).toBe(usedAt)
})

it('passwords cost what they must where nothing else is said, as in production', async () => {
  const { accounts } = await open()
  await accounts.users.add(ACTOR, { username: 'sue', password: 'a password', role: 'user', labels: ['site'] })
  expect(accounts.users.all[0]?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})

describe('what has expired', () => {
  const VISITOR = { address: '10.0.0.1', agent: 'a test' }
  const HOUR = 3_600_000

  /** Accounts with a session and an entry in the audit trail, closed; and the stores they are in. */
  async function filled() {
    const clock = new ManualClock()
    const stores = await openMemoryStores(clock)
    const { accounts } = await open({ clock, stores })
    await accounts.users.add(ACTOR, { username: 'sue', password: 'a password', role: 'user', labels: [] })
    await accounts.sessions.open({ username: 'sue', password: 'a password' }, VISITOR)
    await accounts.close()
    const kept = async () => ({
      sessions: (await stores.accounts.load()).sessions.length,
      entries: (await stores.audit.entries({ limit: 10 })).length,
    })
    return { clock, stores, kept }
  }

  it('is deleted an hour after a start, once something newer shows that so much time has passed', async () => {
    const { clock, stores, kept } = await filled()
    clock.setBy(100 * DAY)
    const first = await open({ clock, stores })
    await first.accounts.users.add(ACTOR, { username: 'bob', password: 'a password', role: 'user', labels: [] })
    await first.accounts.close()
    const second = await open({ clock, stores })
    clock.advance(HOUR - 1)
    expect(await kept()).toEqual({ sessions: 1, entries: 3 })
    clock.advance(1)
    await until(async () => (await kept()).sessions === 0 && (await kept()).entries === 1, 'all is deleted')
    await second.accounts.close()
  })

  it('is not deleted by a start with the clock 100 days ahead, nor by a run during which it jumps', async () => {
    const { clock, stores, kept } = await filled()
    clock.setBy(100 * DAY)
    const first = await open({ clock, stores })
    clock.advance(2 * HOUR)
    await first.accounts.close()
    clock.setBy(-100 * DAY)
    const second = await open({ clock, stores })
    clock.setBy(100 * DAY)
    clock.advance(2 * HOUR)
    await second.accounts.close()
    expect(await kept()).toEqual({ sessions: 1, entries: 2 })
  })
})
