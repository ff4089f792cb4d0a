import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../../test/support/command.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import {
  ACTOR,
  type MemoryAccounts,
  openMemoryAccounts,
  userByName,
  VISITOR,
} from '../../test/support/memory-accounts.ts'
import { CHEAP_PASSWORDS } from '../../test/support/passwords.ts'
import { ALLOWED, SHARED_STORE_KINDS } from '../../test/support/store-kinds.ts'
import { until } from '../../test/support/until.ts'
import { loadConfig } from '../config/load-config.ts'
import { openConfiguredAccounts } from '../open-accounts.ts'
import { openSqlite } from '../store/sql/sqlite.ts'
import { type Stores, storesIn } from '../store/sql/stores.ts'

const FULL = 'database or disk is full'

/** Accounts whose store fails to take rights away until it is repaired. */
async function withBrokenStore() {
  const house = await openMemoryAccounts()
  for (const [name, role] of [
    ['ada', 'admin'],
    ['zoe', 'admin'],
    ['nora', 'user'],
  ] as const)
    await house.add(name, role, ['East', 'North'])
  const revoke = vi.spyOn(house.store, 'revoke').mockRejectedValue(new Error(FULL))
  return { ...house, revoke, repair: () => revoke.mockRestore() }
}

/** Lets the next attempt of the journal run. */
async function retried({ clock, accounts }: MemoryAccounts) {
  clock.advance(10_000)
  await until(() => accounts.problem === undefined, 'everything is stored')
}

const IN_FORCE = `In force now, not yet stored: a restart would undo it (${FULL}).`

describe('what takes a right away', () => {
  it('is in force although it cannot be stored, also after the store is read again', async () => {
    const house = await withBrokenStore()
    const { accounts, store, clock } = house
    const { users, sessions, keys, links } = accounts
    const cookie = await sessions.open({ username: 'nora', password: 'password' }, VISITOR)
    const { key } = await keys.add(ACTOR, { name: 'k', scope: 'view', labels: ['*'], expiresAt: undefined })
    const { link } = await links.add(ACTOR, {
      name: 'l',
      streams: [{ label: 'North' }],
      showsMetadata: false,
      expiresAt: clock.now() + 86_400_000,
    })
    const refused = { code: 'not_stored', message: IN_FORCE }
    await expect(users.setLabels(ACTOR, 'nora', ['North', 'West'])).rejects.toMatchObject(refused)
    await expect(users.setRole(ACTOR, 'ada', 'guest')).rejects.toMatchObject(refused)
    await expect(users.setPassword(ACTOR, 'nora', 'another')).rejects.toMatchObject(refused)
    await expect(keys.revoke(ACTOR, key.id)).rejects.toMatchObject(refused)
    await expect(links.revoke(ACTOR, link.id)).rejects.toMatchObject(refused)
    const inForce = () => {
      expect(userByName(accounts, 'nora').labels).toEqual(['North', 'West'])
      expect(userByName(accounts, 'ada').role).toBe('guest')
      expect(accounts.authenticator.ofCookie(cookie)).toBeUndefined()
      expect([...keys.all, ...links.all]).toEqual([])
    }
    inForce()
    expect((await store.load()).keys).toHaveLength(1)
    // The hourly purge reads everything again.
    const load = vi.spyOn(store, 'load')
    clock.advance(3_600_000)
    await until(() => load.mock.settledResults.length > 0, 'read again')
    inForce()
    house.repair()
    await retried(house)
    expect(await store.load()).toMatchObject({ keys: [], links: [], sessions: [] })
    inForce()
  })

  it('is noted in the audit trail with the remark that it is not stored', async () => {
    const { accounts } = await withBrokenStore()
    await expect(accounts.users.setActive(ACTOR, 'nora', false)).rejects.toThrow(IN_FORCE)
    const [entry] = await accounts.audit.entries({ limit: 1 })
    expect(entry).toMatchObject({ action: 'user.active', target: 'nora', detail: 'disabled, not yet stored' })
  })

  it('is stored in its order as soon as the store works, tried ever more seldom until then', async () => {
    const house = await withBrokenStore()
    const { accounts, store, clock, revoke } = house
    await expect(accounts.users.setActive(ACTOR, 'nora', false)).rejects.toThrow(IN_FORCE)
    await expect(accounts.users.remove(ACTOR, 'nora')).rejects.toThrow(IN_FORCE)
    const before = revoke.mock.calls.length
    for (let passed = 0; passed < 60_000; passed += 100) {
      clock.advance(100)
      await new Promise(setImmediate)
    }
    const attempts = revoke.mock.calls.length - before
    expect(attempts).toBeGreaterThan(6)
    expect(attempts).toBeLessThan(20)
    expect(accounts.problem).toBe(
      `Rights that were taken away are not stored, and a restart would give them back: ${FULL}.`,
    )
    house.repair()
    const kept = vi.spyOn(store, 'revoke')
    await retried(house)
    expect(kept.mock.calls.map(([[first]]) => first?.kind)).toEqual(['user_changed', 'user_removed'])
    expect((await store.load()).users.map(({ username }) => username)).toEqual(['ada', 'zoe'])
  })

  it('is stored at the latest when the server stops', async () => {
    const house = await withBrokenStore()
    await expect(house.accounts.users.setActive(ACTOR, 'nora', false)).rejects.toThrow(IN_FORCE)
    house.repair()
    await house.accounts.close()
    expect((await house.store.load()).users[1]).toMatchObject({ username: 'nora', isActive: false })
  })

  it('ends sessions whatever the store says', async () => {
    const { accounts } = await withBrokenStore()
    const { sessions } = accounts
    const credentials = { username: 'nora', password: 'password' }
    const cookie = await sessions.open(credentials, VISITOR)
    const principal = accounts.authenticator.ofCookie(cookie)?.principal
    const { refreshToken } = await sessions.login(credentials, VISITOR)
    await expect(
      sessions.close(sessions.of(userByName(accounts, 'nora').id)[0] ?? expect.fail(), VISITOR),
    ).rejects.toThrow(IN_FORCE)
    await expect(sessions.closeByRefresh(refreshToken, VISITOR)).rejects.toThrow(IN_FORCE)
    await expect(accounts.users.signOutEverywhere(ACTOR, userByName(accounts, 'nora'))).rejects.toThrow(IN_FORCE)
    expect(principal?.ended.aborted).toBe(true)
    expect(sessions.of(userByName(accounts, 'nora').id)).toEqual([])
  })

  it('waits for the store together: an attempt that fails has failed for all, and at the end there is one more', async () => {
    const house = await withBrokenStore()
    const { accounts, store, add, revoke, repair } = house
    for (let n = 0; n < 20; n++) await add(`user ${n}`)
    const held = Promise.withResolvers<boolean>()
    revoke.mockImplementation(() => held.promise)
    const revoked = Array.from({ length: 20 }, (_, n) => accounts.users.setActive(ACTOR, `user ${n}`, false))
    const granted = accounts.users.setRole(ACTOR, 'nora', 'admin')
    const refused = Promise.all(
      [...revoked, granted].map((change) => expect(change).rejects.toMatchObject({ code: 'not_stored' })),
    )
    await until(() => revoke.mock.calls.length === 1, 'the first attempt')
    held.reject(new Error(FULL))
    await refused
    expect(revoke).toHaveBeenCalledTimes(1)
    await accounts.close()
    expect(revoke).toHaveBeenCalledTimes(2)
    repair()
    expect((await store.load()).users.every(({ isActive }) => isActive)).toBe(true)
  })

  it('prevails over what gave it before and is stored after it', async () => {
    const { accounts, store, add } = await openMemoryAccounts()
    await add('nora')
    await accounts.users.setActive(ACTOR, 'nora', false)
    const held = Promise.withResolvers<void>()
    const { changeUser } = store
    vi.spyOn(store, 'changeUser').mockImplementation(async (...given) => {
      await held.promise
      return changeUser.apply(store, given)
    })
    const enabling = accounts.users.setActive(ACTOR, 'nora', true)
    const disabling = accounts.users.setActive(ACTOR, 'nora', false)
    held.resolve()
    await Promise.all([enabling, disabling])
    expect(userByName(accounts, 'nora').isActive).toBe(false)
    expect((await store.load()).users[0]?.isActive).toBe(false)
  })

  it('takes along keys and links that their owner is just making', async () => {
    const { accounts, store, add } = await openMemoryAccounts()
    for (const name of ['ada', 'zoe']) await add(name, 'admin')
    const cookie = await accounts.sessions.open({ username: 'ada', password: 'password' }, VISITOR)
    const principal = accounts.authenticator.ofCookie(cookie)?.principal ?? expect.fail()
    const ada = { who: 'ada', address: VISITOR.address, principal }
    const held = Promise.withResolvers<void>()
    const { addKey } = store
    const adding = vi.spyOn(store, 'addKey').mockImplementation(async (key, check) => {
      check()
      await held.promise
      return addKey.call(store, key, ALLOWED)
    })
    const made = accounts.keys.add(ada, { name: 'k', scope: 'admin', labels: ['*'], expiresAt: undefined })
    await until(() => adding.mock.calls.length === 1, 'being stored')
    const removed = accounts.users.remove(ACTOR, 'ada', { revokeCredentials: true })
    const late = accounts.keys.add(ada, { name: 'l', scope: 'admin', labels: ['*'], expiresAt: undefined })
    held.resolve()
    await Promise.all([made, removed])
    await expect(late).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(accounts.keys.all).toEqual([])
    expect((await store.load()).keys).toEqual([])
  })
})

describe('what gives a right', () => {
  it('changes nothing while what was taken away before is not stored', async () => {
    const house = await withBrokenStore()
    const { accounts, add } = house
    const { users, keys } = accounts
    await expect(users.setActive(ACTOR, 'nora', false)).rejects.toThrow(IN_FORCE)
    const refused = {
      code: 'not_stored',
      message: `Nothing was changed: what was taken away before is not stored yet (${FULL}).`,
    }
    await expect(users.setActive(ACTOR, 'nora', true)).rejects.toMatchObject(refused)
    await expect(users.setRole(ACTOR, 'nora', 'admin')).rejects.toMatchObject(refused)
    await expect(users.rename(ACTOR, 'nora', 'eleonora')).rejects.toMatchObject(refused)
    await expect(add('eve')).rejects.toMatchObject(refused)
    const key = { name: 'k', scope: 'admin', labels: ['*'], expiresAt: undefined } as const
    await expect(keys.add(ACTOR, key)).rejects.toMatchObject(refused)
    expect(userByName(accounts, 'nora')).toMatchObject({ isActive: false, role: 'user' })
    expect([users.all.length, keys.all.length]).toEqual([3, 0])
    house.repair()
    await users.setActive(ACTOR, 'nora', true)
    expect(accounts.problem).toBeUndefined()
    expect(userByName(accounts, 'nora').isActive).toBe(true)
  })
})

describe.each(SHARED_STORE_KINDS)('the last active admin, in $name', (kind) => {
  /** The accounts of two processes on one database, neither of which has noticed what the other changes. */
  async function openTwice(isOffline: boolean) {
    const { mine, theirs } = await kind.openTwice()
    const open = async (stores: Stores) => {
      const config = loadConfig({ argv: [], env: {}, cwd: '/', root: '/' })
      const parts = { stores, clock: new ManualClock(), log: pino({ level: 'silent' }), publishKey: 'x'.repeat(20) }
      const accounts = await openConfiguredAccounts(config, { ...parts, passwordCost: CHEAP_PASSWORDS, isOffline })
      onTestFinished(() => accounts.close())
      return accounts
    }
    const first = await open(mine)
    for (const username of ['ada', 'zoe'])
      await first.users.add(ACTOR, { username, password: 'password', role: 'admin', labels: [] })
    return { first, second: await open(theirs), load: () => mine.accounts.load() }
  }

  it.each([
    ['disabled', ({ users }: MemoryAccounts['accounts']) => users.setActive(ACTOR, 'zoe', false)],
    ['demoted', ({ users }: MemoryAccounts['accounts']) => users.setRole(ACTOR, 'zoe', 'user')],
    ['removed', ({ users }: MemoryAccounts['accounts']) => users.remove(ACTOR, 'zoe')],
  ])('is not %s by a process that takes another for one still', async (_what, change) => {
    for (const isOffline of [false, true]) {
      const { first, second, load } = await openTwice(isOffline)
      await first.users.setActive(ACTOR, 'ada', false)
      await expect(change(second)).rejects.toMatchObject({
        code: 'conflict',
        message: 'This is the last active admin by now: make another one first.',
      })
      const zoe = { username: 'zoe', role: 'admin', isActive: true }
      expect((await load()).users).toMatchObject([{ username: 'ada', isActive: false }, zoe])
      expect(userByName(first, 'zoe')).toMatchObject(zoe)
      await second.users.setActive(ACTOR, 'zoe', true)
      expect(userByName(second, 'zoe')).toMatchObject(zoe)
    }
  })
})

describe('a database file', () => {
  async function openFile() {
    const clock = new ManualClock()
    const path = join(temporaryFolder(), 'belvedere.db')
    const database = await openSqlite(path, clock)
    const stores = storesIn(database)
    onTestFinished(() => stores.close())
    const lines: string[] = []
    const log = pino({}, { write: (line: string) => void lines.push(line) })
    const config = loadConfig({ argv: [], env: {}, cwd: '/', root: '/' })
    const parts = { stores, clock, log, publishKey: 'x'.repeat(20), passwordCost: CHEAP_PASSWORDS }
    const accounts = await openConfiguredAccounts(config, parts)
    onTestFinished(() => accounts.close())
    await accounts.users.add(ACTOR, { username: 'ada', password: 'password', role: 'admin', labels: [] })
    await accounts.users.add(ACTOR, { username: 'nora', password: 'password', role: 'user', labels: ['a'] })
    const pragma = (text: string) => sql.raw(`pragma ${text}`).execute(database.queries)
    const causes = () => lines.filter((line) => line.includes('rights that were taken away could not be stored'))
    return { accounts, stores, store: stores.accounts, path, clock, pragma, causes }
  }

  it('that cannot be written keeps nobody from being shut out, and the log has the reason once', async () => {
    const { accounts, store, clock, pragma, causes } = await openFile()
    await pragma('query_only = 1')
    const reason = 'attempt to write a readonly database'
    await expect(accounts.users.setActive(ACTOR, 'nora', false)).rejects.toThrow(reason)
    await expect(accounts.users.setPassword(ACTOR, 'nora', 'x')).rejects.toThrow(reason)
    expect(userByName(accounts, 'nora').isActive).toBe(false)
    clock.advance(30_000)
    expect(accounts.problem).toContain(reason)
    expect(causes()).toEqual([expect.stringContaining(reason)])
    await pragma('query_only = 0')
    clock.advance(10_000)
    await until(() => accounts.problem === undefined, 'stored')
    expect((await store.load()).users[1]).toMatchObject({ username: 'nora', isActive: false })
  })

  it('that is locked delays a shutdown once, however many rights were taken away', async () => {
    const { accounts, stores, path } = await openFile()
    const keys = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        accounts.keys.add(ACTOR, { name: `${n}`, scope: 'view', labels: ['*'], expiresAt: undefined }),
      ),
    )
    const other = new DatabaseSync(path)
    onTestFinished(() => other.close())
    other.exec('pragma busy_timeout = 5000; begin immediate')
    const revoked = keys.map(({ key }) => accounts.keys.revoke(ACTOR, key.id))
    const refused = Promise.all(
      revoked.map((revocation) => expect(revocation).rejects.toThrow('In force now, not yet stored')),
    )
    stores.hurry()
    const since = performance.now()
    await accounts.close()
    await refused
    // The attempt that waits, one more, the audit trail and the last uses: at most 0.5 s each, where each right would make ten.
    expect(performance.now() - since).toBeLessThan(8000)
  })

  it('that may not grow keeps nobody from losing labels', async () => {
    const { accounts, store, clock, pragma } = await openFile()
    const many = Array.from({ length: 900 }, (_, n) => `${n}`.padEnd(100, 'x'))
    await pragma('max_page_count = 1')
    await expect(accounts.users.setLabels(ACTOR, 'nora', many)).rejects.toMatchObject({ code: 'not_stored' })
    expect(userByName(accounts, 'nora').labels).not.toContain('a')
    await pragma('max_page_count = 100000')
    clock.advance(10_000)
    await until(() => accounts.problem === undefined, 'stored')
    expect((await store.load()).users[1]?.labels).toHaveLength(900)
  })
})
