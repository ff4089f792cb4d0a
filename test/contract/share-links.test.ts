import { describe, expect, it } from 'vitest'
import {
  ask,
  closedFor,
  closingOf,
  listOf,
  login,
  must,
  openPageSockets,
  openSockets,
  refused,
  startHouse,
  textOf,
  WATCHING,
} from '../support/accounts.ts'
import { CookieJar } from '../support/cookie-jar.ts'
import { ManualClock, START } from '../support/manual-clock.ts'
import { PASSWORD, sendEvent } from '../support/people.ts'
import { exifOf, jpeg, withExif } from '../support/pictures.ts'
import { authorized, formOf, KEY, type TestServer } from '../support/server.ts'
import { frameOf, TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const HOUR = 3_600_000

/** A server with some streams, whose anonymous visitors may do nothing, and a way to make links. */
async function start(options: Parameters<typeof startHouse>[0] = {}) {
  const house = await startHouse({ ...options, config: { 'access.anonymous': 'none', ...options.config } })
  const { server, admin } = house
  for (const [label, key] of [
    ['North', 'gate'],
    ['North', 'yard'],
    ['South', 'gate'],
  ] as const)
    await server.publish(label, key)
  const now = options.clock?.now() ?? Date.now()
  const make = async (
    streams: object[] = [{ label: 'North', key: 'gate' }],
    expires_at = now + HOUR,
    choice: { metadata?: boolean } = {},
  ) => {
    const body = { name: 'visit', streams, expires_at, ...choice }
    const made = await must(server, 'POST /links', { token: admin, body })
    return { id: textOf(made, 'id'), token: textOf(made, 'token') }
  }
  return { ...house, make }
}

describe('/links', () => {
  it('makes a link, shows its token once, and lists it without', async () => {
    const { server, admin } = await start()
    const expires_at = Date.now() + HOUR
    const streams = [{ label: 'North', key: 'gate' }, { label: 'a/b' }]
    const made = await ask(server, 'POST /links', {
      token: admin,
      body: { name: 'For the client', streams, expires_at },
    })
    expect(made.status).toBe(201)
    const { token, path, ...listed } = made.body
    expect(token).toMatch(/^bvs_[\w-]{30,}$/)
    expect(path).toBe(`/app/shared#token=${token}`)
    expect(listed).toEqual({
      id: expect.any(String),
      name: 'For the client',
      streams,
      metadata: false,
      created_at: expect.any(Number),
      created_by: 'admin',
      expires_at,
      last_used_at: null,
    })
    const all = await ask(server, 'GET /links', { token: admin })
    expect(all.body).toEqual({ links: [listed] })
    await must(server, `GET /streams?token=${token}`)
    const used = listOf(await must(server, 'GET /links', { token: admin }), 'links')
    expect(used).toEqual([{ ...listed, last_used_at: expect.any(Number) }])
  })

  it('takes no link that makes no sense', async () => {
    const { server, admin } = await start()
    const good = { name: 'x', streams: [{ label: 'North' }], expires_at: Date.now() + HOUR }
    for (const bad of [
      { name: '' },
      { streams: [] },
      { streams: undefined },
      { streams: [{ key: 'gate' }] },
      { streams: [{ label: '' }] },
      { streams: [{ label: 'North', key: '' }] },
      { streams: Array(101).fill({ label: 'North' }) },
      { expires_at: undefined },
      { expires_at: null },
      { expires_at: Date.now() - 1 },
      { expires_at: Date.now() * 1000 },
    ])
      expect([bad, await ask(server, 'POST /links', { token: admin, body: { ...good, ...bad } })]).toMatchObject([
        bad,
        refused(422),
      ])
    expect(await must(server, 'GET /links', { token: admin })).toEqual({ links: [] })
  })

  it('lists one that has expired', async () => {
    const clock = new ManualClock()
    const { server, make } = await start({ clock })
    await make()
    clock.advance(2 * HOUR)
    const { access } = await login(server, 'admin')
    expect(listOf(await must(server, 'GET /links', { token: access }), 'links')).toHaveLength(1)
  })
})

/** A browser that has opened a link: what it sends, and how it becomes a guest. */
function browserOf(server: TestServer) {
  const jar = new CookieJar()
  const headers = () => ({ origin: server.url, 'sec-fetch-site': 'same-origin', cookie: jar.header('/') })
  const call = async (route: string, options: Omit<Parameters<typeof ask>[2], 'headers'> = {}) => {
    const answer = await ask(server, route, { ...options, headers: headers() })
    jar.take(answer)
    return answer
  }
  return {
    jar,
    headers,
    call,
    open: async (token: string) => expect((await call('POST /session/link', { token })).status).toBe(204),
    kind: async () => (await call('GET /session')).body.kind,
  }
}

describe('the guest of a share link', () => {
  it('stays one in every tab, on every way out, until the link is revoked', async () => {
    const { server, admin, make } = await start()
    const { id, token } = await make()
    const browser = browserOf(server)
    expect(await browser.kind()).toBe('anonymous')
    await browser.open(token)
    expect(browser.jar.names).toEqual([expect.stringMatching(/^belvedere_guest_[\w-]+$/)])
    const setting = await ask(server, 'POST /session/link', { token, headers: { origin: server.url } })
    expect(String(setting.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/)
    expect((await browser.call('GET /session')).body).toMatchObject({
      kind: 'link',
      may: ['view'],
      link: { name: 'visit' },
    })
    const { streams } = (await browser.call('GET /streams')).body
    expect(streams).toMatchObject([{ label: 'North', key: 'gate' }])
    const headers = browser.headers()
    expect((await server.get('/streams/North/gate/snapshot', headers)).status).toBe(200)
    expect((await server.get('/streams/North/yard/snapshot', headers)).status).toBe(403)
    for (const call of ['GET /users', 'GET /links', 'GET /metrics', 'GET /account/preferences'])
      expect([call, (await browser.call(call)).status]).toEqual([call, 403])
    const sockets = await openPageSockets(server, browser.jar.header('/'))
    expect(await sockets.count()).toBe(WATCHING.length)
    await must(server, `DELETE /links/${id}`, { token: admin })
    expect(await sockets.closings).toEqual(closedFor('this link was revoked'))
    expect((await browser.call('GET /session')).body).toMatchObject({
      kind: 'anonymous',
      may: [],
      why: 'This link has ended.',
    })
    expect(await browser.call('GET /streams')).toMatchObject(refused(401, 'This link has ended.'))
    await browser.call('DELETE /session/link')
    expect(browser.jar.names).toEqual([])
  })

  it('is told of the end of the link also when it ends at its time', async () => {
    const clock = new ManualClock()
    const { server, make } = await start({ clock })
    const { token } = await make(undefined, START + 60_000)
    const browser = browserOf(server)
    await browser.open(token)
    clock.advance(61_000)
    expect((await browser.call('GET /session')).body).toMatchObject({ kind: 'anonymous', why: 'This link has ended.' })
    expect(await browser.call('POST /session/link', { token })).toMatchObject(refused(401, 'This link has ended.'))
  })

  it('never outranks who is signed in, and is none any more once somebody signs in', async () => {
    const { server, make } = await start()
    const { token } = await make()
    const browser = browserOf(server)
    await browser.open(token)
    const body = { username: 'admin', password: PASSWORD }
    expect((await browser.call('POST /session', { body })).status).toBe(200)
    expect(browser.jar.names).toEqual([expect.stringMatching(/^belvedere_session_/)])
    // Whoever sends an admin a link changes nothing for them, in whatever way the cookie came there.
    await browser.open(token)
    expect(browser.jar.names).toHaveLength(1)
    const guest = browserOf(server)
    await guest.open(token)
    const cookie = `${guest.jar.header('/')}; ${browser.jar.header('/')}`
    expect(await must(server, 'GET /session', { headers: { cookie } })).toMatchObject({ kind: 'user', name: 'admin' })
    await browser.call('DELETE /session')
    expect(await browser.kind()).toBe('anonymous')
    // The old viewer's page knows no other way to leave.
    await guest.call('GET /logout')
    expect(guest.jar.names).toEqual([])
  })

  it('takes nothing away from visitors who may view anyway', async () => {
    const { server, make } = await start({ config: { 'access.anonymous': 'view' } })
    const browser = browserOf(server)
    await browser.open((await make()).token)
    expect(await browser.kind()).toBe('anonymous')
    expect((await browser.call('GET /streams')).body.streams).toHaveLength(3)
  })

  it('becomes one on pages of this server only, and with the token of a link only', async () => {
    const { server, admin, make } = await start()
    const { token } = await make()
    const foreign = { origin: 'https://evil.example' }
    expect(await ask(server, 'POST /session/link', { token, headers: foreign })).toMatchObject(refused(403))
    const browser = browserOf(server)
    for (const wrong of [admin, undefined])
      expect(await browser.call('POST /session/link', wrong === undefined ? {} : { token: wrong })).toMatchObject(
        refused(422, expect.stringContaining('share link')),
      )
    expect(await browser.call('POST /session/link', { body: { token: 5 } })).toMatchObject(
      refused(422, 'body/token must be string'),
    )
    // In the body, as a proxy may have a password of its own in the header.
    const authorization = `Basic ${btoa('bob:secret')}`
    const own = { ...browser.headers(), authorization }
    expect(await ask(server, 'POST /session/link', { body: { token }, headers: own })).toMatchObject({ status: 204 })
    expect(await ask(server, 'POST /session/link', { body: { token }, headers: foreign })).toMatchObject(refused(403))
    await browser.open(token)
    const cookie = browser.jar.header('/')
    expect(await ask(server, 'GET /streams', { headers: { ...foreign, cookie } })).toMatchObject(refused(403))
    const socket = await TestSocket.open(server.socketUrl('/ws/labels/North'), { headers: { cookie, ...foreign } })
    expect(await socket.closed).toMatchObject({ code: 1008 })
  })
})

describe('what came with the pictures', () => {
  /** Publishes a frame with everything, and has a link that shows it, or not. */
  async function startWithData(metadata: boolean) {
    // Pictures of events are kept whatever the disk of this machine.
    const house = await start({ config: { 'events.disk_free_bytes': 0 } })
    const { server, make } = house
    const { token } = await make(undefined, undefined, { metadata })
    const fields = {
      ...{ label: 'North', key: 'gate', metadata_json: '{"badge":"geheim"}' },
      // As a phone writes where it was.
      file: withExif(jpeg(8, 8), 'image/jpeg', Buffer.concat([exifOf(1), Buffer.from('geheim')])),
      ...{ warnings_json: '{"warning_no_hardhat":{"count":2}}', detection_items_json: '[[1,2,3,4,0.5,0]]' },
    }
    const publish = async () => expect((await server.post(formOf(fields), authorized(KEY))).status).toBe(200)
    await publish()
    await sendEvent(server, 'x', { label: 'North', key: 'gate', badge: 'geheim' })
    const event = { type: 'x', label: 'North', key: 'gate', snapshot: true }
    const { picture } = await must(server, 'POST /events', { token: KEY, body: event })
    return { ...house, token, publish, eventPicture: String(picture) }
  }

  /** All that comes out by a link, as text. */
  async function seenBy({ server, token, publish, eventPicture }: Awaited<ReturnType<typeof startWithData>>) {
    const open = (route: string) => TestSocket.open(`${server.socketUrl(route)}?token=${token}`)
    const frames = [await (await open('/ws/labels/North')).nextFrame()]
    const stream = await open('/ws/stream/North/gate')
    stream.send({ action: 'pull' })
    frames.push(await stream.nextFrame())
    const live = await open('/ws/live')
    expect(await live.nextJson()).toMatchObject({ type: 'hello' })
    live.send({ type: 'watch', id: 1, label: 'North', key: 'gate' })
    expect(await live.nextJson()).toMatchObject({ type: 'watching' })
    frames.push(await live.nextFrame())
    await publish()
    frames.push(await live.nextFrame())
    const headers = frames.map(({ header }) => header)
    const rest = []
    for (const route of ['/streams', '/events?types=webhook.x', '/instruments'])
      rest.push(await must(server, `GET ${route}${route.includes('?') ? '&' : '?'}token=${token}`))
    const { image } = await (await open('/api/ws/stream/North/gate')).nextJson()
    const { images } = await (await open('/api/ws/labels/North')).nextJson()
    const inText = [image, ...(Array.isArray(images) ? images.map(({ image }) => image) : [])]
    const pictures = [...frames.map(({ image }) => image), ...inText.map((text) => Buffer.from(String(text), 'base64'))]
    const files = pictures.map((picture) => picture.toString('latin1'))
    for (const route of ['/streams/North/gate/snapshot', eventPicture])
      files.push(Buffer.from(await (await server.get(`${route}?token=${token}`)).arrayBuffer()).toString('latin1'))
    return { headers, files, all: JSON.stringify([headers, rest, files]) }
  }

  it('is not shown by a link, but for warnings and what is drawn over them', async () => {
    const house = await startWithData(false)
    const { headers, files, all } = await seenBy(house)
    expect(all).not.toContain('geheim')
    expect(files).toHaveLength(8)
    for (const file of files) expect(file).toBe(Buffer.from(jpeg(8, 8)).toString('latin1'))
    for (const header of headers) expect(JSON.stringify(header)).toMatch(/warning_no_hardhat.*0\.5/s)
    const { server, token } = house
    expect(await ask(server, `GET /streams/North/gate/data?token=${token}`)).toMatchObject(
      refused(403, expect.stringContaining('shows pictures')),
    )
    const live = await TestSocket.open(`${server.socketUrl('/ws/live')}?token=${token}`)
    await live.nextJson()
    live.send({ type: 'watch', id: 1, label: 'North', key: 'gate', values: 'native' })
    expect(await live.nextJson()).toMatchObject({ type: 'error', code: 'forbidden', id: 1 })
    expect(await must(server, `GET /session?token=${token}`)).toMatchObject({ link: { metadata: false } })
  })

  it('is shown by a link that was made for it', async () => {
    const house = await startWithData(true)
    const { headers, files, all } = await seenBy(house)
    for (const header of headers) expect(JSON.stringify(header)).toContain('geheim')
    expect(files.filter((file) => file.includes('geheim'))).toHaveLength(7)
    expect(all.split('geheim').length - 1).toBeGreaterThan(headers.length)
  })
})

describe('a share link', () => {
  it('shows its streams on every way out', async () => {
    const { server, make } = await start()
    const { token } = await make()
    const streams = listOf(await must(server, `GET /streams?token=${token}`), 'streams')
    expect(streams.map(({ label, key }) => `${label}/${key}`)).toEqual(['North/gate'])
    expect(await must(server, `GET /labels?token=${token}`)).toEqual({ labels: ['North'] })
    for (const at of [
      `/streams/North/gate/snapshot?token=${token}`,
      `/streams/North/gate/snapshot?wait=20&token=${token}`,
    ]) {
      const response = server.get(at)
      if (at.includes('wait')) {
        await until(() => server.hub.viewers === 1)
        await server.publish('North', 'gate')
      }
      expect([(await response).status, (await response).headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    }
    expect((await ask(server, 'GET /streams', { token })).status).toBe(200)
    expect(await must(server, `GET /session?token=${token}`)).toMatchObject({
      kind: 'link',
      may: ['view'],
      link: { name: 'visit', streams: [{ label: 'North', key: 'gate' }], expires_at: expect.any(Number) },
    })

    const open = (route: string) => TestSocket.open(`${server.socketUrl(route)}?token=${token}`)
    const labels = await open('/ws/labels/North')
    expect((await labels.nextFrame()).header.key).toBe('gate')
    const stream = await open('/ws/stream/North/gate')
    stream.send({ action: 'pull' })
    await stream.nextFrame()
    const apiLabels = await open('/api/ws/labels/North')
    expect(await apiLabels.nextJson()).toMatchObject({ images: [{ key: 'gate' }] })
    expect(await (await open('/api/ws/stream/North/gate')).nextJson()).toMatchObject({ image: expect.any(String) })
    // Only what is published next to a stream of the link comes, whatever else is.
    await server.publish('North', 'yard')
    await server.publish('North', 'new')
    await server.publish('South', 'gate')
    await server.publish('North', 'gate')
    expect(frameOf(await labels.next()).header.key).toBe('gate')
    expect(await apiLabels.nextJson()).toMatchObject({ images: [{ key: 'gate' }] })
    expect([labels.unread, apiLabels.unread]).toEqual([0, 0])
  })

  it('of a whole label also shows what joins it', async () => {
    const { server, make } = await start()
    const { token } = await make([{ label: 'North' }])
    const labels = await TestSocket.open(`${server.socketUrl('/ws/labels/North')}?token=${token}`)
    const seen = [await labels.nextFrame(), await labels.nextFrame()].map(({ header }) => header.key)
    expect(seen.sort()).toEqual(['gate', 'yard'])
    await server.publish('South', 'new')
    await server.publish('North', 'new')
    expect((await labels.nextFrame()).header.key).toBe('new')
  })

  it('shows nothing else', async () => {
    const { server, admin, make } = await start()
    const { token } = await make()
    for (const [label, key] of [
      ['North', 'gate'],
      ['North', 'yard'],
      ['North', undefined],
      ['South', 'gate'],
      [undefined, undefined],
    ])
      await sendEvent(server, 'x', { ...(label !== undefined && { label }), ...(key !== undefined && { key }) })
    const events = listOf(await must(server, `GET /events?types=webhook.x&token=${token}`), 'events')
    expect(events.map(({ label, key }) => `${label}/${key}`)).toEqual(['North/gate'])
    const forbidden = [
      'GET /streams/North/yard/snapshot',
      'GET /streams/South/gate/snapshot',
      'GET /streams/North/none/snapshot?wait=1',
      'GET /metrics',
      'GET /users',
      'GET /keys',
      'GET /links',
      'GET /audit',
      'GET /api/config',
      'GET /account/sessions',
      'GET /account/preferences',
    ]
    for (const call of forbidden) {
      const at = `${call}${call.includes('?') ? '&' : '?'}token=${token}`
      expect([call, (await ask(server, at)).status]).toEqual([call, 403])
      expect([call, (await ask(server, call, { token })).status]).toEqual([call, 403])
    }
    for (const [call, body] of [
      ['POST /links', { name: 'x', streams: [{ label: 'South' }], expires_at: Date.now() + HOUR }],
      ['POST /api/webhook/x', { label: 'North', key: 'gate' }],
      ['PUT /account/preferences', {}],
      ['DELETE /account/sessions', undefined],
    ] as const)
      expect([call, (await ask(server, call, { token, body })).status]).toEqual([call, 403])
    const form = formOf({ label: 'North', key: 'gate', file: jpeg(8, 8) })
    expect((await server.post(form, authorized(token))).status).toBe(403)
    for (const route of [
      '/ws/frames',
      '/ws/labels/South',
      '/ws/stream/North/yard',
      '/api/ws/labels/South',
      '/api/ws/stream/South/gate',
    ])
      expect([route, (await closingOf(server, route, token)).code]).toEqual([route, 1008])
    // It does not become more next to a right that its holder has anyway.
    expect(
      (await ask(server, 'GET /users', { token, headers: { cookie: `belvedere_session_x=${admin}` } })).status,
    ).toBe(403)
  })

  it('is closed at once when it is revoked, and nobody else’s is', async () => {
    // No time passes.
    const { server, admin, make } = await start({ clock: new ManualClock() })
    const { id, token } = await make()
    const other = await openSockets(server, (await make()).token)
    const sockets = await openSockets(server, token)
    expect((await ask(server, `DELETE /links/${id}`, { token: admin })).status).toBe(204)
    expect(await sockets.closings).toEqual(closedFor('this link was revoked'))
    expect(await other.count()).toBe(WATCHING.length)
    expect(await ask(server, 'GET /streams', { token })).toMatchObject(refused(401, 'This link has ended.'))
    expect(await ask(server, `GET /streams/North/gate/snapshot?token=${token}`)).toMatchObject(refused(401))
    expect(await closingOf(server, '/ws/live', token)).toEqual({ code: 1008, reason: 'This link has ended.' })
    expect(await ask(server, `DELETE /links/${id}`, { token: admin })).toMatchObject(
      refused(404, 'There is no such link.'),
    )
  })

  it('that is revoked ends a picture that is waited for', async () => {
    const { server, admin, make } = await start()
    const { id, token } = await make()
    const waiting = ask(server, `GET /streams/North/gate/snapshot?wait=20&token=${token}`)
    const known = ask(server, `GET /streams/North/gate/snapshot?wait=20&token=${token}`, {
      headers: {
        'if-none-match':
          (await server.get('/streams/North/gate/snapshot', authorized(admin))).headers.get('etag') ?? '',
      },
    })
    await until(() => server.hub.viewers === 2)
    await must(server, `DELETE /links/${id}`, { token: admin })
    for (const answer of [waiting, known])
      expect(await answer).toMatchObject(refused(401, expect.stringContaining('this link was revoked')))
    expect(server.hub.viewers).toBe(0)
  })

  it('ends at its time, with what it opened', async () => {
    const clock = new ManualClock()
    const { server, make } = await start({ clock })
    const { token } = await make(undefined, START + 60_000)
    const sockets = await openSockets(server, token)
    const lasting = await openSockets(server, (await make()).token)
    clock.advance(59_900)
    expect(await sockets.count()).toBe(WATCHING.length)
    clock.advance(1000)
    expect(await sockets.closings).toEqual(closedFor('its time is over'))
    expect(await ask(server, 'GET /streams', { token })).toMatchObject(refused(401, 'This link has ended.'))
    expect(await lasting.count()).toBe(WATCHING.length)
  })
})
