import { describe, expect, it } from 'vitest'
import {
  ask,
  closedFor,
  cookieOf,
  listOf,
  login,
  must,
  openPageSockets,
  openSockets,
  refused,
  signInOnPage,
  startHouse,
  textOf,
  WATCHING,
} from '../support/accounts.ts'
import { ManualClock, START } from '../support/manual-clock.ts'
import { PASSWORD } from '../support/people.ts'
import { KEY, type TestServer } from '../support/server.ts'

const page = (server: TestServer, cookie: string) => ({ headers: { cookie, origin: server.url } })

describe('/account', () => {
  const CALLS: [call: string, body?: object][] = [
    ['GET /account/sessions'],
    ['DELETE /account/sessions'],
    ['DELETE /account/sessions/x'],
    ['PUT /account/password', { old_password: PASSWORD, new_password: 'a-new-password' }],
    ['GET /account/preferences'],
    ['PUT /account/preferences', {}],
  ]

  it('is for people with an account', async () => {
    const { server, admin } = await startHouse()
    const { key } = await must(server, 'POST /keys', { token: admin, body: { name: 'x', scope: 'admin' } })
    for (const [call, body] of CALLS) {
      expect([call, await ask(server, call, { body })]).toMatchObject([call, refused(401, 'Sign in first.')])
      const forwarded = await ask(server, call, { body, headers: { 'x-forwarded-for': '10.0.0.1' } })
      expect([call, forwarded]).toMatchObject([call, refused(401)])
      for (const token of [KEY, String(key)])
        expect([call, await ask(server, call, { body, token })]).toMatchObject([
          call,
          refused(403, expect.stringMatching(/ is no account\.$/)),
        ])
    }
  })
})

describe('/account/sessions', () => {
  it('lists where one is signed in, the last used first', async () => {
    const clock = new ManualClock()
    const { server, add } = await startHouse({ clock })
    await add('theo')
    await add('nora')
    clock.advance(60_000)
    const agent = { 'user-agent': 'a test/1.0' }
    const signIn = await ask(server, 'POST /session', {
      body: { username: 'nora', password: PASSWORD },
      headers: agent,
    })
    clock.advance(5000)
    const { body } = await ask(server, 'GET /account/sessions', { headers: { cookie: cookieOf(signIn.headers) } })
    const month = 30 * 86_400_000
    expect(body).toEqual({
      sessions: [
        {
          id: expect.any(String),
          kind: 'page',
          created_at: START + 60_000,
          last_used_at: START + 65_000,
          expires_at: START + 65_000 + month,
          address: '127.0.0.1',
          agent: 'a test/1.0',
          current: true,
        },
        {
          id: expect.any(String),
          kind: 'token',
          created_at: START,
          last_used_at: START,
          expires_at: START + month,
          address: '127.0.0.1',
          agent: '',
          current: false,
        },
      ],
    })
  })

  it('ends one of them, with what it has open', async () => {
    const { server, add } = await startHouse()
    await server.publish('North', 'gate')
    const program = await add('nora')
    const other = await add('theo')
    const cookie = await signInOnPage(server, 'nora')
    const onPage = await openPageSockets(server, cookie)
    const ofProgram = await openSockets(server, program.access)
    const sessions = async (token: string) => listOf(await must(server, 'GET /account/sessions', { token }), 'sessions')
    const mine = (await sessions(program.access)).find(({ current }) => current === true)
    const end = (id: unknown) => ask(server, `DELETE /account/sessions/${id}`, page(server, cookie))
    const noSuch = refused(404, 'There is no such session of yours.')
    expect(await end('nothing')).toMatchObject(noSuch)
    for (const { id } of await sessions(other.access)) expect(await end(id)).toMatchObject(noSuch)
    expect((await sessions(other.access)).length).toBe(1)
    expect((await end(mine?.id)).status).toBe(204)
    expect(await ofProgram.closings).toEqual(closedFor('signed out'))
    expect((await ask(server, 'GET /streams', { token: program.access })).status).toBe(401)
    expect((await ask(server, 'POST /refresh', { body: { refresh_token: program.refresh } })).status).toBe(401)
    expect(await onPage.count()).toBe(WATCHING.length)
  })

  it('ends all of them, this one too', async () => {
    const { server, admin, add } = await startHouse()
    await server.publish('North', 'gate')
    const program = await add('nora')
    const cookie = await signInOnPage(server, 'nora')
    const sockets = [await openPageSockets(server, cookie), await openSockets(server, program.access)]
    const others = await openSockets(server, admin)
    expect((await ask(server, 'DELETE /account/sessions', page(server, cookie))).status).toBe(204)
    for (const { closings } of sockets) expect(await closings).toEqual(closedFor('signed out'))
    expect((await ask(server, 'GET /streams', { token: program.access })).status).toBe(401)
    expect((await ask(server, 'GET /account/sessions', page(server, cookie))).status).toBe(401)
    expect(await others.count()).toBe(WATCHING.length)
  })
})

describe('PUT /account/password', () => {
  const OTHER = 'another-password'

  it('changes it, ends every other sign-in, and lets the page stay', async () => {
    const { server, add } = await startHouse()
    await server.publish('North', 'gate')
    const program = await add('nora')
    const cookie = await signInOnPage(server, 'nora')
    const elsewhere = await signInOnPage(server, 'nora')
    const sockets = [await openPageSockets(server, cookie), await openPageSockets(server, elsewhere)]
    const body = { old_password: PASSWORD, new_password: OTHER }
    const answer = await ask(server, 'PUT /account/password', { body, ...page(server, cookie) })
    expect(answer).toMatchObject({ status: 200, body: { message: 'Password updated successfully.' } })
    for (const { closings } of sockets)
      expect(await closings).toEqual(closedFor('the password of this account was changed'))
    expect(String(answer.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict$/)
    const fresh = cookieOf(answer.headers)
    const who = async (each: string) => (await must(server, 'GET /session', { headers: { cookie: each } })).kind
    expect(await Promise.all([cookie, elsewhere, fresh].map(who))).toEqual(['anonymous', 'anonymous', 'user'])
    expect((await ask(server, 'GET /streams', { token: program.access })).status).toBe(401)
    expect((await ask(server, 'POST /refresh', { body: { refresh_token: program.refresh } })).status).toBe(401)
    const attempt = (password: string) => ask(server, 'POST /login', { body: { username: 'nora', password } })
    expect([(await attempt(PASSWORD)).status, (await attempt(OTHER)).status]).toEqual([401, 200])
    expect(listOf(await must(server, 'GET /account/sessions', page(server, fresh)), 'sessions')).toHaveLength(2)
  })

  it('gives no cookie to a program, which logs in again', async () => {
    const { server, add } = await startHouse()
    const { access } = await add('nora')
    const body = { old_password: PASSWORD, new_password: OTHER }
    const answer = await ask(server, 'PUT /account/password', { token: access, body })
    expect([answer.status, answer.headers['set-cookie']]).toEqual([200, undefined])
    expect((await ask(server, 'GET /streams', { token: access })).status).toBe(401)
    await login(server, 'nora', OTHER)
  })

  it('asks for the right old one and a new one of eight characters', async () => {
    const { server, add } = await startHouse()
    const { access } = await add('nora')
    const put = (old_password: string, new_password: string) =>
      ask(server, 'PUT /account/password', { token: access, body: { old_password, new_password } })
    expect(await put('wrong', OTHER)).toMatchObject(refused(403, 'The current password is wrong.'))
    expect(await put(PASSWORD, 'seven77')).toMatchObject(refused(422, 'new_password: at least 8 characters'))
    expect(await put(PASSWORD, '🏗️'.repeat(3))).toMatchObject(refused(422))
    expect(await put(PASSWORD, 'x'.repeat(1025))).toMatchObject(refused(422))
    expect((await ask(server, 'GET /streams', { token: access })).status).toBe(200)
    await login(server, 'nora')
    expect((await put(PASSWORD, '密码密码密码密码')).status).toBe(200)
    await login(server, 'nora', '密码密码密码密码')
  })
})

describe('/account/preferences', () => {
  it('keeps any object, for each user their own', async () => {
    const { server, admin, add } = await startHouse()
    const { access } = await add('nora')
    const get = (token: string) => must(server, 'GET /account/preferences', { token })
    expect(await get(access)).toEqual({})
    const liked = { theme: 'dark', layout: { columns: 3, hidden: ['過', null, 1.5, false] }, '': '' }
    expect(await ask(server, 'PUT /account/preferences', { token: access, body: liked })).toMatchObject({
      status: 200,
      body: liked,
    })
    expect(await get(access)).toEqual(liked)
    expect(await get(admin)).toEqual({})
    await must(server, 'PUT /account/preferences', { token: access, body: { theme: 'light' } })
    expect(await get(access)).toEqual({ theme: 'light' })
  })

  it('goes with its user', async () => {
    const { server, admin, add } = await startHouse()
    const { access } = await add('nora')
    await must(server, 'PUT /account/preferences', { token: access, body: { theme: 'dark' } })
    await must(server, 'POST /delete_user', { token: admin, body: { username: 'nora' } })
    expect(await must(server, 'GET /account/preferences', { token: (await add('nora')).access })).toEqual({})
  })

  it('takes 16 KB and no more, and nothing but an object', async () => {
    const { server, add } = await startHouse()
    const { access } = await add('nora')
    const put = (body: unknown) => ask(server, 'PUT /account/preferences', { token: access, body })
    const ofBytes = (bytes: number) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) })
    expect((await put(ofBytes(16_384))).status).toBe(200)
    const tooLarge = await put(ofBytes(16_385))
    expect(tooLarge).toMatchObject(refused(413))
    expect(textOf(tooLarge.body, 'detail')).not.toBe('')
    for (const body of [[], 'dark', 5, null, true]) expect([body, (await put(body)).status]).toEqual([body, 422])
    expect(Object.keys(await must(server, 'GET /account/preferences', { token: access }))).toEqual(['a'])
  })
})
