import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { openMemoryStores } from '../../test/support/memory-accounts.ts'
import type { AccountStore } from '../core/account-store.ts'
import { mayAny } from '../core/authorization.ts'
import { openAccounts } from './accounts.ts'

const DAY = 86_400_000
const ACTOR = { who: 'a test', address: '127.0.0.1' }

/** Accounts in memory, with a count of the queries to the store. */
async function open() {
  const clock = new ManualClock()
  const stores = await openMemoryStores(clock)
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
    rules: {
      authenticator: {
        publishKey: 'a-publish-key-for-tests',
        anonymous: undefined,
        allowedHosts: [],
        allowedOrigins: [],
      },
      tokens: { accessLife: 3_600_000, refreshLife: 30 * DAY, leeway: 10_000 },
      throttle: { freeTries: 5, longestWait: 900_000 },
      secret: undefined,
      previousSecrets: [],
      auditKeep: 90 * DAY,
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
    expiresAt: new ManualClock().now() + DAY,
  })
  const before = asked()
  const shown = [
    ...[accessToken, secret, token].map((each) => ({ authorization: `Bearer ${each}` })),
    { cookie: `belvedere_session=${cookie}` },
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
