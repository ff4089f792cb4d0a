import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket as LibrarySocket } from 'ws'
import { FramePublisher, LiveClient, type LiveClientOptions, type LiveFrame } from '../../client/index.ts'
import { freePort } from '../support/free-port.ts'
import { jpeg } from '../support/pictures.ts'
import { KEY, TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

/** A client that is ended with the test, and what it has told, "connecting 0", "stream a" … */
function clientOf(url: string, options: LiveClientOptions = {}) {
  const client = new LiveClient(url, { minDelay: 20, maxDelay: 100, ...options })
  onTestFinished(() => client.disconnect())
  const told: string[] = []
  client.on('connecting', ({ code }) => told.push(`connecting ${code}`))
  client.on('connected', ({ isReconnected }) => told.push(isReconnected ? 'reconnected' : 'connected'))
  client.on('disconnected', ({ code, reason }) => told.push(`disconnected ${code}: ${reason}`))
  client.on('stream', ({ key, state }) => told.push(`stream ${key} ${state}`))
  client.on('left', ({ key }) => told.push(`left ${key}`))
  client.on('watching', ({ watch }) => told.push(`watching ${watch.id}`))
  client.on('error', ({ code, message }) => told.push(`error ${code}: ${message}`))
  client.connect()
  const has = (line: string) => until(() => told.includes(line), `"${line}" among ${JSON.stringify(told)}`)
  return { client, told, has }
}

/** Takes frames as they come, each drawn at once. */
function collect() {
  const frames: LiveFrame[] = []
  return {
    frames,
    onFrame: (frame: LiveFrame) => void frames.push(frame),
    come: (count: number) => until(() => frames.length >= count, `${count} frames`),
  }
}

/** The keys of the streams that frames are of. */
function keysOf(frames: readonly LiveFrame[]): string[] {
  return frames.map(({ stream }) => stream.key)
}

function publisherOf(url: string, token = KEY): FramePublisher {
  const publisher = new FramePublisher(url, { token, minDelay: 20, maxDelay: 100 })
  onTestFinished(() => publisher.close())
  publisher.connect()
  return publisher
}

/** A way to a server that can be made to swallow everything without closing, as a broken network does. */
async function wayTo(server: TestServer) {
  const sockets: Socket[] = []
  const way = createServer((near) => {
    const far = connect(Number(new URL(server.url).port), '127.0.0.1')
    sockets.push(near, far)
    near.pipe(far).pipe(near)
    for (const end of [near, far]) end.on('error', () => {})
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    way.close()
  })
  await once(way.listen(0, '127.0.0.1'), 'listening')
  const address = way.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut() {
      for (const socket of sockets) socket.unpipe().pause()
    },
  }
}

describe('LiveClient against a real server', () => {
  it.each([
    ['the global WebSocket', {}],
    ['the package ws', { makeSocket: (url: string) => new LibrarySocket(url) }],
  ])('watches streams as they come and go, with %s', async (_name, options) => {
    const server = await TestServer.start()
    const picture = await server.publish('site', 'a', {
      captured_at: '1800000000000',
      warnings_json: '{"fire":{"count":1}}',
    })
    await server.publish('hall', 'c')
    const { client, has } = clientOf(server.url, options)
    const { frames, onFrame, come } = collect()
    client.watch({ label: 'site', onFrame })
    await has('watching 1')
    await come(1)
    await server.publish('site', 'b')
    await has('stream b live')
    await come(2)
    const [frame] = frames
    expect(frame).toMatchObject({
      stream: { label: 'site', key: 'a' },
      capturedAt: 1_800_000_000_000,
      mediaType: 'image/jpeg',
      width: 16,
      height: 8,
      annotations: { warnings: { fire: { count: 1 } } },
      skipped: 0,
    })
    expect(Buffer.from(frame?.bytes ?? []).equals(picture)).toBe(true)
    expect(client.streams.map(({ key }) => key).toSorted()).toEqual(['a', 'b'])
  })

  it('gives back the credits: frame after frame comes, each in order', async () => {
    const server = await TestServer.start()
    const { client, has } = clientOf(server.url)
    const { frames, onFrame, come } = collect()
    client.watch({ onFrame })
    await has('watching 1')
    for (let i = 1; i <= 20; i++) {
      await server.publish('site', 'a')
      await come(i)
    }
    expect(frames.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  })

  it('is sent nothing more while it draws, then the newest, and knows how many it skipped', async () => {
    const server = await TestServer.start()
    const { client, has } = clientOf(server.url)
    const drawing: { frame: LiveFrame; done: () => void }[] = []
    client.watch({ onFrame: (frame) => new Promise((done) => drawing.push({ frame, done })) })
    await has('watching 1')
    for (let i = 0; i < 12; i++) await server.publish('site', 'a')
    await until(() => drawing.length > 0)
    const shown: LiveFrame[] = []
    await until(() => {
      for (const { frame, done } of drawing.splice(0)) {
        shown.push(frame)
        done()
      }
      return shown.at(-1)?.sequence === 12
    }, 'the newest frame')
    expect(shown.length).toBeLessThan(12)
    expect(shown.reduce((sum, { skipped }) => sum + skipped, shown.length)).toBe(12)
  })

  it('hears news only at rate 0, pictures when the rate is changed, and nothing once the watch has ended', async () => {
    const server = await TestServer.start()
    const { client, has } = clientOf(server.url)
    const { frames, onFrame, come } = collect()
    const watch = client.watch({ maxFps: 0, onFrame })
    const { frames: other, onFrame: onOther, come: otherCome } = collect()
    client.watch({ label: 'hall', onFrame: onOther })
    await has('watching 2')
    await server.publish('site', 'a')
    await has('stream a live')
    await server.publish('hall', 'b')
    await otherCome(1)
    expect(frames).toEqual([])
    watch.change({ maxFps: 1000 })
    await come(1)
    watch.end()
    await server.publish('site', 'a')
    await server.publish('hall', 'b')
    await otherCome(2)
    expect([keysOf(frames), keysOf(other)]).toEqual([['a'], ['b', 'b']])
    expect(client.streams.map(({ key }) => key)).toEqual(['b'])
  })

  it('is back with its watches when the server is, and tells what has left', async () => {
    const config = { port: await freePort() }
    const first = await TestServer.start({ config })
    await first.publish('site', 'a')
    await first.publish('site', 'b')
    const { client, told, has } = clientOf(first.url)
    const { frames, onFrame, come } = collect()
    client.watch({ label: 'site', onFrame })
    await come(2)
    await first.close()
    await has('connecting 5')
    const again = await TestServer.start({ config })
    await has('reconnected')
    await again.publish('site', 'a')
    await come(3)
    await has('left b')
    expect(frames.at(-1)).toMatchObject({ stream: { key: 'a' }, sequence: 1, skipped: 0 })
    expect(client.streams.map(({ key }) => key)).toEqual(['a'])
    expect(told.filter((line) => line.startsWith('error'))).toEqual([])
  })

  it('gives up a connection that the network swallows, and shows pictures again over a new one', async () => {
    const server = await TestServer.start()
    const way = await wayTo(server)
    const { client, has } = clientOf(way.url, { clockPeriod: 50, maxSilence: 300 })
    const { onFrame, come, frames } = collect()
    client.watch({ onFrame })
    await server.publish('site', 'a')
    await come(1)
    way.cut()
    await server.publish('site', 'a')
    await has('connecting 2')
    await has('reconnected')
    await until(() => frames.at(-1)?.sequence === 2, 'the next frame')
  })

  it('is disconnected for good, with the reason in words, when its key is not known', async () => {
    const server = await TestServer.start()
    const { client, told, has } = clientOf(server.url, { token: 'a-wrong-key-of-some-length' })
    await has('disconnected 1: This token or key is not known here.')
    expect(client.state).toBe('disconnected')
    expect(told).toEqual(['connecting 0', 'disconnected 1: This token or key is not known here.'])
  })

  it("knows the server's time to half a round trip, and how old a frame is, though its own clock is wrong", async () => {
    const server = await TestServer.start()
    const wrongBy = -3_600_000
    const { client, has } = clientOf(server.url, { now: () => Date.now() + wrongBy })
    const { frames, onFrame, come } = collect()
    client.watch({ onFrame })
    await has('watching 1')
    await until(() => client.clockOffset !== undefined, 'the clock')
    expect(Math.abs((client.clockOffset ?? 0) + wrongBy)).toBeLessThanOrEqual((client.roundTrip ?? 0) / 2 + 1)
    await server.publish('site', 'a')
    await come(1)
    const [frame] = frames
    if (!frame) throw new Error('no frame')
    const age = client.ageOf(frame)
    expect(age).toBeGreaterThanOrEqual(0)
    expect(age).toBeLessThanOrEqual(Date.now() - frame.receivedAt + (client.roundTrip ?? 0) / 2 + 1)
  })

  it('leaves nothing on the server after 200 changes of what it watches', async () => {
    const server = await TestServer.start()
    await server.publish('site', 'a')
    const { client, has } = clientOf(server.url)
    const { onFrame } = collect()
    await has('connected')
    for (let i = 0; i < 200; i++) {
      const watch = client.watch(i % 2 === 0 ? { onFrame } : { label: 'site', key: 'a', maxFps: 5, onFrame })
      if (i % 3 === 0) watch.change({ maxFps: 1 })
      watch.end()
    }
    const { onFrame: onLast, come } = collect()
    const last = client.watch({ label: 'site', onFrame: onLast })
    await come(1)
    // The picture may be that of an earlier watch.
    await until(async () => (await server.streams())[0]?.viewers === 1, 'the last watch')
    last.end()
    await until(async () => (await server.streams())[0]?.viewers === 0, 'no viewer')
    expect(client.streams).toEqual([])
  })
})

describe('FramePublisher against a real server', () => {
  it('publishes what a client then watches, and tells what was stored and what refused', async () => {
    const server = await TestServer.start()
    const publisher = publisherOf(server.url)
    const told: unknown[] = []
    publisher.on('stored', (event) => told.push(event))
    publisher.on('refused', (event) => told.push(event))
    const { client, has } = clientOf(server.url)
    const { frames, onFrame, come } = collect()
    client.watch({ onFrame })
    await has('watching 1')
    const picture = jpeg(32, 16)
    await publisher.publish({ label: 'site', key: 'a', metadata_json: '{"wind":7}' }, picture, 'a.jpg')
    await publisher.publish({ label: 'site', key: 'a' }, new Uint8Array([1]), 'bad.jpg')
    await publisher.end()
    await come(1)
    expect(frames[0]).toMatchObject({ stream: { label: 'site', key: 'a' }, metadata: { wind: 7 }, width: 32 })
    expect(told).toEqual([
      { name: 'a.jpg' },
      { name: 'bad.jpg', message: expect.stringContaining('JPEG, PNG or WebP') },
    ])
    expect(publisher.state).toBe('disconnected')
  })

  it('goes on when the server is back', async () => {
    const config = { port: await freePort() }
    const first = await TestServer.start({ config })
    const publisher = publisherOf(first.url)
    await publisher.publish({ label: 'site', key: 'a' }, jpeg(16, 8))
    await first.close()
    await until(() => publisher.state === 'connecting', 'that the server is missed')
    const second = await TestServer.start({ config })
    await publisher.publish({ label: 'site', key: 'b' }, jpeg(16, 8))
    await publisher.end()
    expect(await second.streams()).toMatchObject([{ key: 'b' }])
  })

  it('rejects with the reason in words when its key is not known', async () => {
    const server = await TestServer.start()
    const publisher = publisherOf(server.url, 'a-wrong-key-of-some-length')
    const publishing = async () => {
      for (;;) await publisher.publish({ label: 'site', key: 'a' }, jpeg(16, 8))
    }
    await expect(publishing()).rejects.toThrow('This token or key is not known here.')
    expect(await server.streams()).toEqual([])
  })
})
