import { describe, expect, it } from 'vitest'
import { startHouse } from '../support/accounts.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { jpeg } from '../support/pictures.ts'
import { clientFrame, openRaw, RawConnection } from '../support/raw.ts'
import { authorized, type Fields, TestServer } from '../support/server.ts'
import { imgMessage, TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

/** How often a limit was reached, according to the metrics. */
async function reached(server: TestServer, limit: string): Promise<number> {
  const text = await (await server.get('/metrics')).text()
  return Number(new RegExp(`^belvedere_limited_total\\{limit="${limit}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
}

async function sockets(server: TestServer): Promise<number> {
  const text = await (await server.get('/metrics')).text()
  return Number(/^belvedere_sockets (\d+)$/m.exec(text)?.[1])
}

const ROUTES = [
  '/ws/live',
  '/ws/labels/site',
  '/ws/stream/site/camera',
  '/api/ws/labels/site',
  '/api/ws/stream/site/camera',
  '/ws/frames',
]

describe('a flood of messages', () => {
  const shared = TestServer.ofFile({ config: { 'limits.messages_per_s': 20, 'limits.messages_per_turn': 4 } })

  it.each(ROUTES)('on %s is handled as fast as the limit allows, and others are served between', async (path) => {
    const server = await shared()
    await server.publish('site', 'camera')
    const before = await reached(server, 'limits.messages_per_s')
    const attacker = await openRaw(server, path)
    const tiny = clientFrame(0x81, '1')
    attacker.write(Buffer.concat(Array.from({ length: 50_000 }, () => tiny)))
    await until(async () => (await reached(server, 'limits.messages_per_s')) > before, 'it has to wait')
    const witness = await TestSocket.open(server.socketUrl('/ws/live'))
    for (let t0 = 0; t0 < 20; t0++) {
      witness.send({ type: 'clock', t0 })
      expect(await witness.nextOfType('clock')).toMatchObject({ t0 })
    }
    // Each answer is longer than 30 bytes: with its pictures far fewer than were asked for.
    expect(attacker.received.length).toBeLessThan(100_000)
  })

  it.each(['/ws/live', '/ws/frames'])('on %s of one who is turned away is not read to its end', async (path) => {
    const clock = new ManualClock()
    const server = await TestServer.start({ clock })
    const attacker = await RawConnection.open(server.url)
    attacker.upgrade(path, { Authorization: 'Bearer wrong' })
    attacker.write(Buffer.alloc(30_000_000, clientFrame(0x81, '1')))
    await until(async () => (await reached(server, 'limits.refused_bytes_per_s')) === 1, 'nothing more is read')
    expect(Buffer.from(attacker.received).toString('latin1')).toMatch(/^HTTP\/1\.1 101 /)
    // More than the kernel buffers.
    expect(attacker.socket.writableLength).toBeGreaterThan(0)
    clock.advance(60_000)
    await attacker.ended
  })

  it.each(['ping', 'pong', 'empty text'])('of the kind "%s" is held back too', async (kind) => {
    const server = await shared()
    const before = await reached(server, 'limits.messages_per_s')
    const attacker = await openRaw(server, '/ws/live')
    const message = clientFrame({ ping: 0x89, pong: 0x8a, 'empty text': 0x81 }[kind] ?? 0, '')
    attacker.write(Buffer.concat(Array.from({ length: 20_000 }, () => message)))
    await until(async () => (await reached(server, 'limits.messages_per_s')) > before, 'it has to wait')
    expect(attacker.received.length).toBeLessThan(20_000)
  })

  it('in thousands of pieces, none of which ends a message, is held back too', async () => {
    const server = await shared()
    const before = await reached(server, 'limits.messages_per_s')
    const attacker = await openRaw(server, '/ws/live')
    const piece = clientFrame(0x00, '')
    attacker.write(clientFrame(0x01, ''))
    attacker.write(Buffer.concat(Array.from({ length: 16_000 }, () => piece)))
    await until(async () => (await reached(server, 'limits.messages_per_s')) > before, 'it has to wait')
  })

  it('of one client over many sockets is handled as one', async () => {
    const server = await TestServer.start({
      config: { 'limits.client_messages_per_s': 50 },
    })
    const open = () => openRaw(server, '/ws/frames')
    const attackers = await Promise.all(Array.from({ length: 5 }, open))
    const tiny = clientFrame(0x81, '1')
    for (const attacker of attackers) attacker.write(Buffer.concat(Array.from({ length: 2000 }, () => tiny)))
    await until(() => attackers.some(({ received }) => received.length > 1000), 'some are handled')
    const answered = attackers.reduce((sum, { received }) => sum + received.length, 0)
    // 100 at once, and 50 a second; an answer has more than 80 bytes.
    expect(answered).toBeLessThan(1000 * 80)
  })

  it('leaves nothing behind of a viewer that has gone', async () => {
    const server = await TestServer.start({ config: { 'limits.messages_per_s': 1 } })
    await server.publish('site', 'camera')
    const tiny = clientFrame(0x81, '1')
    const flood = Buffer.concat(Array.from({ length: 5000 }, () => tiny))
    for (let i = 0; i < 3; i++) {
      const attacker = await openRaw(server, '/ws/labels/site')
      attacker.write(flood)
      await until(() => server.hub.viewers === 1, 'it watches')
      attacker.socket.resetAndDestroy()
      await until(() => server.hub.viewers === 0, 'it is gone')
    }
    expect(await sockets(server)).toBe(0)
  })

  it('of a publisher is still published after it has left, and counts until then', async () => {
    const clock = new ManualClock()
    const server = await TestServer.start({ clock, config: { 'limits.messages_per_s': 10 } })
    const publisher = await openRaw(server, '/ws/frames')
    const texts = Array.from({ length: 30 }, () => clientFrame(0x81, 'no frame'))
    const frame = clientFrame(0x82, imgMessage({ label: 'site', key: 'camera' }, jpeg(8, 8)))
    // In one piece, which the server reads at once, and handles as fast as the limit allows.
    publisher.write(Buffer.concat([...texts, frame, clientFrame(0x88, '')]))
    await until(async () => (await reached(server, 'limits.messages_per_s')) > 0, 'it has to wait')
    publisher.socket.destroy()
    expect(await sockets(server)).toBe(1)
    const later = async (isSo: () => Promise<boolean>) => {
      clock.advance(100)
      return isSo()
    }
    await until(() => later(async () => (await server.streams()).length === 1), 'the frame')
    await until(() => later(async () => (await sockets(server)) === 0), 'all is handled')
  })

  it.each(['refused', 'left unfinished'])('that are %s costs what was read of them', async (kind) => {
    const clock = new ManualClock()
    // A burst may have 100: with 4 KB for each, 400 KB.
    const config = { 'access.anonymous': 'view', 'limits.client_messages_per_s': 50 }
    const { server, add } = await startHouse({ clock, config })
    const path = `/ws/frames?token=${(await add('eva', 'user', ['site'])).access}`
    const before = await TestSocket.open(server.socketUrl(path))
    const attacker = await RawConnection.open(server.url)
    attacker.upgrade(path)
    await attacker.sees('\r\n\r\n')
    const { length } = attacker.received
    const body = new Uint8Array(900_000)
    attacker.write(clientFrame(0x82, body, kind === 'refused' ? body.length : 2 * body.length))
    if (kind === 'refused') await until(() => attacker.received.length > length, 'the answer')
    attacker.socket.end()
    const frame = imgMessage({ label: 'site', key: 'camera' }, jpeg(8, 8))
    await until(async () => (await reached(server, 'limits.client_messages_per_s')) > 0, 'it has to wait')
    before.send(frame)
    const witness = await TestSocket.publisher(server.socketUrl('/ws/frames'))
    witness.send(frame)
    expect(await witness.nextJson()).toMatchObject({ status: 'ok' })
    expect(before.unread).toBe(0)
    clock.advance(20_000)
    expect(await before.nextJson()).toMatchObject({ status: 'ok' })
  })

  it('leaves the confirmations of frames alone, however many there are', async () => {
    const server = await TestServer.start({ config: { 'limits.messages_per_s': 2 } })
    await server.publish('site', 'camera')
    const viewer = await TestSocket.open(server.socketUrl('/ws/live'))
    viewer.send({ type: 'watch', id: 1 })
    for (let i = 0; i < 30; i++) {
      const { header } = await viewer.nextPicture()
      viewer.send({ type: 'credit', n: header.n })
      await server.publish('site', 'camera')
    }
    expect(await reached(server, 'limits.messages_per_s')).toBe(0)
  })
})

describe('a message that does not end', () => {
  it('ends the connection after limits.message_s, and pings between its pieces do not help it', async () => {
    const clock = new ManualClock()
    const server = await TestServer.start({ clock, config: { 'limits.message_s': 20 } })
    const attacker = await openRaw(server, '/ws/frames')
    attacker.write(clientFrame(0x02, new Uint8Array(1000)))
    await until(async () => (await sockets(server)) === 1, 'it is open')
    for (let i = 0; i < 4; i++) {
      attacker.write(clientFrame(0x89, 'ping'))
      await until(() => Buffer.from(attacker.received).toString('latin1').split('ping').length === i + 2, 'a pong')
      clock.advance(5000)
    }
    await until(() => Buffer.from(attacker.received).includes('limits.message_s'), 'the reason')
    // It does not close its side.
    clock.advance(2000)
    await attacker.ended
    expect(await reached(server, 'limits.message_s')).toBe(1)
  })

  it('counts in what is held for a client, which is disconnected above its share; then there is room again', async () => {
    const server = await TestServer.start({ config: { 'limits.held_bytes_per_client': 1_000_000 } })
    const unfinished = async () => {
      const attacker = await openRaw(server, '/ws/frames')
      attacker.write(clientFrame(0x02, new Uint8Array(400_000), 5_000_000))
      return attacker
    }
    const [first, second] = [await unfinished(), await unfinished()]
    await until(async () => (await held(server)) >= 2 * 384 * 1024, 'two are held')
    const third = await unfinished()
    await third.ended
    expect(Buffer.from(third.received).toString()).toContain('limits.held_bytes_per_client')
    expect(await reached(server, 'limits.held_bytes_per_client')).toBe(1)
    for (const { socket } of [first, second, third]) socket.destroy()
    await until(async () => (await held(server)) === 0, 'nothing is held')
    await server.publish('site', 'camera')
  })

  it('of many clients leaves room for publishers that may publish everything', async () => {
    const server = await TestServer.start({
      config: { 'limits.held_bytes': 1_000_000, 'limits.held_bytes_reserved': 500_000, admin_password: 'the-admins' },
    })
    const key = await keyFor(server, 'site')
    const guest = await TestSocket.open(server.socketUrl('/ws/frames'), { headers: authorized(key) })
    guest.send(new Uint8Array(600_000))
    expect(await guest.closed).toMatchObject({ code: 1013, reason: expect.stringContaining('limits.held_bytes') })
    const publisher = await TestSocket.publisher(server.socketUrl('/ws/frames'))
    publisher.send(new Uint8Array(600_000))
    expect(await publisher.nextJson()).toMatchObject({ status: 'error' })
  })
})

describe('a peer that never reads', () => {
  it('is disconnected after viewers.unread_s', async () => {
    const clock = new ManualClock()
    const server = await TestServer.start({
      clock,
      config: { 'viewers.unread_s': 20, 'limits.messages_per_s': 1_000_000 },
    })
    const name = 'ü'.repeat(200)
    for (let i = 0; i < 40; i++) await server.publish(name, `${i}`.padEnd(200, '-'))
    const attacker = await openRaw(server, '/ws/live')
    attacker.socket.pause()
    for (let n = 0; n < 900; n++) attacker.write(clientFrame(0x81, '{"type":"watch","id":1}'))
    await until(async () => (await held(server)) > 0, 'answers wait')
    for (let i = 0; i < 7; i++) clock.advance(5000)
    await until(async () => (await sockets(server)) === 0, 'it is gone')
    expect(await reached(server, 'viewers.unread_s')).toBe(1)
    expect(await held(server)).toBe(0)
  })
})

describe('large frames that are not read', () => {
  const large = jpeg(16, 8, 4_000_000)

  it('count in what is held for their viewer', async () => {
    const server = await TestServer.start({ config: { 'limits.held_bytes_per_client': 8_000_000 } })
    await server.publish('site', 'camera', { file: large })
    const viewers = []
    for (let i = 0; i < 4; i++) {
      const viewer = await RawConnection.open(server.url)
      viewer.socket.pause()
      viewer.upgrade('/api/ws/stream/site/camera')
      viewers.push(viewer)
    }
    await until(async () => (await reached(server, 'limits.held_bytes_per_client')) > 0, 'one is too much')
    for (const { socket } of viewers) socket.destroy()
    await until(async () => (await held(server)) === 0, 'nothing is held')
  })

  it('may be read slowly', async () => {
    const clock = new ManualClock()
    const server = await TestServer.start({ clock, config: { 'viewers.unread_s': 20 } })
    await server.publish('site', 'camera', { file: jpeg(16, 8, 9_000_000) })
    const viewer = await RawConnection.open(server.url)
    viewer.upgrade('/api/ws/stream/site/camera')
    viewer.socket.removeAllListeners('data')
    viewer.socket.pause()
    await until(() => server.hub.viewers === 1, 'it watches')
    // 12 MB in base64, of which the kernels hold some: a megabyte in 5 s, and nobody is cut off.
    for (let i = 0; i < 10; i++) {
      let read = 0
      await until(() => {
        for (let some = viewer.socket.read(); some !== null; some = viewer.socket.read()) read += some.length
        return read > 1_000_000
      }, 'a megabyte')
      clock.advance(5000)
    }
    expect(await reached(server, 'viewers.unread_s')).toBe(0)
    expect(await sockets(server)).toBe(1)
  })
})

describe('the places of connections', () => {
  it('are not all for viewers: some are kept for publishers and admins', async () => {
    const server = await TestServer.start({
      config: { 'viewers.max': 5, 'viewers.reserved_percent': 40, admin_password: 'the-admins' },
    })
    await server.publish('site', 'camera')
    const open = () => TestSocket.open(server.socketUrl('/ws/labels', 'site'))
    for (let i = 0; i < 3; i++) await (await open()).nextFrame()
    const refused = { code: 1013, reason: expect.stringContaining('viewers.reserved_percent') }
    expect(await (await open()).closed).toMatchObject(refused)
    expect(await reached(server, 'viewers.reserved_percent')).toBe(1)
    const publisher = await TestSocket.publisher(server.socketUrl('/ws/frames'))
    publisher.send('hello')
    expect(await publisher.nextJson()).toMatchObject({ status: 'error' })
    const admin = await TestSocket.open(server.socketUrl('/ws/live'), { headers: authorized(await login(server)) })
    expect(await admin.nextJson()).toMatchObject({ type: 'hello' })
    expect(await (await open()).closed).toMatchObject({ code: 1013, reason: expect.stringContaining('viewers.max') })
  })
})

async function held(server: TestServer): Promise<number> {
  const text = await (await server.get('/metrics')).text()
  return Number(/^belvedere_held_bytes (\d+)$/m.exec(text)?.[1])
}

/** An access token of the admin. */
async function login(server: TestServer): Promise<string> {
  const { access_token } = await post(server, '/login', { username: 'admin', password: 'the-admins' })
  return String(access_token)
}

/** A key that may publish under one label. */
async function keyFor(server: TestServer, label: string): Promise<string> {
  const { key } = await post(server, '/keys', { name: label, scope: 'publish', labels: [label] }, await login(server))
  return String(key)
}

async function post(server: TestServer, path: string, body: object, token?: string): Promise<Fields> {
  const headers = { 'content-type': 'application/json', ...(token !== undefined && authorized(token)) }
  const response = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(body), headers })
  return JSON.parse(await response.text())
}
