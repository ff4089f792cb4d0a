import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { COMMAND_LINE } from '../../src/cli/with-accounts.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { openConfiguredAccounts } from '../../src/open-accounts.ts'
import { openStores } from '../../src/open-stores.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import {
  type Asked,
  ask,
  closedFor,
  listOf,
  login,
  must,
  openPageSockets,
  openSockets,
  refused,
  SOCKETS,
  signInOnPage,
  startHouse,
  textOf,
} from '../support/accounts.ts'
import { answerOf } from '../support/answer.ts'
import { temporaryFolder } from '../support/command.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { PASSWORD } from '../support/people.ts'
import { jpeg } from '../support/pictures.ts'
import { formOf, KEY, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const says = (message: string) => ({ status: 200, body: { message } })

/** Whether somebody can log in with a password: the status. */
async function loginStatus(server: TestServer, username: string, password = PASSWORD): Promise<number> {
  return (await ask(server, 'POST /login', { body: { username, password } })).status
}

/** Every call that is the administrator's, with a body that would do. */
const ADMIN_CALLS: [call: string, body?: object][] = [
  ...['', '/api'].flatMap((prefix): [string, object][] => [
    [`POST ${prefix}/add_user`, { username: 'x', password: PASSWORD }],
    [`POST ${prefix}/delete_user`, { username: 'nora' }],
    [`PUT ${prefix}/update_username`, { old_username: 'nora', new_username: 'x' }],
    [`PUT ${prefix}/update_password`, { username: 'nora', new_password: PASSWORD }],
    [`PUT ${prefix}/set_user_active_status`, { username: 'nora', is_active: false }],
  ]),
  ['GET /users'],
  ['PUT /users/nora/labels', { labels: [] }],
  ['PUT /users/nora/role', { role: 'admin' }],
  ['GET /users/nora/credentials'],
  ['GET /keys'],
  ['POST /keys', { name: 'x', scope: 'view' }],
  ['DELETE /keys/x'],
  ['GET /links'],
  ['POST /links', { name: 'x', streams: [{ label: 'North' }], expires_at: Date.now() + 60_000 }],
  ['DELETE /links/x'],
  ['GET /audit'],
]

describe.each(['', '/api'])('the routes of users at %s/', (prefix) => {
  async function start() {
    const house = await startHouse()
    const call = (route: string, body: object): Promise<Asked> =>
      ask(house.server, route.replace(' ', ` ${prefix}`), { token: house.admin, body })
    return { ...house, call }
  }

  it('add a user, who is a "user" without labels if nothing else is said', async () => {
    const { server, admin, call } = await start()
    expect(await call('POST /add_user', { username: 'nora', password: PASSWORD })).toMatchObject(
      says('User added successfully.'),
    )
    expect(await call('POST /add_user', { username: 'nora', password: 'another' })).toMatchObject(
      refused(400, 'Failed to add user.'),
    )
    expect(await loginStatus(server, 'nora')).toBe(200)
    const labels = ['South', 'North', 'South']
    await call('POST /add_user', { username: '工地 主任', password: PASSWORD, role: 'model_manager', labels })
    const { users } = await must(server, 'GET /users', { token: admin })
    const now = { asymmetricMatch: (value: unknown) => Math.abs(Number(value) - Date.now()) < 20_000 }
    const one = { user_id: expect.any(Number), is_active: true, created_at: now }
    expect(users).toEqual([
      { ...one, username: 'admin', role: 'admin', labels: [], last_seen_at: now },
      { ...one, username: 'nora', role: 'user', labels: [], last_seen_at: now },
      { ...one, username: '工地 主任', role: 'model_manager', labels: ['North', 'South'], last_seen_at: null },
    ])
  })

  it('give a detector of the detection hub all sites, where the settings say so, and else say what to do', async () => {
    const label = 'North'
    const detector = async (server: TestServer, admin: string) => {
      // As its token manager and sender do.
      const body = { username: 'detector 1', password: PASSWORD, role: 'user' }
      await must(server, `POST ${prefix}/add_user`, { token: admin, body })
      const { access } = await login(server, body.username)
      const form = formOf({ label, key: 'gate', file: jpeg(8, 8) })
      return answerOf(await server.post(form, { authorization: `Bearer ${access}` }))
    }
    const { server, admin } = await start()
    expect(await detector(server, admin)).toEqual({
      status: 403,
      body: {
        detail:
          'detector 1 may not publish "North/gate": an admin has to give this account the site "North" (page Users, or PUT /users/detector%201/labels; to new accounts, access.default_labels)',
      },
    })
    await must(server, 'PUT /users/detector%201/labels', { token: admin, body: { labels: ['*'] } })
    const { access } = await login(server, 'detector 1')
    expect(await must(server, 'GET /session', { token: access })).toMatchObject({ user: { labels: null } })
    const moved = await startHouse({ config: { 'access.default_labels': '*' } })
    expect(await detector(moved.server, moved.admin)).toMatchObject({ status: 200, body: { status: 'ok' } })
    const { access: token } = await login(moved.server, 'detector 1')
    expect(await ask(moved.server, 'GET /labels', { token })).toMatchObject({ status: 200, body: { labels: [label] } })
    // What belongs to no label is not among all labels.
    expect(await ask(moved.server, 'POST /events', { token, body: { type: 'x' } })).toMatchObject(refused(403))
  })

  it('take no name, password, role or label that is none', async () => {
    const { server, admin, call } = await start()
    const good = { username: 'nora', password: PASSWORD }
    for (const bad of [
      { username: undefined },
      { username: '' },
      { username: ' nora' },
      { username: 'no\nra' },
      { username: 'x'.repeat(201) },
      { password: undefined },
      { password: '' },
      { password: 'x'.repeat(1025) },
      { password: 12345678 },
      { role: 'king' },
      { role: '' },
      { labels: 'North' },
      { labels: [''] },
      { labels: [5] },
    ])
      expect([bad, await call('POST /add_user', { ...good, ...bad })]).toMatchObject([bad, refused(422)])
    expect(listOf(await must(server, 'GET /users', { token: admin }), 'users')).toHaveLength(1)
  })

  it('remove a user', async () => {
    const { server, add, call } = await start()
    await add('nora')
    expect(await call('POST /delete_user', { username: 'nora' })).toMatchObject(says('User deleted successfully.'))
    expect(await call('POST /delete_user', { username: 'nora' })).toMatchObject(refused(404, 'Failed to delete user.'))
    expect(await ask(server, 'POST /login', { body: { username: 'nora', password: PASSWORD } })).toMatchObject(
      refused(401, 'Wrong username or password'),
    )
  })

  it('rename a user', async () => {
    const { server, add, call } = await start()
    const { refresh } = await add('nora')
    await add('theo')
    const rename = (old_username: string, new_username: string) =>
      call('PUT /update_username', { old_username, new_username })
    expect(await rename('nora', 'eleonora')).toMatchObject(says('Username updated successfully.'))
    expect(await rename('nora', 'x')).toMatchObject(refused(404, 'Failed to update username.'))
    expect(await rename('eleonora', 'theo')).toMatchObject(refused(400, 'Failed to update username.'))
    expect((await rename('eleonora', ' ')).status).toBe(422)
    expect([await loginStatus(server, 'nora'), await loginStatus(server, 'eleonora')]).toEqual([401, 200])
    const { access_token } = await must(server, 'POST /refresh', { body: { refresh_token: refresh } })
    expect((await must(server, 'GET /session', { token: String(access_token) })).name).toBe('eleonora')
  })

  it('give a user another password, and leave the role as it is, whatever the body says', async () => {
    const { server, add, call } = await start()
    await add('nora')
    const give = (more: object) =>
      call('PUT /update_password', { username: 'nora', new_password: 'a-new-one', ...more })
    expect(await give({})).toMatchObject(says('Password updated successfully.'))
    expect([await loginStatus(server, 'nora'), await loginStatus(server, 'nora', 'a-new-one')]).toEqual([401, 200])
    for (const role of ['guest', 'king', 5]) {
      expect(await give({ role })).toMatchObject(says('Password updated successfully.'))
      const login = { username: 'nora', password: 'a-new-one' }
      expect(await must(server, 'POST /login', { body: login })).toMatchObject({ role: 'user' })
    }
    expect(await give({ username: 'nobody' })).toMatchObject(refused(404, 'Failed to update password.'))
    expect((await give({ new_password: '' })).status).toBe(422)
    // An admin stays one, with the role that the detection hub's clients send by default.
    expect(await give({ username: 'admin', role: 'user' })).toMatchObject(says('Password updated successfully.'))
    const admin = { username: 'admin', password: 'a-new-one' }
    expect(await must(server, 'POST /login', { body: admin })).toMatchObject({ role: 'admin' })
  })

  it('disable a user and enable them again', async () => {
    const { server, admin, add, call } = await start()
    const before = await add('nora')
    const set = (username: string, is_active: unknown) => call('PUT /set_user_active_status', { username, is_active })
    expect(await set('nora', false)).toMatchObject(says('User active status updated successfully.'))
    expect(await loginStatus(server, 'nora')).toBe(403)
    const users = listOf(await must(server, 'GET /users', { token: admin }), 'users')
    expect(users.map(({ is_active }) => is_active)).toEqual([true, false])
    expect(await set('nora', true)).toMatchObject(says('User active status updated successfully.'))
    expect(await loginStatus(server, 'nora')).toBe(200)
    // The tokens of before stay dead.
    expect((await ask(server, 'GET /streams', { token: before.access })).status).toBe(401)
    expect((await ask(server, 'POST /refresh', { body: { refresh_token: before.refresh } })).status).toBe(401)
    expect(await set('nobody', true)).toMatchObject(refused(404, 'Failed to update active status.'))
    expect((await set('nora', 'no')).status).toBe(422)
  })

  it('leave the last active administrator as they are', async () => {
    const { server, add, call } = await start()
    const last = refused(409, expect.stringContaining('last active admin'))
    const attempts = async () => [
      await call('POST /delete_user', { username: 'admin' }),
      await call('PUT /set_user_active_status', { username: 'admin', is_active: false }),
    ]
    for (const attempt of await attempts()) expect(attempt).toMatchObject(last)
    await add('ada', 'admin')
    await call('PUT /set_user_active_status', { username: 'ada', is_active: false })
    for (const attempt of await attempts()) expect(attempt).toMatchObject(last)
    expect(await loginStatus(server, 'admin')).toBe(200)
    await call('PUT /set_user_active_status', { username: 'ada', is_active: true })
    expect((await call('POST /delete_user', { username: 'admin' })).status).toBe(200)
  })
})

describe('what is the administrator’s', () => {
  it('is nobody else’s', async () => {
    const { server, admin, add } = await startHouse()
    const tokens = [KEY]
    for (const role of ['model_manager', 'user', 'guest'])
      tokens.push((await add(role === 'user' ? 'nora' : role, role)).access)
    for (const scope of ['view', 'publish'])
      tokens.push(textOf(await must(server, 'POST /keys', { token: admin, body: { name: scope, scope } }), 'key'))
    const link = { name: 'x', streams: [{ label: 'North' }], expires_at: Date.now() + 60_000 }
    tokens.push(textOf(await must(server, 'POST /links', { token: admin, body: link }), 'token'))
    for (const [call, body] of ADMIN_CALLS) {
      for (const token of tokens)
        expect([call, await ask(server, call, { token, body })]).toMatchObject([
          call,
          refused(403, 'Admin role required.'),
        ])
      expect([call, await ask(server, call, { body })]).toMatchObject([call, refused(401)])
      expect((await ask(server, call, { body, token: 'x' })).status).toBe(401)
    }
    const users = listOf(await must(server, 'GET /users', { token: admin }), 'users')
    expect(users.map(({ username, role }) => [username, role])).toEqual([
      ['admin', 'admin'],
      ['guest', 'guest'],
      ['model_manager', 'model_manager'],
      ['nora', 'user'],
    ])
  })
})

describe('PUT /users/{username}/labels and /role', () => {
  it('change what a user may', async () => {
    const { server, admin, add } = await startHouse()
    const name = '主任/1'
    const { access } = await add(name, 'user', [])
    for (const label of ['North', 'a/b', '工地']) await server.publish(label, 'gate')
    const path = `/users/${encodeURIComponent(name)}`
    const labelsSeen = async (token = access) => (await must(server, 'GET /labels', { token })).labels
    expect(await labelsSeen()).toEqual([])
    const put = (what: string, body: object) => ask(server, `PUT ${path}/${what}`, { token: admin, body })
    expect(await put('labels', { labels: ['工地', 'a/b', '工地'] })).toMatchObject({
      status: 200,
      body: { labels: ['a/b', '工地'] },
    })
    expect(await labelsSeen()).toEqual(['a/b', '工地'])
    expect(await put('role', { role: 'admin' })).toMatchObject({ status: 200, body: { role: 'admin' } })
    expect(await ask(server, 'GET /labels', { token: access })).toMatchObject(
      refused(401, 'The role of this account has changed: refresh the token.'),
    )
    const promoted = await login(server, name)
    expect(await labelsSeen(promoted.access)).toEqual(['North', 'a/b', '工地'])
  })

  it('say what is wrong', async () => {
    const { server, admin, add } = await startHouse()
    await add('nora')
    const put = (path: string, body: object) => ask(server, `PUT /users/${path}`, { token: admin, body })
    expect(await put('nobody/labels', { labels: [] })).toMatchObject(refused(404, 'There is no user "nobody".'))
    expect(await put('nobody/role', { role: 'user' })).toMatchObject(refused(404, 'There is no user "nobody".'))
    expect(await put('admin/role', { role: 'user' })).toMatchObject(refused(409))
    for (const body of [{}, { labels: 'North' }, { labels: [' '] }, { labels: Array(1001).fill('x') }])
      expect(await put('nora/labels', body)).toMatchObject(refused(422))
    for (const body of [{}, { role: 'king' }, { role: null }])
      expect(await put('nora/role', body)).toMatchObject(refused(422))
  })
})

describe('what somebody has open', () => {
  const CHANGES: [what: string, call: string, body: object, reason: string][] = [
    ['removed', 'POST /delete_user', {}, 'this account was removed'],
    ['disabled', 'PUT /set_user_active_status', { is_active: false }, 'this account was disabled'],
    [
      'given another password',
      'PUT /update_password',
      { new_password: 'x' },
      'the password of this account was changed',
    ],
    ['given another role', 'PUT /users/nora/role', { role: 'guest' }, 'the role of this account was changed'],
    ['given other labels', 'PUT /users/nora/labels', { labels: ['South'] }, 'the sites of this account were changed'],
    ['renamed', 'PUT /update_username', { old_username: 'nora', new_username: 'n' }, 'this account was renamed'],
  ]

  it.each(CHANGES)('is closed when they are %s, whatever they showed', async (_what, call, body, reason) => {
    const { server, admin, add } = await startHouse()
    await server.publish('North', 'gate')
    const { access } = await add('nora')
    const other = await openSockets(server, (await add('theo')).access, SOCKETS)
    const byToken = await openSockets(server, access, SOCKETS)
    const byCookie = await openPageSockets(server, await signInOnPage(server, 'nora'), SOCKETS)
    await must(server, call, { token: admin, body: { username: 'nora', ...body } })
    expect(await byToken.closings).toEqual(closedFor(reason, SOCKETS))
    expect(await byCookie.closings).toEqual(closedFor(reason, SOCKETS))
    expect(await other.count()).toBe(SOCKETS.length)
  })

  it('is closed within a second when another process has changed the accounts', async () => {
    const data_dir = temporaryFolder()
    const clock = new ManualClock()
    const { server, admin, add } = await startHouse({ config: { data_dir, 'limits.login_tries': 1000 }, clock })
    await server.publish('North', 'gate')
    const sockets = await openSockets(server, (await add('nora')).access, SOCKETS)
    const others = await openSockets(server, (await add('theo')).access, SOCKETS)
    const config = loadConfig({ argv: [`--data_dir=${data_dir}`], env: {}, cwd: data_dir, root: data_dir })
    const stores = await openStores(config, systemClock)
    const parts = { stores, clock: systemClock, log: pino({ level: 'silent' }), publishKey: KEY }
    const accounts = await openConfiguredAccounts(config, parts)
    await accounts.users.setActive(COMMAND_LINE, 'nora', false)
    clock.advance(1000)
    expect(await sockets.closings).toEqual(closedFor('this account was disabled', SOCKETS))
    const zoe = { username: 'zoe', password: PASSWORD, role: 'admin', labels: [] } as const
    await accounts.users.add(COMMAND_LINE, zoe)
    await accounts.close()
    await stores.close()
    clock.advance(1000)
    await until(async () => (await loginStatus(server, 'zoe')) === 200, 'she is known')
    expect(await loginStatus(server, 'nora')).toBe(403)
    expect(await others.count()).toBe(SOCKETS.length)
    const { entries } = await must(server, 'GET /audit?who=command%20line', { token: admin })
    expect(entries).toMatchObject([
      { action: 'user.add', target: 'zoe', address: 'this machine' },
      { action: 'user.active', target: 'nora', detail: 'disabled', address: 'this machine' },
    ])
  })
})

describe('what a user sees', () => {
  it('is what the labels say, and to an administrator everything', async () => {
    const { server, admin, add } = await startHouse()
    for (const label of ['North', 'South']) await server.publish(label, 'gate')
    const { access } = await add('nora', 'guest', ['North', 'East'])
    const seen = async (token: string) =>
      listOf(await must(server, 'GET /streams', { token }), 'streams').map(({ label }) => label)
    expect(await seen(access)).toEqual(['North'])
    expect(await seen(admin)).toEqual(['North', 'South'])
    const snapshot = async (label: string) =>
      (await server.get(`/streams/${label}/gate/snapshot?token=${access}`)).status
    expect([await snapshot('North'), await snapshot('South')]).toEqual([200, 403])
  })
})
