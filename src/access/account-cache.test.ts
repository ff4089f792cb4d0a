import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { ACTOR, openMemoryAccounts, openMemoryStores, userByName, VISITOR } from '../../test/support/memory-accounts.ts'
import { until } from '../../test/support/until.ts'
import { loadConfig } from '../config/load-config.ts'
import type { ChangeFeed } from '../core/change-feed.ts'
import { openConfiguredAccounts } from '../open-accounts.ts'
import { openStores } from '../open-stores.ts'
import { AccountCache } from './account-cache.ts'
import { ActivePrincipals } from './active-principals.ts'

/** The accounts of a server and of the command line beside it, each with its own clock. */
async function openTwice() {
  const root = mkdtempSync(join(tmpdir(), 'belvedere-test-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const config = loadConfig({ argv: [], env: {}, cwd: root, root })
  const open = async (clock: ManualClock) => {
    const stores = await openStores(config, clock)
    onTestFinished(() => stores.close())
    const parts = { stores, clock, log: pino({ level: 'silent' }), publishKey: 'a-publish-key-for-tests' }
    const accounts = await openConfiguredAccounts(config, parts)
    onTestFinished(() => accounts.close())
    return accounts
  }
  const clock = new ManualClock()
  const server = await open(clock)
  await server.users.add(ACTOR, { username: 'bob', password: 'password', role: 'user', labels: [] })
  return { server, commandLine: await open(new ManualClock()), look: () => clock.advance(250) }
}

const OLD = { username: 'bob', password: 'password' }

describe('what the command line changes', () => {
  it('holds when the server looks the next time', async () => {
    const { server, commandLine, look } = await openTwice()
    await commandLine.users.add(ACTOR, { username: 'eve', password: 'password', role: 'guest', labels: ['site'] })
    expect(server.users.all).toHaveLength(1)
    look()
    await until(() => server.users.all.length === 2, 'eve is known')
    expect(server.users.all[1]).toMatchObject({ username: 'eve', role: 'guest', labels: ['site'] })
  })

  it.each([
    [
      'password',
      (users) => users.setPassword(ACTOR, 'bob', 'another password'),
      'the password of this account was changed',
    ],
    ['account', (users) => users.setActive(ACTOR, 'bob', false), 'this account was disabled'],
  ] as const satisfies [
    string,
    (users: Awaited<ReturnType<typeof openTwice>>['server']['users']) => Promise<void>,
    string,
  ][])('ends also what somebody opens with the %s before the server has noticed', async (_what, change, reason) => {
    const { server, commandLine, look } = await openTwice()
    await change(commandLine.users)
    const cookie = await server.sessions.open(OLD, VISITOR)
    const { refreshToken } = await server.sessions.login(OLD, VISITOR)
    const principal = server.authenticator.ofCookie(cookie)?.principal
    look()
    await until(() => principal?.ended.aborted === true, 'cut off')
    expect(principal?.ended.reason).toBe(reason)
    expect(server.authenticator.ofCookie(cookie)).toBeUndefined()
    await expect(server.sessions.refresh(refreshToken, VISITOR)).rejects.toThrow('Refresh token not recognised')
    // Nor does it come back when the account is enabled again.
    await commandLine.users.setActive(ACTOR, 'bob', true)
    look()
    await until(() => server.users.all.every(({ isActive }) => isActive), 'active again')
    expect(server.authenticator.ofCookie(cookie)).toBeUndefined()
  })
})

it('what was stored and could not be read again holds as soon as it can', async () => {
  const { accounts, store, clock, add } = await openMemoryAccounts()
  await add('nora')
  vi.spyOn(store, 'load').mockRejectedValueOnce(new Error('database is locked'))
  await expect(accounts.users.setRole(ACTOR, 'nora', 'admin')).rejects.toThrow('database is locked')
  clock.advance(250)
  await until(() => userByName(accounts, 'nora').role === 'admin', 'promoted')
})

/** A cache with a change feed that the test triggers. */
async function withFeed() {
  const clock = new ManualClock()
  const { accounts: store } = await openMemoryStores(clock)
  const load = vi.spyOn(store, 'load')
  const subscribers = new Set<() => void>()
  /** What is noticed when it is looked for. */
  const pending: 'change'[] = []
  const changes: ChangeFeed = {
    subscribe(topic, heard) {
      expect(topic).toBe('accounts')
      subscribers.add(heard)
      return () => subscribers.delete(heard)
    },
    check: () => pending.splice(0).forEach(tell),
  }
  const parts = { store, changes, clock, log: pino({ level: 'silent' }), principals: new ActivePrincipals(clock) }
  const cache = new AccountCache({ ...parts, sessionLife: 1000 })
  function tell() {
    for (const heard of subscribers) heard()
  }
  return { cache, clock, load, subscribers, tell, pending }
}

describe('changes that are heard of', () => {
  it('are looked for and waited for by who brings an unknown credential, but not if there are none, and not for long', async () => {
    const { cache, clock, load, pending } = await withFeed()
    await cache.open()
    onTestFinished(() => cache.close())
    load.mockClear()
    expect(await cache.catchUp()).toBe(false)
    expect(load).not.toHaveBeenCalled()
    pending.push('change')
    expect(await cache.catchUp()).toBe(true)
    expect(load).toHaveBeenCalledTimes(1)
    const held = Promise.withResolvers<never>()
    load.mockImplementationOnce(() => held.promise)
    pending.push('change')
    const waiting = cache.catchUp()
    clock.advance(1000)
    expect(await waiting).toBe(true)
    held.reject(new Error('database is locked'))
  })

  it('are read once for all that come before their turn, and once more for what comes while reading', async () => {
    const { cache, load, tell } = await withFeed()
    await cache.open()
    onTestFinished(() => cache.close())
    load.mockClear()
    for (let i = 0; i < 100; i++) tell()
    const held = Promise.withResolvers<void>()
    load.mockImplementationOnce(async () => {
      await held.promise
      return { users: [], sessions: [], keys: [], links: [], signingKeys: [], revokedTokens: [] }
    })
    await until(() => load.mock.calls.length === 1, 'reading')
    for (let i = 0; i < 100; i++) tell()
    held.resolve()
    await cache.reload()
    expect(load).toHaveBeenCalledTimes(3)
  })

  it('are read again until that succeeds, and then no more', async () => {
    const { cache, clock, load, tell } = await withFeed()
    await cache.open()
    onTestFinished(() => cache.close())
    load.mockClear()
    for (let i = 0; i < 3; i++) load.mockRejectedValueOnce(new Error('database is locked'))
    tell()
    await until(() => {
      clock.advance(250)
      return load.mock.calls.length === 4
    }, 'read at last')
    clock.advance(1000)
    await cache.reload()
    expect(load).toHaveBeenCalledTimes(5)
  })

  it('are heard no more by a cache that was closed or could not be opened', async () => {
    const closed = await withFeed()
    await closed.cache.open()
    expect(closed.subscribers.size).toBe(1)
    await closed.cache.close()
    expect(closed.subscribers.size).toBe(0)
    const failed = await withFeed()
    failed.load.mockRejectedValueOnce(new Error('disk I/O error'))
    await expect(failed.cache.open()).rejects.toThrow('disk I/O error')
    expect(failed.subscribers.size).toBe(0)
    failed.clock.advance(1000)
    expect(failed.load).toHaveBeenCalledTimes(1)
  })
})
