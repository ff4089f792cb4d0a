import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  ask,
  closedFor,
  closingOf,
  login,
  must,
  openSockets,
  pairOf,
  payloadOf,
  refused,
  SOCKETS,
  startHouse,
  textOf,
} from '../support/accounts.ts'
import { Command, temporaryFolder } from '../support/command.ts'
import { ManualClock, START } from '../support/manual-clock.ts'
import { PASSWORD } from '../support/people.ts'
import { KEY, TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const SECRET = 'a-secret-of-both-machines-for-tests'
const OTHER_SECRET = 'another-secret-of-some-other-machine'
const UNKNOWN = refused(401, 'Refresh token not recognised')
const LOGGED_OUT = 'Logged out successfully (both access & refresh token revoked).'

/** A token that another machine signed, which has the secret. */
function signed(payload: Record<string, unknown>, secret = SECRET): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(new TextEncoder().encode(secret))
}

/** An access token as another machine signs it. @param at s since 1970 by its clock */
function foreignAccess(username: string, role: string, at: number, more: object = {}): Promise<string> {
  const subject = { username, role, jti: `elsewhere-${username}-${at}` }
  return signed({ subject, type: 'access', iat: at, exp: at + 3600, jti: 'elsewhere', ...more })
}

const seconds = (ms: number) => Math.floor(ms / 1000)

describe.each(['', '/api'])('POST %s/login', (prefix) => {
  const route = `POST ${prefix}/login`

  it('gives both tokens and who it is', async () => {
    const { server, admin } = await startHouse()
    const added = await ask(server, 'POST /add_user', {
      token: admin,
      body: { username: 'nora', password: PASSWORD, role: 'guest' },
    })
    expect(added.status).toBe(200)
    const { status, body } = await ask(server, route, { body: { username: 'nora', password: PASSWORD } })
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refresh_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      role: 'guest',
      username: 'nora',
      user_id: expect.any(Number),
    })
    const other = await ask(server, route, { body: { identifier: 'nora', password: PASSWORD } })
    expect(other).toMatchObject({ status: 200, body: { username: 'nora' } })
    expect(await ask(server, route, { body: { password: PASSWORD } })).toMatchObject({
      status: 422,
      body: { detail: 'username: must be given' },
    })
    const { access, refresh } = pairOf(body)
    const now = seconds(Date.now())
    const isNow = { asymmetricMatch: (value: unknown) => Math.abs(Number(value) - now) <= 5 }
    const claims = payloadOf(access)
    expect(claims).toEqual({
      subject: { username: 'nora', role: 'guest', jti: expect.any(String) },
      type: 'access',
      iat: isNow,
      exp: expect.any(Number),
      jti: expect.any(String),
    })
    expect(Number(claims.exp) - Number(claims.iat)).toBe(3600)
    const lasting = payloadOf(refresh)
    expect(lasting).toEqual({
      subject: { username: 'nora' },
      type: 'refresh',
      iat: isNow,
      exp: expect.any(Number),
      jti: expect.any(String),
    })
    expect(Number(lasting.exp) - Number(lasting.iat)).toBe(30 * 86_400)
    expect(JSON.parse(Buffer.from(access.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({ alg: 'HS256' })
    // No two are the same.
    const again = await login(server, 'nora')
    expect(payloadOf(again.access).jti).not.toBe(claims.jti)
    expect(payloadOf(again.access).subject).not.toEqual(claims.subject)
    expect(payloadOf(again.refresh).jti).not.toBe(lasting.jti)
  })

  it('says the same of a wrong password and of a wrong name', async () => {
    const { server } = await startHouse()
    for (const body of [
      { username: 'admin', password: 'wrong' },
      { username: 'Admin', password: PASSWORD },
      { username: 'nobody', password: PASSWORD },
      { username: '', password: '' },
    ])
      expect(await ask(server, route, { body })).toMatchObject(refused(401, 'Wrong username or password'))
  })

  it('says that an account is inactive only to who knows its password', async () => {
    const { server, admin, add } = await startHouse()
    await add('nora')
    await must(server, 'PUT /set_user_active_status', { token: admin, body: { username: 'nora', is_active: false } })
    const attempt = (password: string) => ask(server, route, { body: { username: 'nora', password } })
    expect(await attempt(PASSWORD)).toMatchObject(refused(403, 'User account is inactive'))
    expect(await attempt('wrong')).toMatchObject(refused(401, 'Wrong username or password'))
  })

  it('lets nobody in whose role is none of ours', async () => {
    const data_dir = temporaryFolder()
    const { server, add } = await startHouse({ config: { data_dir } })
    await add('nora')
    const database = new DatabaseSync(join(data_dir, 'belvedere.db'))
    database.exec("update users set role = 'visitor' where username = 'nora'")
    database.close()
    const attempt = () => ask(server, route, { body: { username: 'nora', password: PASSWORD } })
    await until(async () => (await attempt()).status !== 200)
    expect(await attempt()).toMatchObject(refused(403, 'User does not have the required role'))
  })

  it('answers 422 to what is no name and password', async () => {
    const { server } = await startHouse()
    for (const body of [{}, { username: 'admin' }, { password: PASSWORD }, { username: 5, password: PASSWORD }, []])
      expect(await ask(server, route, { body })).toMatchObject(refused(422))
  })
})

describe.each(['', '/api'])('POST %s/refresh', (prefix) => {
  const route = `POST ${prefix}/refresh`

  it('gives a new pair, and spends the old token', async () => {
    const { server, add } = await startHouse()
    const first = await add('nora')
    const { status, body } = await ask(server, route, { body: { refresh_token: first.refresh } })
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      message: 'Token refreshed successfully.',
    })
    const second = pairOf(body)
    expect(payloadOf(second.access)).toMatchObject({ type: 'access', subject: { username: 'nora', role: 'user' } })
    const third = pairOf(await must(server, route, { body: { refresh_token: second.refresh } }))
    for (const { access } of [first, second, third])
      expect((await ask(server, 'GET /streams', { token: access })).status).toBe(200)
  })

  it('ends the whole family when a spent token comes again, and what it has open', async () => {
    const { server, add } = await startHouse()
    const first = await add('nora')
    const bystander = await login(server, 'nora')
    await server.publish('North', 'gate')
    const second = pairOf(await must(server, route, { body: { refresh_token: first.refresh } }))
    const sockets = await openSockets(server, second.access, SOCKETS)
    expect(await ask(server, route, { body: { refresh_token: first.refresh } })).toMatchObject(UNKNOWN)
    expect(await sockets.closings).toEqual(closedFor('a refresh token of this session was used twice', SOCKETS))
    for (const token of [first.access, second.access])
      expect((await ask(server, 'GET /streams', { token })).status).toBe(401)
    expect(await ask(server, route, { body: { refresh_token: second.refresh } })).toMatchObject(UNKNOWN)
    expect((await ask(server, 'GET /streams', { token: bystander.access })).status).toBe(200)
  })

  it('gives a token that is used twice at once to one at most, who does not keep it', async () => {
    const { server, add } = await startHouse()
    const { refresh, access } = await add('nora')
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => ask(server, route, { body: { refresh_token: refresh } })),
    )
    const taken = answers.filter(({ status }) => status === 200)
    expect(taken.length).toBeLessThanOrEqual(1)
    for (const answer of answers) if (answer.status !== 200) expect(answer).toMatchObject(UNKNOWN)
    for (const token of [access, ...taken.map(({ body }) => textOf(body, 'access_token'))])
      expect((await ask(server, 'GET /streams', { token })).status).toBe(401)
  })

  it('says what is wrong with a token, in five ways', async () => {
    const clock = new ManualClock()
    const hour = 1 / 24
    const { server, add } = await startHouse({
      clock,
      config: { 'tokens.secret': SECRET, 'tokens.refresh_days': hour },
    })
    const { access, refresh } = await add('nora')
    const now = seconds(START)
    const good = { subject: { username: 'nora' }, type: 'refresh', iat: now, exp: now + 600, jti: 'unknown' }
    const attempt = (body: object | null) => ask(server, route, { body })
    const token = async (payload: object) => attempt({ refresh_token: await signed({ ...good, ...payload }) })

    for (const body of [{}, { refresh_token: '' }, { refresh_token: null }, null])
      expect(await attempt(body)).toMatchObject(refused(401, 'Refresh token is missing'))

    const invalid = refused(401, 'Invalid refresh token')
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${refresh.split('.')[1]}.`
    for (const refresh_token of ['x', 'a.b.c', `${refresh.slice(0, -4)}AAAA`, unsigned, KEY, 'x'.repeat(10_000)])
      expect(await attempt({ refresh_token })).toMatchObject(invalid)
    expect(await attempt({ refresh_token: await signed(good, OTHER_SECRET) })).toMatchObject(invalid)

    const badPayload = refused(401, 'Invalid refresh token payload')
    expect(await attempt({ refresh_token: access })).toMatchObject(badPayload)
    for (const payload of [{ type: 'access' }, { subject: {} }, { subject: 'nora' }, { jti: undefined }])
      expect(await token(payload)).toMatchObject(badPayload)

    expect(await token({})).toMatchObject(UNKNOWN)

    const expired = refused(401, 'Refresh token has expired')
    expect(await token({ iat: now - 600, exp: now - 11 })).toMatchObject(expired)
    clock.advance(3_600_000 + 11_000)
    expect(await attempt({ refresh_token: refresh })).toMatchObject(expired)
  })
})

describe.each(['', '/api'])('POST %s/logout', (prefix) => {
  const route = `POST ${prefix}/logout`
  const LOCAL = 'No access token provided, but local logout can proceed.'
  const MALFORMED = 'Invalid Authorization header format.'
  const INVALID = 'Invalid token, but local logout can proceed.'
  const says = (message: string) => ({ status: 200, body: { message } })

  it('revokes both tokens, and closes what was opened with them', async () => {
    const { server, add } = await startHouse()
    const { access, refresh } = await add('nora')
    const other = await login(server, 'nora')
    await server.publish('North', 'gate')
    const sockets = await openSockets(server, access, SOCKETS)
    const bystanders = await openSockets(server, other.access)
    const answer = await ask(server, route, { token: access, body: { refresh_token: refresh } })
    expect(answer).toMatchObject(says(LOGGED_OUT))
    expect(await sockets.closings).toEqual(closedFor('signed out', SOCKETS))
    expect(await ask(server, 'GET /streams', { token: access })).toMatchObject(refused(401))
    expect(await ask(server, 'POST /refresh', { body: { refresh_token: refresh } })).toMatchObject(UNKNOWN)
    expect(await closingOf(server, '/ws/live', access)).toMatchObject({ code: 1008 })
    expect(await bystanders.count()).toBe(5)
    // A second time there is nothing left to revoke.
    expect(await ask(server, route, { token: access, body: { refresh_token: refresh } })).toMatchObject(says(INVALID))
  })

  it('answers 200 in the contract’s words whatever it is sent', async () => {
    const { server, add } = await startHouse()
    const { access, refresh } = await add('nora')
    const attempt = (headers: Record<string, string>, body: unknown = {}) => ask(server, route, { headers, body })
    for (const body of [undefined, null, {}, { refresh_token: null }, { refresh_token: 'x' }])
      expect(await ask(server, route, { body })).toMatchObject(says(LOCAL))
    for (const authorization of ['Bearer', 'Bearer a b', 'Basic abc', access])
      expect(await attempt({ authorization })).toMatchObject(says(MALFORMED))
    for (const token of ['x', KEY, refresh, 'bvk_x', 'bvs_x'])
      expect(await attempt({ authorization: `Bearer ${token}` })).toMatchObject(says(INVALID))
    expect((await ask(server, 'GET /streams', { token: access })).status).toBe(200)
  })

  it('ends the session also by one of its tokens alone', async () => {
    const { server, add } = await startHouse()
    const first = await add('nora')
    expect(await ask(server, route, { token: first.access, body: {} })).toMatchObject(says(LOGGED_OUT))
    expect(await ask(server, 'POST /refresh', { body: { refresh_token: first.refresh } })).toMatchObject(UNKNOWN)
    const second = await login(server, 'nora')
    expect(await ask(server, route, { body: { refresh_token: second.refresh } })).toMatchObject(says(LOCAL))
    expect((await ask(server, 'GET /streams', { token: second.access })).status).toBe(401)
  })
})

describe('a token', () => {
  it('that refreshes opens nothing', async () => {
    const { server, add } = await startHouse()
    const { refresh } = await add('nora')
    await server.publish('North', 'gate')
    for (const path of ['/streams', '/streams/North/gate/snapshot', '/labels', '/events', '/session']) {
      expect(await ask(server, `GET ${path}`, { token: refresh })).toMatchObject(refused(401))
      expect(await ask(server, `GET ${path}?token=${refresh}`)).toMatchObject(refused(401))
    }
    for (const route of SOCKETS) expect((await closingOf(server, route, refresh)).code).toBe(1008)
  })

  it('opens for its time, and no longer than the clocks may be apart', async () => {
    const clock = new ManualClock()
    const { server, add } = await startHouse({ clock })
    const { access, refresh } = await add('nora')
    const status = async () => (await ask(server, 'GET /streams', { token: access })).status
    clock.advance(3_600_000 + 9000)
    expect(await status()).toBe(200)
    clock.advance(2000)
    expect(await ask(server, 'GET /streams', { token: access })).toMatchObject(refused(401, 'This token has expired.'))
    expect(await ask(server, 'POST /refresh', { body: { refresh_token: refresh } })).toMatchObject({ status: 200 })
  })

  it('is told to be missing or bad with WWW-Authenticate', async () => {
    const { server } = await startHouse({ config: { 'access.anonymous': 'none' } })
    for (const token of [undefined, 'x']) {
      const { status, headers } = await ask(server, 'GET /streams', { token })
      expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer'])
    }
  })
})

describe('a token that another machine signed', () => {
  it('is taken though its clock is 8 s off, and not when it is 12 s off', async () => {
    const clock = new ManualClock()
    const { server, add } = await startHouse({ clock, config: { 'tokens.secret': SECRET } })
    await add('nora', 'guest')
    clock.advance(7_200_000)
    await server.publish('North', 'gate')
    const now = seconds(clock.now())
    const outcome = async (token: string) => [
      (await ask(server, 'GET /streams', { token })).status,
      (await server.get(`/streams/North/gate/snapshot?token=${token}`)).status,
    ]
    // It is 8 s ahead: made in our future. It is 8 s behind: to us, its token has just expired.
    for (const at of [now + 8, now - 8, now - 3600 - 8]) {
      const token = await foreignAccess('nora', 'guest', at)
      expect([at - now, await outcome(token)]).toEqual([at - now, [200, 200]])
      const sockets = await openSockets(server, token)
      expect(await sockets.count()).toBe(5)
    }
    for (const at of [now + 12, now - 3600 - 12]) {
      const token = await foreignAccess('nora', 'guest', at)
      expect([at - now, await outcome(token)]).toEqual([at - now, [401, 401]])
      expect((await closingOf(server, '/ws/live', token)).code).toBe(1008)
    }
  })

  it('must say all that ours say, of somebody who is here as what they are', async () => {
    const { server, add } = await startHouse({ config: { 'tokens.secret': SECRET } })
    await add('nora', 'guest')
    const now = seconds(Date.now())
    const good = { username: 'nora', role: 'guest', jti: 'x' }
    const status = async (token: string) => (await ask(server, 'GET /streams', { token })).status
    expect(await status(await foreignAccess('nora', 'guest', now))).toBe(200)
    for (const [username, role] of [
      ['nora', 'admin'],
      ['nora', 'user'],
      ['nobody', 'guest'],
      ['Nora', 'guest'],
    ] as const)
      expect(await status(await foreignAccess(username, role, now)), `${username} ${role}`).toBe(401)
    for (const more of [
      { type: 'refresh' },
      { type: 'id' },
      { type: undefined },
      { iat: undefined },
      { exp: undefined },
      { subject: undefined },
      { subject: 'nora' },
      { subject: { ...good, jti: undefined } },
      { subject: { ...good, role: undefined } },
      { nbf: now + 60 },
    ])
      expect(await status(await foreignAccess('nora', 'guest', now, more)), JSON.stringify(more)).toBe(401)
    const elsewhere = { subject: good, type: 'access', iat: now, exp: now + 60, jti: 'x' }
    expect(await status(await signed(elsewhere, OTHER_SECRET))).toBe(401)
    expect(await status(await signed(elsewhere))).toBe(200)
  })

  it('may call an admin super_admin, as the newest token manager of the detection hub does', async () => {
    const { server, admin, add } = await startHouse({ config: { 'tokens.secret': SECRET } })
    const body = { username: 'zoe', password: PASSWORD, role: 'super_admin' }
    await must(server, 'POST /add_user', { token: admin, body })
    const logged = await must(server, 'POST /login', { body: { identifier: 'zoe', password: PASSWORD } })
    expect(logged).toMatchObject({ role: 'admin', username: 'zoe' })
    await add('nora', 'user')
    const now = seconds(Date.now())
    for (const [username, status] of [
      ['zoe', 200],
      ['nora', 401],
    ] as const)
      expect(
        (await ask(server, 'GET /users', { token: await foreignAccess(username, 'super_admin', now) })).status,
      ).toBe(status)
  })

  it('is its own user’s alone, even if that of another has the same id', async () => {
    const { server, add } = await startHouse({ config: { 'tokens.secret': SECRET } })
    await add('nora', 'guest')
    const now = seconds(Date.now())
    const withId = (username: string, role: string) =>
      foreignAccess(username, role, now, { subject: { username, role, jti: 'the same' } })
    const [admin, guest] = await Promise.all([withId('admin', 'admin'), withId('nora', 'guest')])
    expect((await ask(server, 'GET /users', { token: admin })).status).toBe(200)
    expect((await ask(server, 'GET /users', { token: guest })).status).toBe(403)
    expect((await ask(server, 'POST /logout', { token: guest, body: {} })).status).toBe(200)
    expect((await ask(server, 'GET /session', { token: guest })).status).toBe(401)
    expect((await ask(server, 'GET /users', { token: admin })).status).toBe(200)
  })

  it('is good for as long as its user is as they were, on open sockets too', async () => {
    const { server, admin, add } = await startHouse({ config: { 'tokens.secret': SECRET } })
    await server.publish('North', 'gate')
    const changes: [call: string, body: object, reason: string][] = [
      ['PUT /set_user_active_status', { is_active: false }, 'this account was disabled'],
      ['PUT /update_password', { new_password: 'another-password' }, 'the password of this account was changed'],
      ['POST /delete_user', {}, 'this account was removed'],
    ]
    for (const [n, [call, body, reason]] of changes.entries()) {
      const username = `nora${n}`
      await add(username)
      const token = await foreignAccess(username, 'user', seconds(Date.now()))
      const sockets = await openSockets(server, token, SOCKETS)
      await must(server, call, { token: admin, body: { username, ...body } })
      expect(await sockets.closings, call).toEqual(closedFor(reason, SOCKETS))
      expect((await ask(server, 'GET /streams', { token })).status, call).toBe(401)
    }
  })

  it('closes what it opened when it expires, the clocks being apart as they may be', async () => {
    const clock = new ManualClock()
    const { server, add } = await startHouse({ clock, config: { 'tokens.secret': SECRET } })
    await server.publish('North', 'gate')
    await add('nora')
    const now = seconds(clock.now())
    const sockets = await openSockets(server, await foreignAccess('nora', 'user', now, { exp: now + 60 }), SOCKETS)
    clock.advance(69_000)
    expect(await sockets.count()).toBe(SOCKETS.length)
    clock.advance(1500)
    expect(await sockets.closings).toEqual(closedFor('its time is over', SOCKETS))
  })

  it('of somebody who had the name before is not good for who has it now', async () => {
    const clock = new ManualClock()
    const { server, admin, add } = await startHouse({ clock, config: { 'tokens.secret': SECRET } })
    await add('nora')
    const token = await foreignAccess('nora', 'user', seconds(clock.now()))
    expect((await ask(server, 'GET /streams', { token })).status).toBe(200)
    clock.advance(60_000)
    await must(server, 'POST /delete_user', { token: admin, body: { username: 'nora' } })
    await add('nora')
    expect((await ask(server, 'GET /streams', { token })).status).toBe(401)
    const ahead = await foreignAccess('nora', 'user', seconds(clock.now()) - 8)
    expect((await ask(server, 'GET /streams', { token: ahead })).status).toBe(200)
  })

  it('is revoked by logging out', async () => {
    const { server, add } = await startHouse({ config: { 'tokens.secret': SECRET } })
    await add('nora')
    const now = seconds(Date.now())
    const [token, other] = [await foreignAccess('nora', 'user', now), await foreignAccess('nora', 'user', now - 1)]
    const answer = await ask(server, 'POST /logout', { token })
    expect(answer).toMatchObject({ status: 200, body: { message: LOGGED_OUT } })
    expect((await ask(server, 'GET /streams', { token })).status).toBe(401)
    expect((await ask(server, 'GET /streams', { token: other })).status).toBe(200)
  })
})

describe('the secret that tokens are signed with', () => {
  /** Starts again on the same data. */
  async function startAgain(data_dir: string, config: Record<string, string> = {}) {
    return TestServer.start({ config: { admin_password: PASSWORD, data_dir, ...config } })
  }

  async function expectGood(server: TestServer, { access, refresh }: { access: string; refresh: string }) {
    expect((await ask(server, 'GET /users', { token: access })).status).toBe(200)
    return pairOf(await must(server, 'POST /refresh', { body: { refresh_token: refresh } }))
  }

  it('has 32 bytes, or the server does not start', async () => {
    const short = 'only-31-bytes-of-secret-in-here'
    await expect(startHouse({ config: { 'tokens.secret': short } })).rejects.toThrow(/at least 32 bytes/)
    await expect(startHouse({ config: { 'tokens.previous_secrets': short } })).rejects.toThrow(/at least 32 bytes/)
    const command = new Command(['serve', '--port', '0', '--data-dir', temporaryFolder()], { JWT_SECRET_KEY: short })
    expect(await command.exited).not.toBe(0)
    expect(command.stderr).toMatch(/at least 32 bytes/)
    expect(command.stdout + command.stderr).not.toContain(short)
  })

  it('is made at the first start and lives on with the data', async () => {
    const data_dir = temporaryFolder()
    const first = await startAgain(data_dir)
    const pair = await login(first, 'admin')
    await first.close()
    const again = await startAgain(data_dir)
    await expectGood(again, pair)
    const elsewhere = await startAgain(temporaryFolder())
    expect((await ask(elsewhere, 'GET /users', { token: pair.access })).status).toBe(401)
  })

  it('can be changed without logging anybody out', async () => {
    const data_dir = temporaryFolder()
    // From the generated one to a configured one, and on to another.
    const steps: Record<string, string>[] = [
      {},
      { 'tokens.secret': SECRET },
      { 'tokens.secret': OTHER_SECRET, 'tokens.previous_secrets': SECRET },
      { 'tokens.previous_secrets': OTHER_SECRET },
    ]
    let pair: { access: string; refresh: string } | undefined
    for (const config of steps) {
      const server = await startAgain(data_dir, config)
      pair = pair ? await expectGood(server, pair) : await login(server, 'admin')
      await server.close()
    }
  })

  it('is no longer good when it is taken away', async () => {
    const data_dir = temporaryFolder()
    const first = await startAgain(data_dir, { 'tokens.secret': SECRET })
    const { access, refresh } = await login(first, 'admin')
    await first.close()
    const again = await startAgain(data_dir, { 'tokens.secret': OTHER_SECRET })
    expect((await ask(again, 'GET /users', { token: access })).status).toBe(401)
    expect(await ask(again, 'POST /refresh', { body: { refresh_token: refresh } })).toMatchObject(
      refused(401, 'Invalid refresh token'),
    )
  })
})
