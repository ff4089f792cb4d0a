import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  ask,
  closedFor,
  cookieOf,
  login,
  must,
  openPageSockets,
  refused,
  SOCKETS,
  signInOnPage,
  startHouse,
  WATCHING,
} from '../support/accounts.ts'
import { temporaryFolder } from '../support/command.ts'
import { CookieJar } from '../support/cookie-jar.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { PASSWORD } from '../support/people.ts'
import { KEY, TestServer, type TestServerOptions } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

/** A server, and the cookie of its administrator's page. */
async function start(options: TestServerOptions = {}) {
  const house = await startHouse(options)
  return { ...house, cookie: await signInOnPage(house.server, 'admin') }
}

/** Who a cookie makes one. */
async function whoIs(server: TestServer, cookie: string): Promise<unknown> {
  return (await must(server, 'GET /session', { headers: { cookie } })).name
}

/** The headers of several requests. */
const several = (...headers: Record<string, string>[]) => headers

const sameOrigin = (server: TestServer, cookie: string) => ({ cookie, origin: server.url })

describe('GET /session', () => {
  it('tells who has not signed in what they may do, and why no more', async () => {
    const { server } = await startHouse()
    const { status, body, headers } = await ask(server, 'GET /session')
    expect([status, body]).toEqual([
      200,
      { kind: 'anonymous', name: expect.any(String), may: ['view', 'command', 'acknowledge'] },
    ])
    expect(headers['cache-control']).toBe('no-store')
    const forwarded = await ask(server, 'GET /session', { headers: { 'x-forwarded-for': '10.0.0.1' } })
    expect(forwarded).toMatchObject({
      status: 200,
      body: { kind: 'anonymous', may: [], why: expect.stringContaining('x-forwarded-for') },
    })
  })

  it('tells everybody else who they are, by what they show', async () => {
    const { server, admin, add, cookie } = await start()
    const { access } = await add('nora', 'guest', ['South', 'North'])
    const who = async (asking: Parameters<typeof ask>[2]) => must(server, 'GET /session', asking)
    const everything = ['view', 'publish', 'command', 'acknowledge', 'edit_cameras', 'administer']
    const boss = { user_id: 1, username: 'admin', role: 'admin', labels: null }
    expect(await who({ token: admin })).toEqual({ kind: 'user', name: 'admin', may: everything, user: boss })
    expect(await who({ headers: { cookie } })).toEqual({ kind: 'user', name: 'admin', may: everything, user: boss })
    const guest = { user_id: expect.any(Number), username: 'nora', role: 'guest', labels: ['North', 'South'] }
    expect(await who({ token: access })).toEqual({ kind: 'user', name: 'nora', may: ['view'], user: guest })
    expect(await who({ token: KEY })).toMatchObject({ kind: 'key', may: ['view', 'publish', 'command', 'acknowledge'] })
    // What is said on purpose counts more than what the browser sends along.
    expect(await who({ token: access, headers: { cookie } })).toMatchObject({ name: 'nora' })
    expect(await must(server, `GET /session?token=${access}`, { headers: { cookie } })).toMatchObject({ name: 'nora' })
  })

  it('takes a stale cookie for none, and refuses a wrong token', async () => {
    const { server, cookie: good } = await start()
    const [name] = good.split('=')
    for (const cookie of [`${name}=x`, `${name}=`, `${name}="`, `other=x; ${name}`, 'belvedere_session=x'])
      expect(await ask(server, 'GET /session', { headers: { cookie } })).toMatchObject({
        status: 200,
        body: { kind: 'anonymous' },
      })
    expect(await ask(server, 'GET /session', { token: 'wrong' })).toMatchObject(refused(401))
    expect(await ask(server, 'GET /session?token=wrong')).toMatchObject(refused(401))
  })
})

describe('POST /session', () => {
  it('signs in with a cookie that scripts and other sites do not get', async () => {
    const { server } = await startHouse()
    const body = { username: 'admin', password: PASSWORD }
    const answer = await ask(server, 'POST /session', { body, headers: { origin: server.url } })
    expect(answer).toMatchObject({ status: 200, body: { kind: 'user', name: 'admin', user: { role: 'admin' } } })
    const [cookie = '', ...attributes] = String(answer.headers['set-cookie']).split('; ')
    expect(cookie).toMatch(/^belvedere_session_[\w-]{12}=[\w-]{43}$/)
    expect(attributes.sort()).toEqual(['HttpOnly', `Max-Age=${30 * 86_400}`, 'Path=/', 'SameSite=Strict'])
    expect(JSON.stringify(answer.body)).not.toContain(cookie.split('=')[1])
    // The cookie is no token.
    expect((await ask(server, 'GET /streams', { token: cookie.split('=')[1] })).status).toBe(401)
  })

  it('marks it Secure, and for this host alone, where the browser speaks HTTPS with a trusted proxy', async () => {
    const body = { username: 'admin', password: PASSWORD }
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '10.0.0.1' }
    for (const [config, isSecure] of [
      [{ 'http.trusted_proxies': '127.0.0.1' }, true],
      [{}, false],
    ] as const) {
      const { server } = await startHouse({ config })
      const answer = await ask(server, 'POST /session', { body, headers })
      expect(String(answer.headers['set-cookie']).includes('; Secure')).toBe(isSecure)
      expect(cookieOf(answer.headers).startsWith('__Host-')).toBe(isSecure)
      const cookie = cookieOf(answer.headers)
      const who = async (more = {}) => (await must(server, 'GET /session', { headers: { cookie, ...more } })).name
      // A location of the proxy that says less, as that of its sockets may.
      expect(await who(headers)).toBe('admin')
      expect(await who({ 'x-forwarded-for': '10.0.0.1' })).toBe('admin')
    }
  })

  it('refuses as /login does, without a cookie', async () => {
    const { server, admin, add } = await startHouse()
    await add('nora')
    await must(server, 'PUT /set_user_active_status', { token: admin, body: { username: 'nora', is_active: false } })
    const attempt = (username: string, password: string) =>
      ask(server, 'POST /session', { body: { username, password } })
    const answers = [
      [await attempt('admin', 'wrong'), refused(401, 'Wrong username or password')],
      [await attempt('nobody', PASSWORD), refused(401, 'Wrong username or password')],
      [await attempt('nora', PASSWORD), refused(403, 'User account is inactive')],
    ] as const
    for (const [answer, expected] of answers) {
      expect(answer).toMatchObject(expected)
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
    for (const body of [{}, { username: 'admin' }])
      expect((await ask(server, 'POST /session', { body })).status).toBe(422)
  })

  it('is no way for another site to sign its visitors in', async () => {
    const { server } = await startHouse({ config: { 'http.allowed_origins': 'https://friend.example' } })
    const body = { username: 'admin', password: PASSWORD }
    for (const headers of several(
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: 'https://friend.example' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
    )) {
      const answer = await ask(server, 'POST /session', { body, headers })
      expect([headers, answer.status, answer.headers['set-cookie']]).toEqual([headers, 403, undefined])
    }
  })
})

describe('the cookie', () => {
  it('writes only from a page of the server itself', async () => {
    const { server, cookie } = await start({ config: { 'http.allowed_origins': 'https://friend.example' } })
    const { host } = new URL(server.url)
    const rename = (headers: Record<string, string>) =>
      ask(server, 'PUT /users/admin/labels', { headers: { cookie, ...headers }, body: { labels: ['North'] } })
    for (const headers of several(
      {},
      { origin: 'http://evil.example' },
      { origin: 'https://friend.example' },
      { origin: 'null' },
      { origin: `http://${host}.evil.example` },
      { origin: `http://localhost:1` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' },
      { referer: `${server.url}/app/` },
    ))
      expect([headers, await rename(headers)]).toMatchObject([headers, refused(403)])
    for (const headers of several(
      { origin: server.url },
      { origin: `https://${host}` },
      { 'sec-fetch-site': 'same-origin' },
    ))
      expect([headers, (await rename(headers)).status]).toEqual([headers, 200])
    for (const call of [
      'DELETE /session',
      'DELETE /account/sessions',
      'POST /frames',
      'POST /api/config',
      'POST /keys',
    ])
      expect([call, (await ask(server, call, { headers: { cookie } })).status]).toEqual([call, 403])
    expect(await whoIs(server, cookie)).toBe('admin')
  })

  it('reads whatever page asks, but not for pages of other sites', async () => {
    const { server, cookie } = await start({ config: { 'access.anonymous': 'none' } })
    const status = async (headers: Record<string, string>) =>
      (await ask(server, 'GET /users', { headers: { cookie, ...headers } })).status
    for (const headers of several(
      {},
      { origin: server.url },
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' },
    ))
      expect([headers, await status(headers)]).toEqual([headers, 200])
    for (const headers of several(
      { origin: 'http://evil.example' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    ))
      expect([headers, await status(headers)]).toEqual([headers, 403])
  })

  it('opens sockets for pages of the server itself only', async () => {
    const { server, cookie } = await start({
      config: { 'access.anonymous': 'none', 'http.allowed_origins': 'https://friend.example' },
    })
    await server.publish('North', 'gate')
    const sockets = await openPageSockets(server, cookie, SOCKETS)
    expect(await sockets.count()).toBe(SOCKETS.length)
    for (const headers of several(
      {},
      { origin: 'http://evil.example' },
      { origin: 'https://friend.example' },
      { origin: 'null' },
    ))
      for (const route of SOCKETS) {
        const socket = await TestSocket.open(server.socketUrl(route), { headers: { cookie, ...headers } })
        expect([headers, route, (await socket.closed).code]).toEqual([headers, route, 1008])
      }
  })

  it('counts for nothing when its sign-in has ended', async () => {
    for (const [anonymous, status] of [
      ['operate', 200],
      ['none', 401],
    ] as const) {
      const { server, cookie } = await start({ config: { 'access.anonymous': anonymous } })
      expect((await ask(server, 'GET /streams', { headers: { cookie } })).status).toBe(200)
      await must(server, 'DELETE /session', { headers: sameOrigin(server, cookie) })
      expect((await ask(server, 'GET /streams', { headers: { cookie } })).status).toBe(status)
      expect((await ask(server, 'GET /users', { headers: { cookie } })).status).toBe(401)
      expect(await must(server, 'GET /session', { headers: { cookie } })).toMatchObject({ kind: 'anonymous' })
    }
  })

  it('lives on while it is used, by an open connection too, and ends when it is not', async () => {
    const clock = new ManualClock()
    const patient = { 'viewers.idle_ping_s': 3600, 'viewers.dead_after_s': 7200 }
    const { server, cookie } = await start({ clock, config: { 'tokens.refresh_days': 1 / 24, ...patient } })
    for (let use = 0; use < 2; use++) {
      clock.advance(50 * 60_000)
      expect(await whoIs(server, cookie)).toBe('admin')
    }
    await server.publish('North', 'gate')
    const socket = await TestSocket.open(server.socketUrl('/ws/live'), { headers: { cookie, origin: server.url } })
    clock.advance(65 * 60_000)
    expect(await whoIs(server, cookie)).toBe('admin')
    await socket.close()
    // Until the server has noticed it too.
    await until(async () => {
      clock.advance(61 * 60_000)
      return (await whoIs(server, cookie)) !== 'admin'
    }, 'a session that has ended')
  })
})

describe('DELETE /session', () => {
  it('signs out: the cookie goes, and all that was opened with it is closed', async () => {
    const { server, cookie, add } = await start()
    await server.publish('North', 'gate')
    await add('nora')
    const others = [
      await openPageSockets(server, await signInOnPage(server, 'admin')),
      await openPageSockets(server, await signInOnPage(server, 'nora')),
    ]
    const sockets = await openPageSockets(server, cookie, SOCKETS)
    const answer = await ask(server, 'DELETE /session', { headers: sameOrigin(server, cookie) })
    expect(answer).toMatchObject({ status: 204, body: {} })
    expect(cookieOf(answer.headers)).toBe(`${cookie.split('=')[0]}=`)
    expect(String(answer.headers['set-cookie'])).toMatch(/Max-Age=0; Path=\//)
    expect(await sockets.closings).toEqual(closedFor('signed out', SOCKETS))
    for (const other of others) expect(await other.count()).toBe(WATCHING.length)
    expect((await ask(server, 'DELETE /session', { headers: sameOrigin(server, cookie) })).status).toBe(204)
    expect((await ask(server, 'DELETE /session')).status).toBe(204)
  })

  it('also ends the session of a token', async () => {
    const { server } = await start()
    const { access } = await login(server, 'admin')
    expect((await ask(server, 'DELETE /session', { token: access })).status).toBe(204)
    expect((await ask(server, 'GET /users', { token: access })).status).toBe(401)
  })
})

describe('the session cookie', () => {
  const SIGN_IN = { body: { username: 'admin', password: PASSWORD } }

  it('of several servers on one host is one of each: somebody stays signed in on all of them', async () => {
    const jar = new CookieJar()
    const houses = [await startHouse(), await startHouse()]
    for (const { server } of houses) jar.take(await ask(server, 'POST /session', SIGN_IN))
    for (const { server } of houses) expect(await whoIs(server, jar.header('/'))).toBe('admin')
    const [first, second] = houses.map(({ server }) => server)
    if (!first || !second) throw new Error('no servers')
    jar.take(await ask(first, 'DELETE /session', { headers: sameOrigin(first, jar.header('/')) }))
    expect(await whoIs(first, jar.header('/'))).not.toBe('admin')
    expect(await whoIs(second, jar.header('/'))).toBe('admin')
  })

  it('keeps its name when the server starts again, and had another before: nobody is signed out by that', async () => {
    const clock = new ManualClock()
    const data_dir = temporaryFolder()
    const start = () => TestServer.start({ clock, config: { data_dir, admin_password: PASSWORD } })
    const first = await start()
    const cookie = await signInOnPage(first, 'admin')
    await first.close()
    clock.advance(1000)
    const second = await start()
    expect(await whoIs(second, cookie)).toBe('admin')
    await second.close()
    // As an earlier version left the folder, and the browser.
    rmSync(join(data_dir, 'instance.id'))
    const jar = new CookieJar()
    jar.set('belvedere_session', cookie.split('=')[1] ?? '')
    const third = await start()
    const answer = await ask(third, 'GET /session', { headers: { cookie: jar.header('/') } })
    expect(answer.body.name).toBe('admin')
    jar.take(answer)
    expect(jar.names).toEqual([expect.stringMatching(/^belvedere_session_[\w-]{12}$/)])
    expect(await whoIs(third, jar.header('/'))).toBe('admin')
    // Any other server of this host may use the former name, so no later session has it.
    clock.advance(1000)
    const later = (await signInOnPage(third, 'admin')).split('=')[1]
    expect(await whoIs(third, `belvedere_session=${later}`)).not.toBe('admin')
  })
})
