import { describe, expect, it } from 'vitest'
import { readImage } from '../../src/wire/image.ts'
import { ServerCommand } from '../support/command.ts'
import { rawRequest } from '../support/raw.ts'
import { authorized, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const KEYS = ['beam spot', 'building site', 'front door']

function put(server: TestServer, body: unknown, headers: Record<string, string> = {}) {
  return rawRequest(`${server.url}/demo`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

async function isRunning(server: TestServer): Promise<unknown> {
  return (await server.get('/demo')).json()
}

/** The demo's streams that are live. */
async function liveKeys(server: TestServer): Promise<unknown[]> {
  const streams = await server.streams()
  return streams.filter(({ label, state }) => label === 'demo' && state === 'live').map(({ key }) => key)
}

async function startDemo(config: Record<string, string | number> = {}): Promise<TestServer> {
  const server = await TestServer.start({ config })
  expect(await put(server, { running: true })).toMatchObject({ status: 200, body: '{"running":true}' })
  await until(async () => (await liveKeys(server)).length === KEYS.length, 'three live streams')
  return server
}

/** Opens a viewer of the demo that takes every picture. */
async function watchDemo(server: TestServer): Promise<TestSocket> {
  const viewer = await TestSocket.open(server.socketUrl('/ws/live'))
  viewer.ask({ type: 'watch', id: 1, label: 'demo' })
  return viewer
}

/** The next picture, given its credit. */
async function takePicture(viewer: TestSocket) {
  const frame = await viewer.nextPicture()
  viewer.ask({ type: 'credit', n: Number(frame.header.n) })
  return frame
}

describe('PUT /demo', () => {
  it('starts three live streams, and says so', async () => {
    const server = await TestServer.start()
    expect(await isRunning(server)).toEqual({ running: false })
    await put(server, { running: true })
    await until(async () => (await liveKeys(server)).length === KEYS.length, 'three live streams')
    expect(await liveKeys(server)).toEqual(KEYS)
    expect(await isRunning(server)).toEqual({ running: true })
  })

  it('sends whole pictures of 640 × 360 with what is measured in them', async () => {
    const viewer = await watchDemo(await startDemo())
    const seen = new Map<unknown, unknown>()
    while (seen.size < KEYS.length) {
      const { header, image } = await takePicture(viewer)
      expect(readImage(image, { maxPixels: 1e6 })).toMatchObject({ mediaType: 'image/jpeg', width: 640, height: 360 })
      expect(Math.abs(Number(header.received_at) - Number(header.captured_at))).toBeLessThan(5000)
      seen.set(header.key, header)
    }
    expect(seen.get('building site')).toMatchObject({
      annotations: {
        detection_items: expect.arrayContaining([Array.from({ length: 6 }, () => expect.any(Number))]),
        cone_polygons: [expect.any(Array)],
        pole_polygons: [expect.any(Array)],
      },
    })
    expect(seen.get('front door')).toMatchObject({
      metadata: { motion: expect.any(Number), doorbell: expect.any(String) },
    })
    expect(seen.get('beam spot')).toMatchObject({
      metadata: { x_mm: expect.any(Number), pulse_id: expect.any(Number) },
    })
  })

  it('draws ten frames a second for who watches, and one for nobody', async () => {
    const server = await startDemo()
    const viewer = await watchDemo(server)
    const rates = async () => (await server.streams()).map(({ fps }) => Number(fps))
    const isFast = new AbortController()
    const watching = (async () => {
      while (!isFast.signal.aborted) await takePicture(viewer)
    })()
    // Less than ten where the machine is busy: late frames are left out.
    await until(async () => (await rates()).every((fps) => fps > 6 && fps < 10.6), 'about ten frames a second')
    isFast.abort()
    await watching
    await viewer.close()
    await until(async () => (await rates()).every((fps) => fps > 0.5 && fps < 1.5), 'about one frame a second')
    expect(await liveKeys(server)).toEqual(KEYS)
  })

  it('is not hurried by viewers that want news only', async () => {
    const server = await startDemo()
    const viewer = await TestSocket.open(server.socketUrl('/ws/live'))
    viewer.ask({ type: 'watch', id: 1, label: 'demo', max_fps: 0 })
    await viewer.nextOfType('watching')
    const sequence = async () => (await server.streams()).map(({ last_frame }) => JSON.stringify(last_frame))
    const first = await sequence()
    await until(async () => (await sequence()).every((frame, i) => frame !== first[i]), 'another frame of each')
    expect((await server.streams()).every(({ fps }) => Number(fps) < 4)).toBe(true)
  })

  it('stops, and starts again with frames that are newer', async () => {
    const server = await startDemo({ 'streams.stale_after_ms': 1500 })
    expect(await put(server, { running: false })).toMatchObject({ status: 200, body: '{"running":false}' })
    await until(async () => (await liveKeys(server)).length === 0, 'silence')
    expect((await server.streams()).map(({ state }) => state)).toEqual(['stale', 'stale', 'stale'])
    await put(server, { running: true })
    await until(async () => (await liveKeys(server)).length === KEYS.length, 'three live streams again')
  })

  it('may be said twice, and the last of many counts', async () => {
    const server = await startDemo()
    expect(await put(server, { running: true })).toMatchObject({ status: 200, body: '{"running":true}' })
    await Promise.all([false, true, false, true, false].map((running) => put(server, { running })))
    expect(await isRunning(server)).toEqual({ running: expect.any(Boolean) })
    await put(server, { running: false })
    expect(await isRunning(server)).toEqual({ running: false })
  })

  it.each([
    ['{}'],
    ['{"running":"true"}'],
    ['{"running":1}'],
    ['{"running":true,"more":1}'],
    ['true'],
    ['{running}'],
    [''],
  ])('is answered with 422 where the body is %s', async (body) => {
    const server = await TestServer.start()
    const answer = await put(server, body)
    expect(answer.status).toBe(422)
    expect(JSON.parse(answer.body)).toEqual({ detail: expect.stringContaining('{"running": true}') })
    expect(await isRunning(server)).toEqual({ running: false })
  })

  it('is answered with 422 where the body is no JSON', async () => {
    const server = await TestServer.start()
    expect((await put(server, '{"running":true}', { 'content-type': 'text/plain' })).status).toBe(422)
  })

  it('is refused to pages of other sites, and to what was forwarded', async () => {
    const server = await TestServer.start()
    const refused = [
      [403, { origin: 'http://evil.example' }],
      [403, { origin: 'null' }],
      [403, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
      [403, { host: 'evil.example' }],
      [401, { 'x-forwarded-for': '127.0.0.1' }],
      [403, { ...authorized(), origin: 'http://evil.example' }],
      [403, { ...authorized(), 'x-forwarded-for': '127.0.0.1' }],
      [401, authorized('wrong')],
    ] as const
    for (const [status, headers] of refused) {
      expect((await put(server, { running: true }, headers)).status, JSON.stringify(headers)).toBe(status)
      expect((await put(server, 'x', headers)).status, JSON.stringify(headers)).toBe(status)
    }
    expect(await isRunning(server)).toEqual({ running: false })
    expect((await rawRequest(`${server.url}/demo`, { headers: { origin: 'http://evil.example' } })).status).toBe(403)
  })

  it('is open to the own page and to the holder of the publish key on this machine', async () => {
    const server = await TestServer.start()
    const own = { origin: server.url, 'sec-fetch-site': 'same-origin' }
    expect((await put(server, { running: false }, own)).status).toBe(200)
    expect((await put(server, { running: false }, authorized())).status).toBe(200)
  })
})

describe('the demo', () => {
  it('starts with the server where the settings say so, and ends with it', async () => {
    const server = await ServerCommand.start(['--demo.start'])
    await until(async () => {
      const { streams } = JSON.parse((await rawRequest(`${server.url}/streams`)).body)
      return streams.length === KEYS.length
    }, 'three streams')
    expect(await server.stop()).toBe(0)
  })

  it('does not start by itself', async () => {
    const server = await TestServer.start()
    expect(await isRunning(server)).toEqual({ running: false })
    expect(await server.streams()).toEqual([])
  })
})
