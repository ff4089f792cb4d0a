import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ManualClock } from '../../test/support/clock.ts'
import { ACTOR, openMemoryAccounts, userNamed, VISITOR } from '../../test/support/memory-accounts.ts'
import { until } from '../../test/support/until.ts'
import { openConfiguredAccounts } from '../accounts.ts'
import { loadConfig } from '../config/load.ts'

/** A server's accounts and the command line's beside it, each with a clock of its own. */
async function openTwice() {
  const root = mkdtempSync(join(tmpdir(), 'belvedere-test-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const config = loadConfig({ argv: [], env: {}, cwd: root, root })
  const open = async (clock: ManualClock) => {
    const parts = { clock, log: pino({ level: 'silent' }), publishKey: 'a-publish-key-for-tests' }
    const { accounts, close } = await openConfiguredAccounts(config, parts)
    onTestFinished(close)
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
    const principal = server.gate.ofCookie(cookie)?.principal
    look()
    await until(() => principal?.ended.aborted === true, 'cut off')
    expect(principal?.ended.reason).toBe(reason)
    expect(server.gate.ofCookie(cookie)).toBeUndefined()
    await expect(server.sessions.refresh(refreshToken, VISITOR)).rejects.toThrow('Refresh token not recognised')
    // Nor does it come back when the account does.
    await commandLine.users.setActive(ACTOR, 'bob', true)
    look()
    await until(() => server.users.all.every(({ isActive }) => isActive), 'active again')
    expect(server.gate.ofCookie(cookie)).toBeUndefined()
  })
})

it('what was stored and could not be read again holds as soon as it can', async () => {
  const { accounts, store, clock, add } = await openMemoryAccounts()
  await add('nora')
  const cookie = await accounts.sessions.open({ username: 'nora', password: 'password' }, VISITOR)
  vi.spyOn(store, 'load').mockRejectedValueOnce(new Error('database is locked'))
  await expect(accounts.users.setActive(ACTOR, 'nora', false)).rejects.toThrow('database is locked')
  clock.advance(250)
  await until(() => !userNamed(accounts, 'nora').isActive, 'disabled')
  expect(accounts.gate.ofCookie(cookie)).toBeUndefined()
})
