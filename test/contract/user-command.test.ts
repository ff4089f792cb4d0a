import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Command, ServerCommand, temporaryFolder } from '../support/command.ts'
import { asProcess, inProcess } from '../support/command-runners.ts'
import { authorized, type Fields } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const PASSWORD = 'a-password-for-tests'
const JSON_BODY = { 'content-type': 'application/json' }
const ADMIN = { BELVEDERE_ADMIN_PASSWORD: PASSWORD }

/** A command that has ended. */
interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `belvedere …` on a data folder to its end. */
async function run(args: readonly string[], data: string, input?: string, runner = inProcess): Promise<Ended> {
  const command = new Command([...args, '--data-dir', data], {}, input, runner)
  const code = await command.exited
  return { code, stdout: command.stdout, stderr: command.stderr }
}

/** The same for one that must do what it is told. @returns what it printed */
async function done(args: readonly string[], data: string, input?: string, runner = inProcess): Promise<string> {
  const { code, stdout, stderr } = await run(args, data, input, runner)
  expect(code, stderr).toBe(0)
  return stdout
}

/** A server on a data folder, with the account "admin" and any others. */
async function serverWith(...names: string[]): Promise<{ server: ServerCommand; data: string }> {
  const data = temporaryFolder()
  const server = await ServerCommand.start(['--data-dir', data], ADMIN)
  const headers = { ...authorized(await tokenOf(server.url, 'admin')), ...JSON_BODY }
  for (const username of names) {
    const body = JSON.stringify({ username, password: PASSWORD, labels: ['site'] })
    expect((await fetch(`${server.url}/add_user`, { method: 'POST', headers, body })).status).toBe(200)
  }
  return { server, data }
}

async function login(url: string, username: string, password = PASSWORD): Promise<{ status: number; body: Fields }> {
  const response = await fetch(`${url}/login`, {
    method: 'POST',
    headers: JSON_BODY,
    body: JSON.stringify({ username, password }),
  })
  return { status: response.status, body: await fieldsOf(response) }
}

/** An access token, as soon as the server knows the account. */
async function tokenOf(url: string, username: string, password = PASSWORD): Promise<string> {
  let token = ''
  await until(async () => {
    const { status, body } = await login(url, username, password)
    token = String(body.access_token)
    return status === 200
  }, `${username} can log in`)
  return token
}

async function fieldsOf(response: Response): Promise<Fields> {
  return JSON.parse(await response.text())
}

function get(url: string, token: string): Promise<Response> {
  return fetch(url, { headers: authorized(token) })
}

/** A socket of a user, which works. */
async function socketOf(url: string, token: string): Promise<TestSocket> {
  const socket = await TestSocket.open(`${url.replace('http', 'ws')}/ws/live?token=${token}`)
  await socket.nextOfType('hello')
  return socket
}

describe('belvedere user, beside a server that runs', () => {
  it('adds somebody who can log in at once', async () => {
    const { server, data } = await serverWith()
    const add = ['user', 'add', 'bob', '--role', 'guest', '--labels', 'b,a']
    expect(await done(add, data, `${PASSWORD}\n`, asProcess)).toBe('Added "bob", guest, sites: a, b.\n')
    const session = await get(`${server.url}/session`, await tokenOf(server.url, 'bob'))
    expect(await session.json()).toMatchObject({ user: { username: 'bob', role: 'guest', labels: ['a', 'b'] } })
  })

  it('closes what somebody has open who loses something, with the reason, and nothing else', async () => {
    const { server, data } = await serverWith('ann', 'bob', 'cat', 'dan', 'eve', 'fay')
    const people = new Map<string, { token: string; socket: TestSocket }>()
    for (const name of ['ann', 'bob', 'cat', 'dan', 'eve', 'fay']) {
      const token = await tokenOf(server.url, name)
      people.set(name, { token, socket: await socketOf(server.url, token) })
    }
    for (const [name, args, input, reason] of [
      ['ann', ['disable', 'ann'], undefined, 'this account was disabled'],
      ['bob', ['remove', 'bob'], undefined, 'this account was removed'],
      ['cat', ['password', 'cat'], 'another password', 'the password of this account was changed'],
      ['dan', ['role', 'dan', 'guest'], undefined, 'the role of this account was changed'],
      ['eve', ['labels', 'eve', 'site,yard'], undefined, 'the sites of this account were changed'],
    ] as const) {
      await done(['user', ...args], data, input)
      expect(await people.get(name)?.socket.closed).toEqual({ code: 1008, reason })
      // Other sites are no reason to sign in again.
      const { status } = await get(`${server.url}/account/sessions`, people.get(name)?.token ?? '')
      expect(status).toBe(name === 'eve' ? 200 : 401)
    }
    await people.get('fay')?.socket.settled()
  })

  it('lets people in with what is changed, and with nothing of before', async () => {
    const { server, data } = await serverWith('bob')
    await done(['user', 'disable', 'bob'], data)
    await until(async () => (await login(server.url, 'bob')).status === 403, 'bob is shut out')
    await done(['user', 'enable', 'bob'], data)
    await tokenOf(server.url, 'bob')
    await done(['user', 'password', 'bob'], data, 'another password\r\n')
    await tokenOf(server.url, 'bob', 'another password')
    expect((await login(server.url, 'bob')).status).toBe(401)
  })

  it('is in the audit trail as the command line of this machine', async () => {
    const { server, data } = await serverWith('bob')
    await done(['user', 'role', 'bob', 'guest'], data)
    const token = await tokenOf(server.url, 'admin')
    const audit = await (await get(`${server.url}/audit?who=command%20line`, token)).json()
    expect(audit).toMatchObject({
      entries: [{ action: 'user.role', target: 'bob', detail: 'guest', address: 'this machine', outcome: 'ok' }],
    })
  })

  it('lists what GET /users lists', async () => {
    const { server, data } = await serverWith('bob')
    const token = await tokenOf(server.url, 'admin')
    const listed: Fields = JSON.parse(await done(['user', 'list', '--json'], data))
    const answered = await fieldsOf(await get(`${server.url}/users`, token))
    const withoutTimes = (text: unknown) => JSON.stringify(text).replaceAll(/"last_seen_at":(\d+|null)/g, '')
    expect(withoutTimes(listed)).toBe(withoutTimes(answered))
    expect(await done(['user', 'list'], data)).toMatch(
      /^NAME +ROLE +STATE .*\nadmin +admin +active .* all\nbob +user +active .* site\n$/,
    )
  })
})

describe('belvedere user, without a server', () => {
  it('adds people before the first start, and warns while no admin is among them', async () => {
    const data = join(temporaryFolder(), 'data')
    const first = await run(['user', 'add', 'bob'], data, PASSWORD)
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('no admin yet') })
    const second = await run(['user', 'add', 'chief', '--role', 'admin'], data, PASSWORD)
    expect(second).toMatchObject({ code: 0, stderr: '' })
    const server = await ServerCommand.start(['--data-dir', data], ADMIN)
    expect((await login(server.url, 'bob')).status).toBe(200)
    expect((await login(server.url, 'chief')).body.role).toBe('admin')
    expect((await login(server.url, 'admin')).status).toBe(401)
  })

  it('makes up a password and prints nothing else on the standard output', async () => {
    const data = temporaryFolder()
    const { code, stdout } = await run(['user', 'add', 'bob', '--generate', '--role', 'admin'], data)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^[\w-]{20}\n$/)
    const next = await done(['user', 'password', 'bob', '--generate'], data)
    expect(next).not.toBe(stdout)
    const server = await ServerCommand.start(['--data-dir', data])
    expect((await login(server.url, 'bob', stdout.trim())).status).toBe(401)
    expect((await login(server.url, 'bob', next.trim())).status).toBe(200)
  })

  it('keeps no password in the clear', async () => {
    const data = temporaryFolder()
    await done(['user', 'add', 'bob', '--role', 'admin'], data, PASSWORD)
    expect(readFileSync(join(data, 'belvedere.db')).includes(PASSWORD)).toBe(false)
  })

  it('makes no folder for accounts that there are not', async () => {
    const data = join(temporaryFolder(), 'mistyped')
    const { code, stderr } = await run(['user', 'list'], data)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^There are no accounts in .*mistyped \(data_dir\).*\n$/)
    expect(existsSync(data)).toBe(false)
  })

  it('ends with 1 when it cannot be done, and with 2 when the arguments make no sense', async () => {
    const data = temporaryFolder()
    await done(['user', 'add', 'admin', '--role', 'admin'], data, PASSWORD)
    const missing = await run(['user', 'disable', 'bob'], data)
    expect(missing).toEqual({ code: 1, stdout: '', stderr: 'There is no user "bob". There are: admin.\n' })
    const short = await run(['user', 'password', 'admin'], data, 'short')
    expect(short).toEqual({ code: 1, stdout: '', stderr: 'password: at least 8 characters.\n' })
    const argument = await run(['user', 'password', 'admin', 'hunter2hunter2'], data, PASSWORD)
    expect(argument).toMatchObject({ code: 2, stdout: '', stderr: expect.not.stringContaining('hunter2') })
    const unknown = await run(['user', 'frobnicate'], data)
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringMatching(/^There is no command "user frobnicate"/) })
  })
})

describe('belvedere secret rotate', () => {
  const keyOf = (token: string) => JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString()).kid

  it('signs tokens with a new secret from then on, and signs nobody out', async () => {
    const { server, data } = await serverWith('bob')
    const before = await tokenOf(server.url, 'bob')
    const socket = await socketOf(server.url, before)
    expect(await done(['secret', 'rotate'], data, undefined, asProcess)).toMatch(/^Tokens are signed with a new secret/)
    let after = ''
    await until(async () => {
      after = await tokenOf(server.url, 'bob')
      return keyOf(after) !== keyOf(before)
    }, 'a token of the new secret')
    for (const token of [before, after]) expect((await get(`${server.url}/account/sessions`, token)).status).toBe(200)
    await socket.settled()
    const audit = await get(`${server.url}/audit?action=token.rotate`, await tokenOf(server.url, 'admin'))
    expect(await audit.json()).toMatchObject({ entries: [{ who: 'command line', address: 'this machine' }] })
  })
})
