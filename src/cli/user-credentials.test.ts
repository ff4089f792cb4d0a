import { PassThrough } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../test/support/command.ts'
import { asProcess, inProcess, streamTo } from '../../test/support/command-runners.ts'
import { until } from '../../test/support/until.ts'
import { PasswordHasher } from '../access/password-hasher.ts'
import { loadConfig } from '../config/load-config.ts'
import { run } from './run.ts'
import { COMMAND_LINE, withAccounts } from './with-accounts.ts'

/** A data folder with the admins "ada" and "zoe"; ada has made two keys and a link. */
async function folderOfAda() {
  const folder = temporaryFolder()
  // Nobody signs in.
  vi.spyOn(PasswordHasher.prototype, 'hash').mockResolvedValue('$argon2id$of nobody')
  const config = loadConfig({ argv: ['--data-dir', folder], env: {}, cwd: folder, root: folder })
  const work = (job: Parameters<typeof withAccounts>[1]) =>
    withAccounts({ config, whenNone: 'make', stderr: streamTo(() => {}) }, job)
  await work(async ({ users, keys, links }) => {
    const add = (username: string) =>
      users.add(COMMAND_LINE, { username, password: 'a-password-for-tests', role: 'admin', labels: [] })
    await add('zoe')
    const { id } = await add('ada')
    const { principal } = COMMAND_LINE
    const ada = { ...COMMAND_LINE, principal: { ...principal, id: `user:${id}` } }
    for (const name of ['first', 'second'])
      await keys.add(ada, { name, scope: 'admin', labels: ['*'], expiresAt: undefined })
    await links.add(ada, {
      name: 'visit',
      streams: [{ label: 'North' }],
      showsMetadata: false,
      expiresAt: Date.now() + 60_000,
    })
  })
  let names: string[] = []
  return {
    folder,
    work,
    /** The names of the keys and links that are left. */
    async left() {
      await work(async ({ keys, links }) => {
        names = [...keys.all, ...links.all].map(({ name }) => name)
      })
      return names
    },
  }
}

/** Runs `belvedere user …` on a terminal, where somebody types once they are asked. @returns what was written */
async function atTerminal(folder: string, args: readonly string[], typed: string) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  let [stdout, stderr] = ['', '']
  const exited = run(['user', ...args, '--data-dir', folder], {
    env: {},
    cwd: folder,
    stdin,
    stdout: streamTo((text) => {
      stdout += text
    }),
    stderr: streamTo((text) => {
      stderr += text
    }),
    signal: new AbortController().signal,
  })
  await until(() => stderr.includes('[Y/n] '), 'the question')
  stdin.end(typed)
  return { code: await exited, stdout, stderr }
}

const ALL = 'the keys "first", "second" and the share link "visit"'
const COMMANDS = [
  ['remove', 'ada'],
  ['disable', 'ada'],
  ['role', 'ada', 'user'],
]

describe('what somebody has made', () => {
  it.each(COMMANDS)('is revoked by "user %s", if whoever is asked on a terminal does not say no', async (...args) => {
    for (const [typed, isRevoked] of [
      ['\n', true],
      ['what?\nYES\n', true],
      ['n\n', false],
    ] as const) {
      const { folder, left } = await folderOfAda()
      const { code, stderr } = await atTerminal(folder, args, typed)
      expect([code, stderr]).toEqual([0, expect.stringContaining(`"ada" has made ${ALL}. Revoke that too? [Y/n] `)])
      expect(stderr).toContain(isRevoked ? `Revoked with it: ${ALL}.` : `Still valid: ${ALL}.`)
      expect(await left()).toEqual(isRevoked ? [] : ['first', 'second', 'visit'])
    }
  })

  it.each(COMMANDS)('lives on after "user %s" without a terminal, which is said', async (...args) => {
    const { folder, left } = await folderOfAda()
    let stderr = ''
    const command = inProcess({ args: ['user', ...args, '--data-dir', folder], env: {} }, (from, text) => {
      if (from === 'stderr') stderr += text
    })
    expect(await command.exited).toBe(0)
    expect(stderr).toBe(`Still valid: ${ALL}. An admin can revoke that (the page, DELETE /keys, DELETE /links).\n`)
    expect(await left()).toEqual(['first', 'second', 'visit'])
  })

  it.each(COMMANDS)('is revoked by "user %s --revoke-credentials" without a question', async (...args) => {
    const { folder, left } = await folderOfAda()
    const all = ['user', ...args, '--revoke-credentials', '--data-dir', folder]
    expect(await inProcess({ args: all, env: {} }, () => {}).exited).toBe(0)
    expect(await left()).toEqual([])
  })

  it('stays when the question is not answered, and nothing is changed', async () => {
    const { folder, left } = await folderOfAda()
    const { code, stderr } = await atTerminal(folder, ['remove', 'ada'], '')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/Nothing was changed\.\n$/)])
    expect(await left()).toHaveLength(3)
  })
})

it('of two processes that disable the last two admins at the same time one is refused', async () => {
  const { folder, work } = await folderOfAda()
  const disable = (name: string) =>
    asProcess({ args: ['user', 'disable', name, '--data-dir', folder], env: {} }, () => {}).exited
  const codes = await Promise.all([disable('ada'), disable('zoe')])
  expect(codes.toSorted()).toEqual([0, 1])
  await work(async ({ users }) => {
    expect(users.all.filter(({ isActive }) => isActive)).toHaveLength(1)
  })
})
