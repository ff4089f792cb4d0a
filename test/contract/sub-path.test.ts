import { expect, it } from 'vitest'
import { ask, cookieOf, must, startHouse } from '../support/accounts.ts'
import { CookieJar } from '../support/cookie-jar.ts'
import { EventStreamClient } from '../support/event-stream.ts'
import { PASSWORD } from '../support/people.ts'
import { TestServer } from '../support/server.ts'
import { SocketIoClient } from '../support/socket-io.ts'
import { TestSocket } from '../support/sockets.ts'

const SIGN_IN = { body: { username: 'admin', password: PASSWORD } }
const IN_AN_HOUR = () => Date.now() + 3_600_000

/** The headers of a trusted proxy that has taken off the path. */
const taken = (prefix: string) => ({ 'x-forwarded-for': '10.0.0.1', 'x-forwarded-prefix': prefix })

it('what a trusted proxy has taken off the path is in every address that its client gets', async () => {
  const { server, admin } = await startHouse({ config: { 'http.trusted_proxies': '127.0.0.1' } })
  const headers = taken('/cameras')
  const location = async (path: string) => (await ask(server, `GET ${path}`, { headers })).headers.location
  expect(await location('/logout')).toBe('/cameras/')
  expect(await location('/docs')).toBe('/cameras/docs/')
  const link = { name: 'a', streams: [{ label: 'a' }], expires_at: IN_AN_HOUR() }
  const made = await must(server, 'POST /links', { token: admin, headers, body: link })
  expect(made.path).toMatch(/^\/cameras\/app\/shared#token=/)
  const described = async (more = {}) => (await must(server, 'GET /openapi.json', { headers: more })).servers
  expect([await described(headers), await described()]).toEqual([[{ url: '/cameras' }], [{ url: '/' }]])
  expect((await must(server, 'GET /docs/json', { headers })).servers).toEqual([{ url: '/cameras' }])
  const form = await server.get('/login', headers)
  expect(await form.text()).toContain('action="/cameras/login"')
  // Nothing that depends on it may be kept and given to somebody else.
  expect(form.headers.get('cache-control')).toBe('no-store')
  // From anybody else the header says nothing.
  const { server: other } = await startHouse()
  expect(await (await other.get('/login', headers)).text()).toContain('action="/login"')
})

it('the picture of an event and a video are told at paths that open below the path, and as ever without one', async () => {
  const { server, admin } = await startHouse({
    config: { 'http.trusted_proxies': '127.0.0.1', 'events.disk_free_bytes': 0 },
  })
  await server.publish('North', 'gate')
  const body = { type: 'door.opened', label: 'North', key: 'gate', snapshot: true }
  const sent = await must(server, 'POST /events', { token: admin, headers: taken('/cameras'), body })
  // Each of them in turn: none gets what was written for the others.
  for (const base of ['/cameras', '', '/cameras']) {
    const headers = base === '' ? {} : taken(base)
    const picture = `${base}/events/${sent.id}/picture`
    const read = (path: string) => must(server, `GET ${path}`, { token: admin, headers })
    expect(await read(`/events/${sent.id}`)).toMatchObject({ picture })
    for (const path of ['/events', '/api/recent-events'])
      expect(await read(path)).toMatchObject({ events: expect.arrayContaining([expect.objectContaining({ picture })]) })
    const socket = await TestSocket.open(`${server.socketUrl('/ws/live')}?token=${admin}`, { headers })
    socket.send({ type: 'follow', id: 1, after: '0-0', types: ['door.opened'] })
    expect(await socket.nextOfType('events')).toMatchObject({ events: [{ picture }] })
    const client = new SocketIoClient(server, { version: 2, extraHeaders: headers, query: { token: admin } })
    await client.sees('connected')
    client.emit('subscribe', { event_types: ['DOOR.OPENED'] })
    expect(await client.sees('live_event')).toMatchObject([{ picture }])
    const { stream_url } = await client.ask('request_video_stream', {})
    expect(stream_url).toBe(`${base}/stream/video/${client.socket.id}?quality=medium`)
    const stream = new EventStreamClient(server, '/stream/events?types=door.opened', admin, headers)
    expect(await stream.sees('event')).toMatchObject([{ picture }])
  }
  expect(sent).toMatchObject({ picture: `/cameras/events/${sent.id}/picture` })
})

it('a header that is no plain path leads nobody to another site', async () => {
  const { server } = await startHouse({ config: { 'http.trusted_proxies': '127.0.0.1' } })
  for (const prefix of ['//evil.example', 'https://evil.example', '/a, //evil.example', '/a"b', '/..'])
    expect((await ask(server, 'GET /logout', { headers: taken(prefix) })).headers.location).toBe('/')
})

it('a path that the proxy passes on may be in front of everything, and may be missing', async () => {
  const { server, admin } = await startHouse({ config: { 'http.base_path': '/cameras/' } })
  await server.publish('North', 'gate')
  for (const base of ['/cameras', '']) {
    expect((await server.get(`${base}/healthz`)).status).toBe(200)
    expect(await must(server, `GET ${base}/streams`, { token: admin })).toMatchObject({ streams: [{ label: 'North' }] })
    expect((await server.get(`${base}/streams/North/gate/snapshot?token=${admin}`)).status).toBe(200)
    const events = await server.get(`${base}/stream/events?token=${admin}`)
    expect(events.headers.get('content-type')).toMatch('text/event-stream')
    await events.body?.cancel()
    const socket = await TestSocket.open(`${server.socketUrl(`${base}/ws/live`)}?token=${admin}`)
    expect(await socket.next()).toContain('hello')
    for (const transport of ['polling', 'websocket']) {
      const client = new SocketIoClient(server, {
        transports: [transport],
        path: `${base}/socket.io`,
        query: { token: admin },
      })
      await client.sees('connected')
    }
  }
  expect((await server.get('/camerasandmore/healthz')).status).toBe(404)
  expect((await ask(server, 'GET /cameras/logout')).headers.location).toBe('/cameras/')
})

it('a sign-in below a path is of that path, beside that of another server of the host', async () => {
  const houses = [
    ['/cameras', await startHouse({ config: { 'http.base_path': '/cameras' } })],
    ['/lab', await startHouse({ config: { 'http.base_path': '/lab' } })],
  ] as const
  const jar = new CookieJar()
  for (const [, { server }] of houses) {
    const answer = await ask(server, 'POST /session', SIGN_IN)
    expect(cookieOf(answer.headers)).not.toContain('__Host-')
    jar.take(answer)
  }
  for (const [path, { server }] of houses) {
    const cookie = jar.header(path)
    expect(cookie.split('; ')).toHaveLength(1)
    const headers = { cookie, origin: server.url }
    expect(await must(server, `GET ${path}/session`, { headers })).toMatchObject({ name: 'admin' })
    jar.take(await ask(server, `DELETE ${path}/session`, { headers }))
    expect(jar.header(path)).toBe('')
  }
})

it('pages may be framed by the sites that the settings name, and by no other', async () => {
  const policyOf = async (server: TestServer, path: string) =>
    (await server.get(path)).headers.get('content-security-policy')?.match(/frame-ancestors [^;]*/)?.[0]
  const closed = await TestServer.start()
  const open = await TestServer.start({
    config: { 'http.frame_ancestors': 'https://home.example:8123,https://*.example.org' },
  })
  for (const path of ['/login', '/docs', '/healthz', '/socket.io/?EIO=4&transport=polling']) {
    expect([path, await policyOf(closed, path)]).toEqual([path, "frame-ancestors 'self'"])
    expect([path, await policyOf(open, path)]).toEqual([
      path,
      "frame-ancestors 'self' https://home.example:8123 https://*.example.org",
    ])
    expect((await open.get(path)).headers.get('x-frame-options')).toBeNull()
  }
})
