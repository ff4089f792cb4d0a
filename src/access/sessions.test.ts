import { describe, expect, it } from 'vitest'
import {
  ACTOR,
  type MemoryAccounts,
  openMemoryAccounts,
  userByName,
  VISITOR,
} from '../../test/support/memory-accounts.ts'

const NORA = { username: 'nora', password: 'password' }

async function start() {
  const house = await openMemoryAccounts()
  await house.add('nora')
  const { sessions } = house.accounts
  return { ...house, sessions, login: () => sessions.login(NORA, VISITOR) }
}

const sessionsOf = ({ accounts }: Pick<MemoryAccounts, 'accounts'>, name = 'nora') =>
  accounts.sessions.of(userByName(accounts, name).id)

describe('a refresh token', () => {
  it('that is used twice at the same time ends its session, and nobody keeps a pair', async () => {
    const house = await start()
    const { sessions, login, store } = house
    const { refreshToken } = await login()
    const both = await Promise.allSettled([
      sessions.refresh(refreshToken, VISITOR),
      sessions.refresh(refreshToken, VISITOR),
    ])
    const refusals = both.filter(({ status }) => status === 'rejected')
    expect(refusals.length).toBeGreaterThanOrEqual(1)
    for (const refusal of refusals)
      expect(refusal).toMatchObject({ reason: { code: 'unauthenticated', message: 'Refresh token not recognised' } })
    expect(sessionsOf(house)).toEqual([])
    expect((await store.load()).sessions).toEqual([])
  })

  it('gives nothing to who signs out, is disabled or removed at the same time', async () => {
    for (const end of [
      ({ accounts }: MemoryAccounts) =>
        accounts.sessions.end(accounts.sessions.of(userByName(accounts, 'nora').id), 'x'),
      ({ accounts }: MemoryAccounts) => accounts.users.setActive(ACTOR, 'nora', false),
      ({ accounts }: MemoryAccounts) => accounts.users.remove(ACTOR, 'nora'),
    ]) {
      const house = await start()
      const { refreshToken } = await house.login()
      const refreshing = house.sessions.refresh(refreshToken, VISITOR)
      await Promise.all([end(house), refreshing.catch(() => {})])
      await expect(house.sessions.refresh(refreshToken, VISITOR)).rejects.toThrow('Refresh token not recognised')
      expect((await house.store.load()).sessions).toEqual([])
    }
  })
})

describe('logging in', () => {
  it('leaves no sign-in behind when the password is changed or the user removed meanwhile', async () => {
    for (const change of [
      ({ accounts }: MemoryAccounts) => accounts.users.setPassword(ACTOR, 'nora', 'another'),
      ({ accounts }: MemoryAccounts) => accounts.users.setActive(ACTOR, 'nora', false),
      ({ accounts }: MemoryAccounts) => accounts.users.remove(ACTOR, 'nora'),
    ]) {
      const house = await start()
      const attempts = [house.login(), house.sessions.open(NORA, VISITOR), house.login()]
      await Promise.allSettled([...attempts, change(house)])
      expect((await house.store.load()).sessions).toEqual([])
    }
  })

  it('is refused in the contract’s words', async () => {
    const { accounts, sessions } = await start()
    const attempt = (username: string, password: string) => sessions.login({ username, password }, VISITOR)
    const wrong = { code: 'unauthenticated', message: 'Wrong username or password' }
    await expect(attempt('nora', 'wrong')).rejects.toMatchObject(wrong)
    await expect(attempt('nobody', 'password')).rejects.toMatchObject(wrong)
    await accounts.users.setActive(ACTOR, 'nora', false)
    await expect(attempt('nora', 'password')).rejects.toMatchObject({
      code: 'forbidden',
      message: 'User account is inactive',
    })
    await expect(attempt('nora', 'wrong')).rejects.toMatchObject(wrong)
  })
})

describe('the right password', () => {
  it('is asked for again, and a wrong one counts as in logging in', async () => {
    const { accounts, sessions } = await start()
    const nora = userByName(accounts, 'nora')
    await sessions.checkPassword(nora, 'password', VISITOR)
    for (let n = 0; n < 6; n++)
      await expect(sessions.checkPassword(nora, 'wrong', VISITOR)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(sessions.checkPassword(nora, 'password', VISITOR)).rejects.toMatchObject({ code: 'limited' })
  })
})
