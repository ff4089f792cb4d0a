import { describe, expect, it, vi } from 'vitest'
import { ACTOR, openMemoryAccounts, userByName, VISITOR } from '../../test/support/memory-accounts.ts'
import { until } from '../../test/support/until.ts'
import { may } from '../core/authorization.ts'
import { hasAllLabels, userGrants } from './permissions.ts'

describe('users', () => {
  it('always leave an administrator, whatever is asked for at the same time', async () => {
    for (const name of ['setActive', 'setRole', 'remove'] as const) {
      const { accounts, add } = await openMemoryAccounts()
      const { users } = accounts
      const ways = {
        setActive: (username: string) => users.setActive(ACTOR, username, false),
        setRole: (username: string) => users.setRole(ACTOR, username, 'user'),
        remove: (username: string) => users.remove(ACTOR, username),
      }
      await Promise.all([add('ada', 'admin'), add('zoe', 'admin')])
      const results = await Promise.allSettled([ways[name]('ada'), ways[name]('zoe')])
      expect(results, name).toContainEqual(expect.objectContaining({ status: 'fulfilled' }))
      expect(results, name).toContainEqual({
        status: 'rejected',
        reason: expect.objectContaining({ code: 'conflict' }),
      })
      expect(users.all.filter(({ role, isActive }) => role === 'admin' && isActive)).toHaveLength(1)
    }
  })

  it('may be given all labels at once, which takes none away', async () => {
    const { accounts, add } = await openMemoryAccounts()
    await add('nora', 'user', ['North'])
    await accounts.users.setLabels(ACTOR, 'nora', ['*'])
    expect(hasAllLabels(userByName(accounts, 'nora'))).toBe(true)
    const holder = { grants: userGrants(userByName(accounts, 'nora')) }
    expect([may(holder, 'publish', { label: 'South' }), may(holder, 'view', {})]).toEqual([true, false])
    await accounts.users.setLabels(ACTOR, 'nora', ['North'])
    expect(may({ grants: userGrants(userByName(accounts, 'nora')) }, 'publish', { label: 'South' })).toBe(false)
  })

  it('of one name are one, whoever adds them at the same time', async () => {
    const { accounts, add } = await openMemoryAccounts()
    const results = await Promise.allSettled([add('nora'), add('nora'), add('theo')])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    expect(accounts.users.all.map(({ username }) => username)).toEqual(['nora', 'theo'])
  })

  it('whose names look the same are one, whoever adds or renames them, and are found by each spelling', async () => {
    const { accounts, add } = await openMemoryAccounts()
    const { users } = accounts
    const spellings = ['Zo\u00eb', 'Zoe\u0308', 'Zo\u00eb\u200b']
    const results = await Promise.allSettled(spellings.map((name) => add(name)))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
    for (const name of spellings) expect(users.byName(name).username).toBe('Zo\u00eb')
    await add('theo')
    await expect(users.rename(ACTOR, 'theo', 'Zoe\u0308')).rejects.toMatchObject({ code: 'taken' })
    await users.rename(ACTOR, 'Zo\u00eb', 'Zoe\u0308')
    for (const name of spellings) expect(users.byName(name).username).toBe('Zoe\u0308')
    await users.remove(ACTOR, 'Zo\u00eb')
    expect(users.all.map(({ username }) => username)).toEqual(['theo'])
    await expect(users.remove(ACTOR, 'Zoe\u0308')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('who are removed while they get a new password stay removed', async () => {
    const { accounts, add } = await openMemoryAccounts()
    await add('nora')
    const results = await Promise.allSettled([
      accounts.users.setPassword(ACTOR, 'nora', 'another'),
      accounts.users.remove(ACTOR, 'nora'),
    ])
    expect(results).toMatchObject([{ status: 'rejected', reason: { code: 'not_found' } }, { status: 'fulfilled' }])
    expect(accounts.users.all).toEqual([])
  })

  it('do not undo by a password of their own what an admin does to them meanwhile', async () => {
    const { accounts, add } = await openMemoryAccounts()
    const { users } = accounts
    for (const [name, change] of [
      ['nora', () => users.setPassword(ACTOR, 'nora', 'the admin’s')],
      ['theo', () => users.setActive(ACTOR, 'theo', false)],
    ] as const) {
      await add(name)
      const shown = userByName(accounts, name)
      await change()
      const own = users.setOwnPassword(ACTOR, shown, 'their own')
      await expect(own).rejects.toThrow('The current password is wrong.')
    }
  })

  it('stay signed out whom an admin gives another password while their own is stored', async () => {
    const { accounts, store, add } = await openMemoryAccounts()
    const { users, sessions } = accounts
    await add('nora')
    const held = Promise.withResolvers<void>()
    const { revoke } = store
    vi.spyOn(store, 'revoke').mockImplementationOnce(async (revocations) => {
      await held.promise
      return revoke.call(store, revocations)
    })
    const own = users.setOwnPassword(ACTOR, userByName(accounts, 'nora'), 'their own')
    await until(() => vi.mocked(store.revoke).mock.calls.length === 1, 'being stored')
    const byAdmin = users.setPassword(ACTOR, 'nora', 'the admin’s')
    held.resolve()
    const changed = await own
    await byAdmin
    await expect(sessions.openFor(changed, VISITOR)).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(sessions.of(changed.id)).toEqual([])
  })

  it('lose nothing by a change that was to give them something, but comes after another', async () => {
    const { accounts, add } = await openMemoryAccounts()
    const { users } = accounts
    await add('nora')
    const { labels } = userByName(accounts, 'nora')
    const results = await Promise.allSettled([
      users.setLabels(ACTOR, 'nora', [...labels, 'West']),
      users.setLabels(ACTOR, 'nora', [...labels, 'East']),
    ])
    const message = '"nora" was changed meanwhile: try again.'
    expect(results).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'conflict', message } }])
    expect(userByName(accounts, 'nora').labels).toEqual([...labels, 'West'].sort())
  })

  it('keep their keys when the role that they were to get instead cannot be stored', async () => {
    const { accounts, store, add } = await openMemoryAccounts()
    const { users, keys, sessions, authenticator } = accounts
    await Promise.all([add('ada', 'admin'), add('zoe', 'admin')])
    const cookie = await sessions.openFor(userByName(accounts, 'ada'), VISITOR)
    const principal = authenticator.ofCookie(cookie)?.principal ?? expect.fail()
    const key = { name: 'k', scope: 'admin', labels: ['*'], expiresAt: undefined } as const
    await keys.add({ who: 'ada', address: VISITOR.address, principal }, key)
    await users.setRole(ACTOR, 'ada', 'user')
    const raise = () => users.setRole(ACTOR, 'ada', 'admin', { revokeCredentials: true })
    vi.spyOn(store, 'changeUser').mockRejectedValueOnce(new Error('the disk is full'))
    await expect(raise()).rejects.toThrow('the disk is full')
    expect([userByName(accounts, 'ada').role, keys.all.length]).toEqual(['user', 1])
    await raise()
    expect([userByName(accounts, 'ada').role, keys.all.length]).toEqual(['admin', 0])
  })

  it('get numbers that nobody had before them', async () => {
    const { accounts, add } = await openMemoryAccounts()
    await add('nora')
    const before = accounts.users.all[0]?.id ?? 0
    await accounts.users.remove(ACTOR, 'nora')
    await add('nora')
    expect(accounts.users.all[0]?.id).toBeGreaterThan(before)
  })

  it('tell when they were last here', async () => {
    const { accounts, add, clock } = await openMemoryAccounts()
    await add('nora')
    const lastSeen = () => accounts.users.all.map(({ lastSeenAt }) => lastSeenAt)
    expect(lastSeen()).toEqual([undefined])
    clock.advance(5000)
    await accounts.sessions.login({ username: 'nora', password: 'password' }, VISITOR)
    const seen = clock.now()
    expect(lastSeen()).toEqual([seen])
    // Also when the session is gone.
    await accounts.users.signOutEverywhere(ACTOR, userByName(accounts, 'nora'))
    clock.advance(5000)
    expect(lastSeen()).toEqual([seen])
  })
})
