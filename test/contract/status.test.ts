import { describe, expect, it } from 'vitest'
import { must, startHouse, textOf } from '../support/accounts.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { jpeg } from '../support/pictures.ts'
import { RawConnection } from '../support/raw.ts'
import { authorized, formOf, TestServer } from '../support/server.ts'
import { imgMessage, TestSocket } from '../support/sockets.ts'
import { TestStore } from '../support/stores.ts'
import { until } from '../support/until.ts'

/** The figure of a metric whose labels are all those given, in any order; undefined if there is none. */
async function figure(server: TestServer, name: string, labels: Record<string, string> = {}) {
  const text = await (await server.get('/metrics')).text()
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  const found = lines.filter((line) =>
    Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)),
  )
  expect(found.length, `${name} ${JSON.stringify(labels)}`).toBeLessThanOrEqual(1)
  return found[0] === undefined ? undefined : Number(found[0].split(' ').at(-1))
}

describe('GET /metrics', () => {
  it('is in the text format of Prometheus, every metric with its type and help', async () => {
    const server = await TestServer.start()
    await server.publish('a "quoted" \\ label', 'key')
    const response = await server.get('/metrics')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const lines = (await response.text()).split('\n').filter((line) => line !== '')
    const described = new Set<string>()
    for (const line of lines) {
      const [, name] = /^# (?:HELP|TYPE) (\S+) \S/.exec(line) ?? []
      if (name !== undefined) described.add(name)
      else expect(line).toMatch(/^[a-z0-9_]+(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)+\})? (\S+)$/)
    }
    expect([...described]).toEqual(
      expect.arrayContaining([
        'belvedere_frames_in_total',
        'belvedere_frames_out_total',
        'belvedere_frames_skipped_total',
        'belvedere_bytes_in_total',
        'belvedere_bytes_out_total',
        'belvedere_viewers',
        'belvedere_confirmed_age_seconds',
        'nodejs_eventloop_lag_p99_seconds',
        'process_resident_memory_bytes',
      ]),
    )
    expect(lines.join('\n')).toContain('label="a \\"quoted\\" \\\\ label"')
  })

  it('is for who may view everything: what it counts belongs to no label', async () => {
    const { server, admin, add } = await startHouse()
    const key = async (labels: string[]) =>
      textOf(await must(server, 'POST /keys', { token: admin, body: { name: 'x', scope: 'view', labels } }), 'key')
    const guest = await add('nora', 'guest', ['North', '*'])
    const manager = await add('mei', 'model_manager', ['North'])
    for (const token of [admin, await key(['*']), undefined])
      expect((await server.get('/metrics', token === undefined ? {} : authorized(token))).status).toBe(200)
    for (const token of [guest.access, manager.access, await key(['**']), await key(['North'])])
      expect((await server.get('/metrics', authorized(token))).status).toBe(403)
  })

  it('counts frames and bytes that came in, by stream and dialect', async () => {
    const server = await TestServer.start()
    const file = jpeg(16, 8, 5_000)
    const publisher = await TestSocket.publisher(server.socketUrl('/ws/frames'))
    for (let i = 0; i < 3; i++) await server.publish('site', 'a', { file })
    for (let i = 0; i < 2; i++) {
      publisher.send(imgMessage({ label: 'site', key: 'a' }, file))
      await publisher.nextJson()
    }
    await server.publish('site', 'b', { file })
    await server.post(formOf({ label: 'site', key: 'a', file: Buffer.from('no picture') }))
    const of = (key: string, dialect: string) => ({ label: 'site', key, dialect })
    expect(await figure(server, 'belvedere_frames_in_total', of('a', 'post'))).toBe(3)
    expect(await figure(server, 'belvedere_frames_in_total', of('a', 'publish-socket'))).toBe(2)
    expect(await figure(server, 'belvedere_frames_in_total', of('b', 'post'))).toBe(1)
    expect(await figure(server, 'belvedere_bytes_in_total', of('a', 'post'))).toBe(3 * file.length)
    expect(await figure(server, 'belvedere_bytes_in_total', of('a', 'publish-socket'))).toBe(2 * file.length)
  })

  it('counts frames that went out, by stream and dialect', async () => {
    const server = await TestServer.start()
    const of = (dialect: string) => ({ label: 'site', key: 'camera', dialect })
    await server.publish('site', 'camera', { file: jpeg(16, 8, 5_000) })
    const open = (route: string, ...names: string[]) => TestSocket.open(server.socketUrl(route, ...names))
    const labels = await open('/ws/labels', 'site')
    await labels.nextFrame()
    const stream = await open('/ws/stream', 'site', 'camera')
    stream.send('{"action":"pull"}')
    await stream.nextFrame()
    const apiLabels = await open('/api/ws/labels', 'site')
    await apiLabels.nextJson()
    const apiStream = await open('/api/ws/stream', 'site', 'camera')
    await apiStream.nextJson()
    const live = await open('/ws/live')
    live.ask({ type: 'watch', id: 1 })
    await live.nextPicture()
    await server.get('/streams/site/camera/snapshot')
    for (const dialect of ['labels', 'stream', 'api-labels', 'api-stream', 'live', 'snapshot'])
      expect(await figure(server, 'belvedere_frames_out_total', of(dialect)), dialect).toBe(1)
    expect(await figure(server, 'belvedere_bytes_out_total', of('labels'))).toBeGreaterThanOrEqual(5_000)
    expect(await figure(server, 'belvedere_bytes_out_total', of('snapshot'))).toBeGreaterThanOrEqual(4_997)
    await server.publish('site', 'camera')
    await labels.nextFrame()
    expect(await figure(server, 'belvedere_frames_out_total', of('labels'))).toBe(2)
  })

  it('counts frames that a viewer skipped', async () => {
    const server = await TestServer.start()
    const live = await TestSocket.open(server.socketUrl('/ws/live'))
    live.ask({ type: 'watch', id: 1 })
    await live.nextOfType('watching')
    for (let i = 0; i < 10; i++) await server.publish('site', 'camera')
    await live.nextPicture()
    const { header } = await live.nextPicture()
    live.ask({ type: 'credit', n: Number(header.n) })
    expect((await live.nextPicture()).header.sequence).toBe(10)
    const of = { label: 'site', key: 'camera', dialect: 'live' }
    expect(await figure(server, 'belvedere_frames_out_total', of)).toBe(3)
    expect(await figure(server, 'belvedere_frames_skipped_total', of)).toBe(7)
  })

  it('counts frames that were not newer than the newest', async () => {
    const store = new TestStore()
    const server = await TestServer.start({ store })
    await server.publish('site', 'camera')
    store.echo = server.hub
    await server.publish('site', 'camera')
    expect(await figure(server, 'belvedere_frames_ignored_total', { key: 'camera', dialect: 'post' })).toBe(1)
  })

  it('counts viewers, sockets, and streams by their state', async () => {
    const clock = new ManualClock()
    const server = await TestServer.start({ clock })
    await server.publish('site', 'a')
    clock.advance(3_000)
    await server.publish('site', 'b')
    const publisher = await TestSocket.publisher(server.socketUrl('/ws/frames'))
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', 'site'))
    expect(await figure(server, 'belvedere_viewers')).toBe(1)
    expect(await figure(server, 'belvedere_sockets')).toBe(2)
    expect(await figure(server, 'belvedere_streams', { state: 'live' })).toBe(1)
    expect(await figure(server, 'belvedere_streams', { state: 'stale' })).toBe(1)
    await viewer.close()
    await publisher.close()
    await until(async () => (await figure(server, 'belvedere_sockets')) === 0, 'all sockets gone')
    expect(await figure(server, 'belvedere_viewers')).toBe(0)
  })

  it('measures how old frames are when viewers confirm them', async () => {
    const clock = new ManualClock()
    const server = await TestServer.start({ clock })
    const live = await TestSocket.open(server.socketUrl('/ws/live'))
    live.ask({ type: 'watch', id: 1 })
    await live.nextOfType('watching')
    await server.publish('site', 'camera')
    const { header } = await live.nextPicture()
    clock.advance(180)
    live.ask({ type: 'credit', n: Number(header.n) })
    await live.settled()
    const of = { dialect: 'live' }
    expect(await figure(server, 'belvedere_confirmed_age_seconds_count', of)).toBe(1)
    expect(await figure(server, 'belvedere_confirmed_age_seconds_sum', of)).toBeCloseTo(0.18)
  })

  it('lets go of the counts of a stream that is forgotten', async () => {
    const clock = new ManualClock()
    const server = await TestServer.start({ clock, config: { 'streams.forget_after_s': 300 } })
    await server.publish('site', 'camera')
    expect(await figure(server, 'belvedere_frames_in_total', { key: 'camera' })).toBe(1)
    clock.advance(301_000)
    expect(await figure(server, 'belvedere_frames_in_total', { key: 'camera' })).toBeUndefined()
  })
})

describe('/healthz and /readyz', () => {
  it.each(['/healthz', '/readyz'])('%s answers ok', async (path) => {
    const server = await TestServer.start()
    const response = await server.get(path)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: 'ok' })
  })

  it('says on /readyz, with a detail, that the server is going down, while /healthz still answers', async () => {
    const server = await TestServer.start()
    const connection = await RawConnection.open(server.url)
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`
    // A connection that is in the middle of a request is not cut off at once.
    connection.write(get('/streams/site/camera/snapshot?wait=20'))
    await until(() => server.hub.viewers === 1, 'somebody waiting')
    connection.write(get('/readyz'))
    const closed = server.close()
    await connection.ended
    expect(connection.received.toString()).toMatch(/ 503 .*\{"detail":"[^"]*going down/s)
    await closed
  })
})
