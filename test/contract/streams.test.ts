import { describe, expect, it } from 'vitest'
import { ask, must, startHouse } from '../support/accounts.ts'
import { temporaryFolder } from '../support/command.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { jpeg, png } from '../support/pictures.ts'
import { KEY, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

async function start(config = {}) {
  const clock = new ManualClock()
  const server = await TestServer.start({ clock, config })
  return { clock, server }
}

async function stateOf(server: TestServer): Promise<unknown> {
  return (await server.streams())[0]?.state
}

describe('GET /streams', () => {
  it('tells of every stream how it does, with its last frame', async () => {
    const { clock, server } = await start()
    const captured_at = clock.now() - 70
    const file = await server.publish('site', 'camera', { file: png(64, 48), captured_at: String(captured_at) })
    const receivedAt = clock.now()
    clock.advance(400)
    expect(await (await server.get('/streams')).json()).toEqual({
      now: clock.now(),
      streams: [
        {
          label: 'site',
          key: 'camera',
          state: 'live',
          since: receivedAt,
          fps: 0,
          bytes_per_s: 0,
          width: 64,
          height: 48,
          viewers: 0,
          last_frame: {
            id: `${receivedAt}-0`,
            received_at: receivedAt,
            captured_at,
            age_ms: 400,
            bytes: file.length,
            media_type: 'image/png',
          },
        },
      ],
    })
  })

  it('lists them by label, then by key, hidden labels too', async () => {
    const { server } = await start()
    for (const [label, key] of [
      ['b', 'x'],
      ['test', 'x'],
      ['a', 'y'],
      ['a', 'x'],
    ] as const)
      await server.publish(label, key)
    const names = (await server.streams()).map(({ label, key }) => `${label}/${key}`)
    expect(names).toEqual(['a/x', 'a/y', 'b/x', 'test/x'])
  })

  it('measures frames and bytes a second', async () => {
    const { clock, server } = await start()
    const file = jpeg(16, 8, 10_000)
    for (let i = 0; i < 20; i++) {
      clock.advance(100)
      await server.publish('site', 'camera', { file })
    }
    const [stream] = await server.streams()
    expect(stream?.fps).toBeCloseTo(10)
    expect(stream?.bytes_per_s).toBeCloseTo(10 * file.length, -1)
    clock.advance(10_000)
    expect((await server.streams())[0]).toMatchObject({ fps: 0, bytes_per_s: 0 })
  })

  it('calls a stream stale after two seconds without a frame, offline after thirty, and live again with the next', async () => {
    const { clock, server } = await start()
    for (let i = 0; i < 3; i++) await server.publish('site', 'camera')
    clock.advance(1_500)
    expect(await stateOf(server)).toBe('live')
    clock.advance(1_000)
    expect(await stateOf(server)).toBe('stale')
    clock.advance(27_000)
    expect(await stateOf(server)).toBe('stale')
    clock.advance(1_000)
    expect(await stateOf(server)).toBe('offline')
    await server.publish('site', 'camera')
    expect(await stateOf(server)).toBe('live')
  })

  it('calls a stream offline only after two minutes while it has had fewer than three frames', async () => {
    const { clock, server } = await start()
    await server.publish('site', 'camera')
    clock.advance(100_000)
    await server.publish('site', 'camera')
    clock.advance(119_000)
    expect(await stateOf(server)).toBe('stale')
    clock.advance(1_500)
    expect(await stateOf(server)).toBe('offline')
  })

  it('calls a camera with a picture and a warning every 40 s live until three are missing, and tells its rate', async () => {
    const { clock, server } = await start({ 'streams.unchanged_after_s': 0 })
    const viewer = await TestSocket.open(server.socketUrl('/ws/live'))
    viewer.send('{"type":"watch","id":1,"max_fps":0}')
    const warnings_json = '{"warning_no_hardhat":{"count":1}}'
    for (let i = 0; i < 4; i++) {
      clock.advance(i === 0 ? 0 : 40_000)
      await server.publish('site', 'camera', { warnings_json })
    }
    for (const silence of [35_000, 40_000, 44_000]) {
      clock.advance(silence)
      const [stream] = await server.streams()
      expect(stream).toMatchObject({ state: 'live', fps: 0.025 })
    }
    const told = async () => (await viewer.nextOfType('stream')).stream
    let last: unknown
    do last = await told()
    while (!JSON.stringify(last).includes('"interval":40000'))
    expect(last).toMatchObject({ state: 'live', warnings: ['no_hardhat'] })
    clock.advance(1_500)
    expect(await told()).toMatchObject({ state: 'offline' })
    expect((await server.streams())[0]).toMatchObject({ state: 'offline', fps: 0 })
  })

  it('tells of a source that goes on but stands still: the same picture, or the same time of capture', async () => {
    const { clock, server } = await start()
    const viewer = await TestSocket.open(server.socketUrl('/ws/live'))
    viewer.send('{"type":"watch","id":1,"max_fps":0}')
    const startedAt = clock.now()
    const publishBoth = async (captured_at: string) => {
      await server.publish('site', 'picture', { file: jpeg(16, 8) })
      await server.publish('site', 'time', { file: jpeg(16, 8, 2000 + (clock.now() % 7)), captured_at })
    }
    for (let i = 0; i < 5; i++) {
      if (i > 0) clock.advance(30_001)
      await publishBoth('1700000000000')
    }
    const since = startedAt
    expect(await server.streams()).toMatchObject([
      { key: 'picture', state: 'live', unchanged: { what: 'picture', since } },
      { key: 'time', state: 'live', unchanged: { what: 'captured_at', since } },
    ])
    const told = async (key: string, what: string | undefined) => {
      let stream = Object((await viewer.nextOfType('stream')).stream)
      while (stream.key !== key || stream.unchanged?.what !== what || stream.interval === undefined)
        stream = Object((await viewer.nextOfType('stream')).stream)
    }
    await told('picture', 'picture')
    await told('time', 'captured_at')
    await publishBoth('1700000000040')
    expect((await server.streams())[1]).not.toHaveProperty('unchanged')
    await told('time', undefined)
    const { events } = await must(server, 'GET /events?types=stream_unchanged,stream_changed', { token: KEY })
    expect(events).toMatchObject([
      { type: 'stream_unchanged', key: 'picture', data: { reason: 'it goes on sending the same picture' } },
      { type: 'stream_unchanged', key: 'time' },
      { type: 'stream_changed', key: 'time' },
    ])
  })

  it('calls a slow stream stale only after three of its own intervals', async () => {
    const { clock, server } = await start()
    for (let i = 0; i < 5; i++) {
      await server.publish('site', 'camera')
      clock.advance(4_000)
    }
    clock.advance(7_500)
    expect(await stateOf(server)).toBe('live')
    clock.advance(1_000)
    expect(await stateOf(server)).toBe('stale')
  })

  it('says since when a stream is in its state', async () => {
    const { clock, server } = await start()
    await server.publish('site', 'camera')
    const publishedAt = clock.now()
    clock.advance(5_000)
    const [stream] = await server.streams()
    expect(stream?.since).toBeGreaterThanOrEqual(publishedAt + 2_000)
    expect(stream?.since).toBeLessThanOrEqual(publishedAt + 2_500)
  })

  it('forgets a stream after a day', async () => {
    const { clock, server } = await start()
    await server.publish('site', 'camera')
    clock.advance(130_000)
    expect(await stateOf(server)).toBe('offline')
    // Not second by second: all that a server does regularly would be done 100,000 times.
    clock.suspend(86_260_000)
    expect(await stateOf(server)).toBe('offline')
    clock.advance(20_000)
    expect(await server.streams()).toEqual([])
    expect(await (await server.get('/labels')).json()).toEqual({ labels: [] })
    expect((await server.get('/streams/site/camera/snapshot')).status).toBe(404)
    await server.publish('site', 'camera')
    expect(await stateOf(server)).toBe('live')
  })

  it('takes all these times from the settings', async () => {
    const { clock, server } = await start({
      'streams.stale_after_ms': 500,
      'streams.offline_after_s': 5,
      'streams.first_offline_after_s': 5,
      'streams.forget_after_s': 10,
    })
    await server.publish('site', 'camera')
    clock.advance(1_000)
    expect(await stateOf(server)).toBe('stale')
    clock.advance(5_000)
    expect(await stateOf(server)).toBe('offline')
    clock.advance(5_000)
    expect(await server.streams()).toEqual([])
  })

  it('counts who watches, each in whatever dialect', async () => {
    const { server } = await start()
    await server.publish('site', 'a')
    await server.publish('site', 'b')
    const viewers = async () => (await server.streams()).map((stream) => stream.viewers)
    expect(await viewers()).toEqual([0, 0])
    const label = await TestSocket.open(server.socketUrl('/ws/labels', 'site'))
    await label.settled()
    expect(await viewers()).toEqual([1, 1])
    const one = await TestSocket.open(server.socketUrl('/api/ws/stream', 'site', 'b'))
    await one.settled()
    expect(await viewers()).toEqual([1, 2])
    await label.close()
    await until(async () => JSON.stringify(await viewers()) === '[0,1]', 'one viewer left')
  })
})

describe('a restart', () => {
  it('leaves streams listed that do not come back, to viewers of today and to admins who may remove them', async () => {
    const config = { data_dir: temporaryFolder() }
    const { server: before, admin: token } = await startHouse({ config })
    await before.publish('North', 'gate 1')
    await before.publish('North', 'gate 2')
    const { last_frame } = await must(before, 'GET /streams/North/gate%201', { token })
    await before.close()

    const { server, admin } = await startHouse({ config })
    const lastSeenAt = Object(last_frame).received_at
    const gone = { state: 'offline', reason: 'not seen since the server started' }
    const { streams } = await must(server, 'GET /streams', { token: admin })
    expect(streams).toMatchObject([
      { label: 'North', key: 'gate 1', ...gone, width: 16, height: 8, last_seen_at: lastSeenAt },
      { label: 'North', key: 'gate 2', ...gone },
    ])
    expect(streams).not.toContainEqual(expect.objectContaining({ last_frame: expect.anything() }))
    const viewer = await TestSocket.open(`${server.socketUrl('/ws/live')}?token=${admin}`)
    viewer.send('{"type":"watch","id":1}')
    const { streams: watched } = await viewer.nextOfType('watching')
    expect(watched).toContainEqual(expect.objectContaining({ ...gone, key: 'gate 1', last_frame_at: lastSeenAt }))
    expect(watched).toHaveLength(2)

    expect(await must(server, 'GET /labels', { token: admin })).toEqual({ labels: [] })
    expect(await must(server, 'GET /api/status', { token: admin })).toMatchObject({ camera: null })
    const old = await TestSocket.open(`${server.socketUrl('/ws/labels', 'North')}?token=${admin}`)
    expect(await old.nextJson()).toEqual({ error: "No keys found for label 'North'" })
    for (const [route, status] of [
      ['GET /streams/North/gate%201/snapshot', 404],
      ['GET /stream/video/me?label=North&key=gate%201', 503],
      ['DELETE /streams/North/gate%202', 204],
    ] as const)
      expect(await ask(server, route, { token: admin })).toMatchObject({ status })
    expect(await viewer.nextOfType('stream')).toMatchObject({ event: 'left', stream: { key: 'gate 2' } })

    await server.publish('North', 'gate 1')
    expect(await viewer.nextOfType('stream')).toMatchObject({ stream: { key: 'gate 1', state: 'live' } })
    expect(await must(server, 'GET /labels', { token: admin })).toEqual({ labels: ['North'] })
  })
})

describe('DELETE /streams/{label}/{key}', () => {
  it('removes a stream and its pictures for everybody, until its source sends again', async () => {
    const { server, admin } = await startHouse()
    await server.publish('North', 'gate 1')
    const viewer = await TestSocket.open(`${server.socketUrl('/ws/live')}?token=${admin}`)
    viewer.send('{"type":"watch","id":1,"max_fps":0}')
    expect(await viewer.nextOfType('watching')).toMatchObject({ streams: [{ key: 'gate 1' }] })
    const remove = () => ask(server, 'DELETE /streams/North/gate%201', { token: admin })
    expect(await remove()).toMatchObject({ status: 204, body: {} })
    expect(await viewer.nextOfType('stream')).toMatchObject({ event: 'left', stream: { key: 'gate 1' } })
    expect(await ask(server, 'GET /streams/North/gate%201/snapshot', { token: admin })).toMatchObject({ status: 404 })
    expect(await remove()).toMatchObject({ status: 404, body: { detail: 'There is no stream "North/gate 1"' } })
    await server.publish('North', 'gate 1')
    expect(await viewer.nextOfType('stream')).toMatchObject({ event: 'joined', stream: { key: 'gate 1' } })
    const { entries } = await must(server, 'GET /audit?action=stream.remove', { token: admin })
    expect(entries).toMatchObject([{ who: 'admin', target: 'North/gate 1', outcome: 'ok' }])
  })

  it('is for admins, and not for a stream that the server feeds', async () => {
    const { server, admin, add } = await startHouse({ config: { 'demo.start': 'true' } })
    await server.publish('North', 'gate')
    for (const token of [(await add('ann')).access, KEY])
      expect(await ask(server, 'DELETE /streams/North/gate', { token })).toMatchObject({ status: 403 })
    const { streams } = await must(server, 'GET /streams', { token: admin })
    expect(streams).toContainEqual(expect.objectContaining({ label: 'North', key: 'gate' }))
    expect(await ask(server, 'DELETE /streams/demo/building%20site', { token: admin })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('stop its source') },
    })
  })
})
