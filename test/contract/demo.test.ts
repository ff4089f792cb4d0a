import { describe, expect, it } from 'vitest'
import { readImage } from '../../src/wire/image-header.ts'
import { ServerCommand } from '../support/command.ts'
import { DEMO_KEYS, liveDemoKeys, putDemo, startDemo, takePicture, watchDemo } from '../support/demo.ts'
import { rawRequest } from '../support/raw.ts'
import { authorized, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

async function isRunning(server: TestServer): Promise<unknown> {
  return (await server.get('/demo')).json()
}

describe('PUT /demo', () => {
  it('starts three live streams, and says so', async () => {
    const server = await TestServer.start()
    expect(await isRunning(server)).toEqual({ running: false })
    await putDemo(server, { running: true })
    await until(async () => (await liveDemoKeys(server)).length === DEMO_KEYS.length, 'three live streams')
    expect(await liveDemoKeys(server)).toEqual(DEMO_KEYS)
    expect(await isRunning(server)).toEqual({ running: true })
  })

  it('sends whole pictures of 640 × 360 with what is measured in them', async () => {
    const viewer = await watchDemo(await startDemo())
    const seen = new Map<unknown, unknown>()
    while (seen.size < DEMO_KEYS.length) {
      const { header, image } = await takePicture(viewer)
      expect(readImage(image, { maxPixels: 1e6 })).toMatchObject({ mediaType: 'image/jpeg', width: 640, height: 360 })
      expect(Math.abs(Number(header.received_at) - Number(header.captured_at))).toBeLessThan(60_000)
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
    expect(await putDemo(server, { running: false })).toMatchObject({ status: 200, body: '{"running":false}' })
    await until(async () => (await liveDemoKeys(server)).length === 0, 'silence')
    expect((await server.streams()).map(({ state }) => state)).toEqual(['stale', 'stale', 'stale'])
    await putDemo(server, { running: true })
    await until(async () => (await liveDemoKeys(server)).length === DEMO_KEYS.length, 'three live streams again')
  })

  it('may be said twice, and the last of many counts', async () => {
    const server = await startDemo()
    expect(await putDemo(server, { running: true })).toMatchObject({ status: 200, body: '{"running":true}' })
    await Promise.all([false, true, false, true, false].map((running) => putDemo(server, { running })))
    expect(await isRunning(server)).toEqual({ running: expect.any(Boolean) })
    await putDemo(server, { running: false })
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
    const answer = await putDemo(server, body)
    expect(answer.status).toBe(422)
    expect(JSON.parse(answer.body)).toEqual({ detail: expect.stringContaining('{"running": true}') })
    expect(await isRunning(server)).toEqual({ running: false })
  })

  it('is answered with 422 where the body is no JSON', async () => {
    const server = await TestServer.start()
    expect((await putDemo(server, '{"running":true}', { 'content-type': 'text/plain' })).status).toBe(422)
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
      expect((await putDemo(server, { running: true }, headers)).status, JSON.stringify(headers)).toBe(status)
      expect((await putDemo(server, 'x', headers)).status, JSON.stringify(headers)).toBe(status)
    }
    expect(await isRunning(server)).toEqual({ running: false })
    expect((await rawRequest(`${server.url}/demo`, { headers: { origin: 'http://evil.example' } })).status).toBe(403)
  })

  it('is open to the own page and to the holder of the publish key on this machine', async () => {
    const server = await TestServer.start()
    const own = { origin: server.url, 'sec-fetch-site': 'same-origin' }
    expect((await putDemo(server, { running: false }, own)).status).toBe(200)
    expect((await putDemo(server, { running: false }, authorized())).status).toBe(200)
  })
})

describe('the demo', () => {
  it('starts with the server where the settings say so, and ends with it', async () => {
    const server = await ServerCommand.start(['--demo.start'])
    await until(async () => {
      const { streams } = JSON.parse((await rawRequest(`${server.url}/streams`)).body)
      return streams.length === DEMO_KEYS.length
    }, 'three streams')
    expect(await server.stop()).toBe(0)
  })

  it('does not start by itself', async () => {
    const server = await TestServer.start()
    expect(await isRunning(server)).toEqual({ running: false })
    expect(await server.streams()).toEqual([])
  })
})
