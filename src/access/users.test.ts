import { describe, expect, it } from 'vitest'
import { ACTOR, openMemoryAccounts, userByName, VISITOR } from '../../test/support/memory-accounts.ts'

describe('users', () => {
  it('always leave an administrator, whatever is asked for at the same time', async () => {
    for (const name of ['setActive', 'setRole', 'setPassword', 'remove'] as const) {
      const { accounts, add } = await openMemoryAccounts()
      const { users } = accounts
      const ways = {
        setActive: (username: string) => users.setActive(ACTOR, username, false),
        setRole: (username: string) => users.setRole(ACTOR, username, 'user'),
        setPassword: (username: string) => users.setPassword(ACTOR, username, 'password', 'user'),
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

  it('of one name are one, whoever adds them at the same time', async () => {
    const { accounts, add } = await openMemoryAccounts()
    const results = await Promise.allSettled([add('nora'), add('nora'), add('theo')])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    expect(accounts.users.all.map(({ username }) => username)).toEqual(['nora', 'theo'])
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
      const own = users.setPassword(ACTOR, name, 'their own', undefined, shown)
      await expect(own).rejects.toThrow('The current password is wrong.')
    }
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
    await accounts.users.signOut('nora')
    clock.advance(5000)
    expect(lastSeen()).toEqual([seen])
  })
})
