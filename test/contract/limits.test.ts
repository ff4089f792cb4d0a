import { describe, expect, it } from 'vitest'
import { type Asked, ask, login, must, refused, signInOnPage, startHouse, textOf } from '../support/accounts.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { PASSWORD } from '../support/people.ts'
import { jpeg } from '../support/pictures.ts'
import { authorized, formOf, KEY, TestServer } from '../support/server.ts'
import { imgMessage, TestSocket } from '../support/sockets.ts'

const STORED = { status: 'ok', message: 'Frame stored successfully.' }

/** A house in which time stands still until the test moves it on. */
async function start(config: Record<string, string | number>) {
  const clock = new ManualClock()
  return { clock, ...(await startHouse({ config, clock })) }
}

const from = (...addresses: string[]) => ({ 'x-forwarded-for': addresses.join(', ') })

/** A refusal for asking too much, with the seconds to wait. */
function tooMany({ headers, ...answer }: Asked, seconds: number, detail: string): void {
  expect({ ...answer, retryAfter: headers['retry-after'] }).toEqual({
    ...refused(429, `${detail}; try again in ${seconds} s.`),
    retryAfter: String(seconds),
  })
}

/** How many of these calls, one after the other, are answered before one is refused with 429. */
async function answeredOf(most: number, call: (i: number) => Promise<{ readonly status: number }>): Promise<number> {
  for (let i = 0; i < most; i++) {
    const { status } = await call(i)
    if (status === 429) return i
    expect(status).toBeLessThan(300)
  }
  return most
}

describe('calls', () => {
  const LIMITS = { 'limits.calls_per_minute': 6, 'limits.guest_calls_per_minute': 3 }

  it('are counted for each user, over all their sign-ins, and more are refused until the minute is over', async () => {
    const { server, clock, add } = await start(LIMITS)
    const ann = await add('ann')
    const ben = await add('ben')
    const again = await login(server, 'ann')
    const cookie = await signInOnPage(server, 'ann')
    const ways = [{ token: ann.access }, { token: again.access }, { headers: { cookie } }]
    clock.advance(15_000)
    for (let i = 0; i < 6; i++) expect((await ask(server, 'GET /streams', ways[i % 3])).status).toBe(200)
    clock.advance(20_000)
    for (const way of ways)
      tooMany(await ask(server, 'GET /demo', way), 40, 'At most 6 calls a minute (limits.calls_per_minute)')
    expect((await ask(server, 'GET /streams', { token: ben.access })).status).toBe(200)
    clock.advance(39_999)
    tooMany(
      await ask(server, 'GET /streams', { token: ann.access }),
      1,
      'At most 6 calls a minute (limits.calls_per_minute)',
    )
    clock.advance(1)
    expect((await ask(server, 'GET /streams', { token: ann.access })).status).toBe(200)
  })

  it('of a guest are fewer, of a key as many as those of a user', async () => {
    const { server, admin, add } = await start(LIMITS)
    const guest = await add('gil', 'guest')
    const made = await must(server, 'POST /keys', { token: admin, body: { name: 'wall', scope: 'view' } })
    const count = (token: string) => answeredOf(10, () => ask(server, 'GET /streams', { token }))
    expect(await count(guest.access)).toBe(3)
    expect(await count(textOf(made, 'key'))).toBe(6)
    tooMany(
      await ask(server, 'GET /streams', { token: guest.access }),
      60,
      'At most 3 calls a minute (limits.guest_calls_per_minute)',
    )
  })

  it('of people who have not signed in are counted for each address', async () => {
    const config = { ...LIMITS, 'access.anonymous': 'view', 'http.trusted_proxies': '127.0.0.1' }
    const { server } = await start(config)
    for (const address of ['203.0.113.5', '203.0.113.6', '2001:db8::7'])
      expect(await answeredOf(10, () => ask(server, 'GET /streams', { headers: from(address) })), address).toBe(3)
    // Everybody who has IPv6 has a whole network of addresses.
    const neighbour = await ask(server, 'GET /streams', { headers: from('2001:db8::ffff:0:0:8') })
    tooMany(neighbour, 60, 'At most 3 calls a minute (limits.guest_calls_per_minute)')
  })

  it('do not count for another by a forged address', async () => {
    const { server } = await start({ ...LIMITS, 'access.anonymous': 'view' })
    const call = (i: number) => ask(server, 'GET /streams', { headers: from(`203.0.113.${i}`) })
    expect(await answeredOf(10, call)).toBe(3)
  })

  it('that publish a frame are not counted, but those that bring an event or a picture to keep', async () => {
    const { server, clock } = await start(LIMITS)
    for (let i = 0; i < 10; i++) await server.publish('site', 'camera')
    for (const route of ['POST /api/webhook/gate', 'POST /api/upload']) {
      clock.advance(60_000)
      const call = () => ask(server, route, { token: KEY, body: {} })
      for (let i = 0; i < 6; i++) expect((await call()).status, route).not.toBe(429)
      tooMany(await call(), 60, 'At most 6 calls a minute (limits.calls_per_minute)')
    }
  })
})

describe('commands', () => {
  it('are counted for each client beside its calls', async () => {
    const { server, clock, add } = await start({ 'limits.commands_per_minute': 2 })
    const ann = await add('ann', 'user', ['demo'])
    const ben = await add('ben', 'user', ['demo'])
    const command = (token?: string) => ask(server, 'PUT /demo', { token, body: { running: false } })
    for (const token of [ann.access, ben.access, undefined]) {
      expect(await answeredOf(5, () => command(token))).toBe(2)
      tooMany(await command(token), 60, 'At most 2 commands a minute (limits.commands_per_minute)')
      expect((await ask(server, 'GET /demo', { token })).status).toBe(200)
    }
    clock.advance(60_000)
    expect((await command(ann.access)).status).toBe(200)
  })
})

describe('the labels', () => {
  const labels = (server: TestServer, headers: Record<string, string>) => ask(server, 'GET /labels', { headers })
  const LIMITS = { 'labels.calls_per_minute': 3, 'access.anonymous': 'view' }

  it('are told so often to each address that a trusted proxy names', async () => {
    const { server } = await start({ ...LIMITS, 'http.trusted_proxies': '127.0.0.1,10.0.0.0/8' })
    const count = (...addresses: string[]) => answeredOf(5, () => labels(server, from(...addresses)))
    expect(await count('203.0.113.5')).toBe(3)
    expect(await count('203.0.113.6')).toBe(3)
    // Through a second trusted proxy it is the same client.
    expect(await count('203.0.113.5', '10.1.2.3')).toBe(0)
    // Without the header it is the proxy itself.
    expect(await answeredOf(5, () => labels(server, {}))).toBe(3)
  })

  it('are not told more often to whoever makes up addresses before the one that the proxy saw', async () => {
    const { server } = await start({ ...LIMITS, 'http.trusted_proxies': '127.0.0.1' })
    const forge = (i: number) => labels(server, from(`198.51.100.${i}`, '203.0.113.5'))
    expect(await answeredOf(6, forge)).toBe(3)
  })

  it('are not told more often to whoever names addresses without being a trusted proxy', async () => {
    for (const proxies of ['', '192.0.2.1']) {
      const { server } = await start({ ...LIMITS, 'http.trusted_proxies': proxies })
      expect(await answeredOf(6, (i) => labels(server, from(`203.0.113.${i}`)))).toBe(3)
    }
  })

  it('are refused before anybody asks who it is', async () => {
    const { server } = await start({ 'labels.calls_per_minute': 3, 'access.anonymous': 'none' })
    const statuses = []
    for (let i = 0; i < 4; i++) statuses.push((await labels(server, {})).status)
    expect(statuses).toEqual([401, 401, 401, 429])
  })
})

describe('connections that stay open', () => {
  const open = (server: TestServer, token: string) => TestSocket.open(`${server.socketUrl('/ws/live')}?token=${token}`)
  const REASON = { code: 1008, reason: 'at most 3 connections of one client (limits.connections_per_client)' }

  it('are limited for each user; the others go on, and a place is free again when one has ended', async () => {
    const { server, add } = await start({ 'limits.connections_per_client': 3 })
    const [ann, ben] = [await add('ann'), await add('ben')]
    const again = await login(server, 'ann')
    const sockets = [ann, again, ann].map(({ access }) => open(server, access))
    const [first, ...others] = await Promise.all(sockets)
    for (const { access } of [ann, again]) expect(await (await open(server, access)).closed).toEqual(REASON)
    for (const socket of [first, ...others, await open(server, ben.access)]) {
      socket?.ask({ type: 'watch', id: 1, label: 'North' })
      await socket?.settled()
    }
    await server.publish('North', 'gate')
    for (const socket of [first, ...others]) await socket?.nextPicture()

    await first?.close()
    const next = await open(server, ann.access)
    await next.settled()
    expect(await (await open(server, ann.access)).closed).toEqual(REASON)
    others[0]?.ws.terminate()
    await others[0]?.closed
    await (await open(server, ann.access)).settled()
  })

  it('are limited however many are opened at the same moment', async () => {
    const { server, add } = await start({ 'limits.connections_per_client': 3 })
    const { access } = await add('ann')
    const sockets = await Promise.all(Array.from({ length: 20 }, () => open(server, access)))
    const isOpen = (socket: TestSocket) =>
      Promise.race([socket.settled().then(() => true), socket.closed.then(() => false)])
    expect((await Promise.all(sockets.map(isOpen))).filter(Boolean)).toHaveLength(3)
  })

  it('are limited for each address of people who have not signed in, and not for the machine itself', async () => {
    const config = { 'access.anonymous': 'view', 'http.trusted_proxies': '127.0.0.1' }
    const { server } = await start({ ...config, 'limits.connections_per_client': 3 })
    const openFrom = (headers: Record<string, string>) => TestSocket.open(server.socketUrl('/ws/live'), { headers })
    for (const address of ['203.0.113.5', '203.0.113.6']) {
      for (let i = 0; i < 3; i++) await (await openFrom(from(address))).settled()
      expect(await (await openFrom(from(address))).closed).toEqual(REASON)
    }
    for (let i = 0; i < 5; i++) await (await openFrom({})).settled()
  })
})

describe('publishing', () => {
  const LIMITS = { 'limits.publish_bytes_per_s': 10_000 }
  const NAMES = { label: 'site', key: 'camera' }
  const REFUSED = (seconds: number) => `at most 10,000 bytes a second; try again in ${seconds} s`
  const post = async (server: TestServer, bytes: number, key = KEY) => {
    const response = await server.post(formOf({ ...NAMES, file: jpeg(16, 8, bytes) }), authorized(key))
    return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.json() }
  }

  it('is limited by all that is sent, in one account for the form and the socket', async () => {
    const { server, clock } = await start(LIMITS)
    const publisher = await TestSocket.publisher(server.socketUrl('/ws/frames'))
    const send = async (bytes: number) => {
      publisher.send(imgMessage(NAMES, jpeg(16, 8, bytes)))
      return publisher.nextJson()
    }
    expect(await post(server, 8000)).toMatchObject({ status: 200 })
    expect(await send(8000)).toEqual(STORED)
    expect(await post(server, 8000)).toEqual({ ...refused(429, REFUSED(2)), retryAfter: '2' })
    expect(await send(8000)).toEqual({ status: 'error', message: `Failed to store frame: ${REFUSED(2)}` })
    // What is left is given to whoever wants no more.
    expect(await send(2000)).toEqual(STORED)
    clock.advance(1500)
    expect(await post(server, 8000)).toEqual({ ...refused(429, REFUSED(1)), retryAfter: '1' })
    clock.advance(500)
    expect(await send(8000)).toEqual(STORED)
    expect(await post(server, 8000)).toMatchObject({ status: 200 })
  })

  it('takes a picture that is larger than all of it, which is paid off afterwards', async () => {
    const { server, clock } = await start(LIMITS)
    expect(await post(server, 50_000)).toMatchObject({ status: 200 })
    expect(await post(server, 1000)).toEqual({ ...refused(429, REFUSED(4)), retryAfter: '4' })
    clock.advance(4000)
    expect(await post(server, 1000)).toMatchObject({ status: 200 })
  })

  it('is limited for each publisher by itself', async () => {
    const { server, admin, add } = await start(LIMITS)
    const made = await must(server, 'POST /keys', { token: admin, body: { name: 'gate', scope: 'publish' } })
    const ann = await add('ann', 'user', ['site'])
    for (const key of [KEY, textOf(made, 'key'), ann.access]) {
      expect(await post(server, 20_000, key)).toMatchObject({ status: 200 })
      expect(await post(server, 20_000, key)).toMatchObject({ status: 429 })
    }
  })
})

describe('logging in', () => {
  const TRUSTING = { 'limits.login_tries': 2, 'http.trusted_proxies': '127.0.0.1' }
  /** Attempts that have to wait are refused, which says for how long. */
  const REFUSING = { ...TRUSTING, 'limits.login_delay_s': 0 }
  const WRONG = refused(401, 'Wrong username or password')
  const TOO_MANY = 'Too many wrong passwords (limits.login_tries)'
  const attempt = (server: TestServer, username: string, address: string, password = 'wrong') => {
    const route = address.endsWith('1') ? 'POST /login' : 'POST /session'
    const headers = { ...from(address), origin: server.url }
    return ask(server, route, { headers, body: { username, password } })
  }

  it('with wrong passwords makes nobody wait elsewhere, however many addresses guess', async () => {
    const { server, add } = await start(REFUSING)
    await add('ann')
    for (let i = 1; i <= 30; i++) {
      for (let n = 0; n < 3; n++) expect(await attempt(server, 'ann', `203.0.113.${i}`)).toMatchObject(WRONG)
      // The right one as well: otherwise it could be told from the wrong ones.
      tooMany(await attempt(server, 'ann', `203.0.113.${i}`, PASSWORD), 1, TOO_MANY)
    }
    expect((await attempt(server, 'ann', '198.51.100.1', PASSWORD)).status).toBe(200)
    expect((await attempt(server, 'ann', '198.51.100.2', PASSWORD)).status).toBe(200)
  })

  it('with wrong passwords from an address waits longer each time, whatever the name', async () => {
    const { server, clock, add } = await start({ ...REFUSING, 'limits.login_wait_s': 10 })
    await add('ann')
    let count = 0
    const next = () => `name ${++count}`
    const home = '203.0.113.5'
    for (let i = 0; i < 2; i++) expect(await attempt(server, next(), home)).toMatchObject(WRONG)
    for (const wait of [1, 2, 4, 8, 10, 10]) {
      expect(await attempt(server, next(), home)).toMatchObject(WRONG)
      tooMany(await attempt(server, next(), home), wait, TOO_MANY)
      tooMany(await attempt(server, 'ann', home, PASSWORD), wait, TOO_MANY)
      // Nobody else is kept from their account.
      expect((await attempt(server, 'ann', '203.0.113.6', PASSWORD)).status).toBe(200)
      clock.advance(wait * 1000)
    }
    expect((await attempt(server, 'ann', home, PASSWORD)).status).toBe(200)
    // From now on this is where ann signs in.
    expect(await attempt(server, next(), home)).toMatchObject(WRONG)
    tooMany(await attempt(server, next(), home), 10, TOO_MANY)
    expect((await attempt(server, 'ann', home, PASSWORD)).status).toBe(200)
  })

  it('from made-up addresses is counted for the real one', async () => {
    const { server } = await start({ 'limits.login_tries': 2, 'limits.login_delay_s': 0 })
    const statuses = []
    for (let i = 0; i < 4; i++) statuses.push((await attempt(server, `name ${i}`, `203.0.113.${i}`)).status)
    expect(statuses).toEqual([401, 401, 401, 429])
  })
})

describe('a request that was forwarded', () => {
  it('is never from this machine, whatever a trusted proxy says', async () => {
    const server = await TestServer.start({ config: { 'http.trusted_proxies': '127.0.0.1,::1' } })
    await server.publish('site', 'camera')
    const forwarding: Record<string, string>[] = [
      { 'x-forwarded-proto': 'https' },
      { forwarded: 'for=127.0.0.1' },
      from('127.0.0.1'),
      from('::1'),
      from('localhost'),
      from(''),
      from('127.0.0.1', '127.0.0.1'),
    ]
    for (const headers of forwarding) {
      expect(await ask(server, 'GET /streams', { headers }), JSON.stringify(headers)).toMatchObject(refused(401))
      const socket = await TestSocket.open(server.socketUrl('/ws/live'), { headers })
      expect((await socket.closed).code).toBe(1008)
    }
    expect((await ask(server, 'GET /streams')).status).toBe(200)
  })
})
