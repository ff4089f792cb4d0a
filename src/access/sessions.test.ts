import { describe, expect, it, vi } from 'vitest'
import {
  ACTOR,
  type MemoryAccounts,
  openMemoryAccounts,
  userByName,
  VISITOR,
} from '../../test/support/memory-accounts.ts'
import { until } from '../../test/support/until.ts'
import { PasswordHasher } from './password-hasher.ts'

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

  it('ends its session also when it was spent long ago', async () => {
    const house = await start()
    const first = await house.login()
    let { refreshToken } = first
    for (let n = 0; n < 20; n++) refreshToken = (await house.sessions.refresh(refreshToken, VISITOR)).refreshToken
    await expect(house.sessions.refresh(first.refreshToken, VISITOR)).rejects.toThrow('Refresh token not recognised')
    expect(sessionsOf(house)).toEqual([])
  })

  it('is exchanged so often a minute by one session, which stays valid, and others by theirs', async () => {
    const { sessions, login, clock } = await start()
    const other = await login()
    let { refreshToken } = await login()
    for (let n = 0; n < 30; n++) refreshToken = (await sessions.refresh(refreshToken, VISITOR)).refreshToken
    await expect(sessions.refresh(refreshToken, VISITOR)).rejects.toMatchObject({
      code: 'limited',
      limit: 'limits.refreshes_per_minute',
      message: 'At most 30 refreshes a minute (limits.refreshes_per_minute); try again in 60 s.',
    })
    await sessions.refresh(other.refreshToken, VISITOR)
    clock.advance(60_000)
    await sessions.refresh(refreshToken, VISITOR)
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
  it('is asked for again, and waits after wrong ones as in logging in', async () => {
    const { accounts, sessions, clock, limits } = await start()
    const nora = userByName(accounts, 'nora')
    await sessions.checkPassword(nora, 'password', VISITOR)
    for (let n = 0; n < 6; n++)
      await expect(sessions.checkPassword(nora, 'wrong', VISITOR)).rejects.toMatchObject({ code: 'forbidden' })
    const waiting = sessions.checkPassword(nora, 'password', VISITOR)
    await until(() => limits.length === 1, 'it waits')
    clock.advance(1000)
    await waiting
  })
})

describe('an attempt that had to wait', () => {
  it('is checked against the account as it is afterwards', async () => {
    const { accounts, sessions, clock, limits } = await start()
    for (let n = 0; n < 6; n++)
      await expect(sessions.login({ username: 'theo', password: 'x' }, VISITOR)).rejects.toThrow()
    const [before, after, unknown] = ['password', 'another one', 'password'].map((password, n) =>
      sessions.open({ username: n === 2 ? 'nobody' : 'nora', password }, VISITOR),
    )
    for (const each of [before, after, unknown]) each?.catch(() => {})
    await until(() => limits.length === 3, 'they wait')
    await accounts.users.setPassword(ACTOR, 'nora', 'another one')
    clock.advance(1000)
    await expect(before).rejects.toThrow('Wrong username or password')
    clock.advance(2000)
    expect(await after).toEqual(expect.any(String))
  })
})

it('where somebody is signed in they do not wait for wrong passwords of others, also after a restart', async () => {
  const house = await start()
  await house.login()
  const { accounts } = await house.reopen()
  const guess = () => accounts.sessions.login({ username: 'theo', password: 'x' }, VISITOR)
  for (let n = 0; n < 11; n++) {
    house.clock.advance(60_000)
    await expect(guess()).rejects.toMatchObject({ code: 'unauthenticated' })
  }
  await expect(guess()).rejects.toMatchObject({ code: 'limited', retryAfter: 32 })
  await accounts.sessions.login(NORA, VISITOR)
})

it('a password is checked in the share of its user, and in the room for admins only if the user is one', async () => {
  const { accounts, add } = await openMemoryAccounts()
  const users = [['ada', 'admin'] as const, ['nora', 'user'] as const]
  for (const [username, role] of users) {
    await add(username, role)
    // Signed in here before, so known here.
    await accounts.sessions.open({ username, password: 'password' }, VISITOR)
  }
  const verify = vi.spyOn(PasswordHasher.prototype, 'verify')
  for (const [username] of users) {
    await accounts.sessions.open({ username, password: 'password' }, VISITOR)
    await accounts.sessions.checkPassword(userByName(accounts, username), 'password', VISITOR)
  }
  const requesters = verify.mock.calls.map(([_kept, _password, { client, isPrivileged }]) => [client, isPrivileged])
  verify.mockRestore()
  const [ada, nora] = users.map(([username]) => `user:${userByName(accounts, username).id}`)
  expect(requesters).toEqual([
    [ada, true],
    [ada, true],
    [nora, false],
    [nora, false],
  ])
})
