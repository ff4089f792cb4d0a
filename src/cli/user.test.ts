import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Command } from '../../test/support/command.ts'
import { streamTo } from '../../test/support/command-runners.ts'
import { loadConfig } from '../config/load-config.ts'
import { SqlAccountStore } from '../store/sql/account-store.ts'
import { COMMAND_LINE, withAccounts } from './with-accounts.ts'

const folder = mkdtempSync(join(tmpdir(), 'belvedere-test-'))
const here = ['--data-dir', folder]

beforeAll(async () => {
  const config = loadConfig({ argv: here, env: {}, cwd: folder, root: folder })
  await withAccounts({ config, whenNone: 'make', stderr: streamTo(() => {}) }, async ({ users }) => {
    const password = 'a-password-for-tests'
    await users.add(COMMAND_LINE, { username: 'admin', password, role: 'admin', labels: [] })
    await users.add(COMMAND_LINE, { username: 'bob', password, role: 'user', labels: [] })
  })
})

afterAll(() => rmSync(folder, { recursive: true }))

const ONE_LINE = /^.+\n$/
const HINT = 'A password is never given as an argument'
const MISSING = 'Something is missing; it goes: belvedere user'

describe('belvedere user', () => {
  it.each([
    [['disable', 'bbo'], 1, 'There is no user "bbo". There are: admin, bob.'],
    [['add', 'bob'], 1, 'There is a user "bob" already; "belvedere user password" gives another password.'],
    [['add', 'eve', '--role', 'boss'], 1, 'There is no role "boss". There are: admin, model_manager, user, guest.'],
    [['role', 'bob', 'boss'], 1, 'There is no role "boss". There are: admin, model_manager, user, guest.'],
    [['add', 'eve\u0007'], 1, 'name: must not contain control characters.'],
    [['labels', 'bob', '[1]'], 1, 'Sites are given with commas'],
    [['labels', 'bob', 'x'.repeat(201)], 1, 'labels: at most 200 characters, this one has 201.'],
    [['remove', 'admin'], 1, '"admin" is the last active admin: make another one first.'],
    [['disable', 'admin'], 1, '"admin" is the last active admin: make another one first.'],
    [['role', 'admin', 'user'], 1, '"admin" is the last active admin: make another one first.'],
    [['role', 'bob'], 2, `${MISSING} role NAME ROLE`],
    [['labels', 'bob'], 2, `${MISSING} labels NAME SITE,SITE`],
    [['remove', 'bob', 'eve'], 2, 'That is too much; it goes: belvedere user remove NAME'],
    [['list', '--jsno'], 2, 'There is no option --jsno here. Did you mean --json?'],
    [['remove', 'bob', '--generate'], 2, 'There is no option --generate here.'],
    [['add', 'eve', 'hunter2hunter2'], 2, HINT],
    [['add', 'eve', '--password', 'hunter2hunter2'], 2, HINT],
    [['password', 'bob', '--password=hunter2hunter2'], 2, HINT],
    [['password', 'bob', 'hunter2hunter2'], 2, HINT],
    [['password', 'bob', '--password', '-', '--generate'], 2, 'Give --password or --generate, not both.'],
  ])('says in a sentence what is wrong with %j', async (args, exitCode, sentence) => {
    const failed = new Command(['user', ...args, ...here])
    expect(await failed.exited).toBe(exitCode)
    expect(failed.stderr).toContain(sentence)
    expect(failed.stderr).toMatch(ONE_LINE)
    expect(failed.stderr).not.toContain('hunter2')
  })

  it('says that nothing was changed when it cannot be stored, and that is so', async () => {
    const failure = Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })
    const revoke = vi.spyOn(SqlAccountStore.prototype, 'revoke').mockRejectedValue(failure)
    const failed = new Command(['user', 'disable', 'bob', ...here])
    expect(await failed.exited).toBe(1)
    expect(failed.stderr).toContain('cannot be changed (database or disk is full): nothing was changed.')
    expect(failed.stderr).toMatch(ONE_LINE)
    expect(revoke).toHaveBeenCalledTimes(1)
    vi.restoreAllMocks()
    const listed = new Command(['user', 'list', '--json', ...here])
    await listed.exited
    expect(JSON.parse(listed.stdout).users[1]).toMatchObject({ username: 'bob', is_active: true })
  })

  it('takes a name that looks like an option behind --', async () => {
    const failed = new Command(['user', 'remove', ...here, '--', '--bob'])
    expect(await failed.exited).toBe(1)
    expect(failed.stderr).toContain('There is no user "--bob".')
  })

  it('tells what it can do, and what to say when it is not known', async () => {
    const help = new Command(['user', 'help'])
    expect(await help.exited).toBe(0)
    expect(help.stdout).toMatch(/^belvedere user COMMAND/)
    const unknown = new Command(['user', 'constructor'])
    expect(await unknown.exited).toBe(2)
    expect(unknown.stderr).toMatch(/^There is no command "user constructor"\./)
  })
})

describe('belvedere secret', () => {
  it.each([[[]], [['turn']], [['rotate', 'now']]])('takes nothing but "rotate": %j', async (words) => {
    expect(await new Command(['secret', ...words, ...here]).exited).toBe(2)
  })

  it('leaves a secret alone that is configured, and says how that is changed', async () => {
    const failed = new Command(['secret', 'rotate', ...here, '--tokens.secret', 'x'.repeat(32)])
    expect(await failed.exited).toBe(1)
    expect(failed.stderr).toMatch(/tokens\.previous_secrets/)
    expect(failed.stderr).not.toContain('xxxx')
  })
})
