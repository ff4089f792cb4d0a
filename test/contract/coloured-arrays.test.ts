import { describe, expect, it } from 'vitest'
import type { DeclareOptions } from '../../src/core/declared-stream.ts'
import type { PackedArray, RawArray } from '../../src/core/payload.ts'
import { packBytes } from '../../src/wire/bsread/unpack-bytes.ts'
import { readImage } from '../../src/wire/image-header.ts'
import { arrayFrame, halvesArray } from '../support/arrays.ts'
import { anyone } from '../support/hub.ts'
import { MjpegReader } from '../support/mjpeg.ts'
import { Pixels } from '../support/pixels.ts'
import { freshLabel, TestServer } from '../support/server.ts'
import { SocketIoClient } from '../support/socket-io.ts'
import { type FrameMessage, TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const QUICK = { 'labels.update_interval_s': 0.1, 'streaming.update_after_s': 0.1 }
const ofFile = TestServer.ofFile({ config: QUICK })

/** The first and the last colour of some maps. */
const VIRIDIS = [
  [68, 1, 84],
  [253, 231, 37],
]
const GRAY = [
  [0, 0, 0],
  [255, 255, 255],
]
const JET = [
  [0, 0, 128],
  [128, 0, 0],
]

/** A stream that a source of the server feeds with arrays: their left half is 0, their right half 100. */
async function startSource(server: TestServer, declared: Partial<DeclareOptions> = {}) {
  const name = { label: freshLabel(), key: 'screen' }
  const options = { when: 'always', startTimeout: 1000, closeAfter: 0, ...declared } as const
  server.hub.declare(anyone, name, options, { demandChanged() {} })
  const publish = (array: PackedArray | RawArray = halvesArray()) =>
    server.hub.publish(anyone, arrayFrame(name.label, name.key, array), 'test')
  const path = `/streams/${name.label}/screen`
  return { ...name, publish, path }
}

/** Watches the stream on `/ws/live`. */
async function watch(server: TestServer, label: string, wish: object = {}) {
  const socket = await TestSocket.open(server.socketUrl('/ws/live'))
  socket.send({ type: 'watch', id: 1, label, key: 'screen', ...wish })
  await socket.nextOfType('watching')
  return {
    socket,
    async next(): Promise<FrameMessage> {
      const picture = await socket.nextPicture()
      socket.ask({ type: 'credit', n: Number(picture.header.n) })
      return picture
    },
  }
}

/** Whether the middles of the picture's halves have these colours. */
async function expectColours(picture: Uint8Array, colours: readonly (readonly number[])[], width = 64): Promise<void> {
  const pixels = await Pixels.of(picture)
  expect(pixels.width).toBe(width)
  for (const [i, colour] of colours.entries()) {
    const pixel = pixels.at(((2 * i + 1) * width) / 4, pixels.height / 2)
    for (const [channel, value] of pixel.entries()) expect(Math.abs(value - (colour[channel] ?? 0))).toBeLessThan(15)
  }
}

function bytesOf(base64: unknown): Buffer {
  return Buffer.from(String(base64), 'base64')
}

describe('a stream of arrays is shown in colours', () => {
  it('on /ws/live, with the levels that were used', async () => {
    const server = await ofFile()
    const source = await startSource(server)
    const viewer = await watch(server, source.label)
    await source.publish()
    const { header, image } = await viewer.next()
    expect(header).toMatchObject({
      media_type: 'image/jpeg',
      width: 64,
      height: 48,
      colouring: { colormap: 'viridis', levels: { min: 0, max: 100 }, log: false },
    })
    await expectColours(image, VIRIDIS)
    // The next one comes too, now that the stream is known to have arrays.
    await source.publish()
    expect((await viewer.next()).header.sequence).toBe(2)
  })

  it('on /ws/live, though it is longer than any JPEG can be', async () => {
    const server = await ofFile()
    const source = await startSource(server)
    const viewer = await watch(server, source.label)
    await source.publish(halvesArray({ width: 70_000, height: 2 }, { type: 'uint8' }))
    const { header, image } = await viewer.next()
    expect(header).toMatchObject({ width: 70_000, height: 2 })
    expect(readImage(image, { maxPixels: 1e6 })).toMatchObject({ width: 65_500, height: 2 })
  })

  it('on /ws/labels and /api/ws/stream', async () => {
    const server = await ofFile()
    const source = await startSource(server)
    const labels = await TestSocket.open(server.socketUrl('/ws/labels', source.label))
    const stream = await TestSocket.open(server.socketUrl('/api/ws/stream', source.label, 'screen'))
    await source.publish()
    await expectColours((await labels.nextFrame()).image, VIRIDIS)
    await expectColours(bytesOf((await stream.nextJson()).image), VIRIDIS)
  })

  it('on /api/ws/labels', async () => {
    const server = await ofFile()
    const source = await startSource(server)
    const viewer = await TestSocket.open(server.socketUrl('/api/ws/labels', source.label))
    await source.publish()
    const { images } = await viewer.nextJson()
    await expectColours(bytesOf(Object(images)[0].image), VIRIDIS)
  })

  it('on /ws/stream, when it is pulled', async () => {
    const server = await ofFile()
    const source = await startSource(server)
    const viewer = await TestSocket.open(server.socketUrl('/ws/stream', source.label, 'screen'))
    await source.publish()
    await until(async () => {
      viewer.send('{"action":"pull"}')
      await viewer.settled()
      return viewer.unread > 0
    }, 'a picture')
    await expectColours((await viewer.nextFrame()).image, VIRIDIS)
  })

  it("in the first generation's update", async () => {
    const server = await ofFile()
    const source = await startSource(server)
    const client = new SocketIoClient(server, { version: 2, transports: ['websocket'] })
    await client.ask('subscribe_labels', [source.label])
    await source.publish()
    const shown = () => client.all('update').find(({ label }) => label === source.label)
    await until(() => shown() !== undefined, 'an update')
    expect(shown()?.image_names).toEqual(['screen'])
    await expectColours(bytesOf(Object(shown()?.images)[0]), VIRIDIS)
  })

  it('as MJPEG', async () => {
    const server = await ofFile()
    const source = await startSource(server)
    await source.publish()
    const reader = await MjpegReader.open(server, `${source.path}/mjpeg?colormap=jet&levels=0,100`)
    expect(reader.status).toBe(200)
    await until(() => reader.parts.length > 0, 'a picture')
    await expectColours(reader.parts[0]?.jpeg ?? new Uint8Array(), JET)
  })

  it('as a snapshot, and as the next one', async () => {
    const server = await ofFile()
    const source = await startSource(server)
    await source.publish()
    const response = await server.get(`${source.path}/snapshot?colormap=gray&levels=p1,p99`)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'x-colormap': 'gray',
      'x-levels': '0,100',
    })
    await expectColours(new Uint8Array(await response.arrayBuffer()), GRAY)
    const tag = response.headers.get('etag') ?? ''
    const same = await server.get(`${source.path}/snapshot?colormap=gray&levels=p1,p99`, { 'if-none-match': tag })
    expect(same.status).toBe(304)
    const other = await server.get(`${source.path}/snapshot?colormap=jet`, { 'if-none-match': tag })
    await expectColours(new Uint8Array(await other.arrayBuffer()), JET)
    const next = server.get(`${source.path}/snapshot?wait=10`, { 'if-none-match': tag.replace(/;.*"/, '"') })
    await until(
      async () => (await server.streams()).some((each) => each.label === source.label && each.viewers === 1),
      'it waits',
    )
    await source.publish(halvesArray({ width: 32, height: 24 }))
    await expectColours(new Uint8Array(await (await next).arrayBuffer()), VIRIDIS, 32)
  })
})

describe('the colours of a stream of arrays', () => {
  it('are as each viewer asks, at the width that it asks for', async () => {
    const server = await ofFile()
    const source = await startSource(server)
    const gray = await watch(server, source.label, { colormap: 'gray', levels: '0,100' })
    const dark = await watch(server, source.label, { levels: '100,200', width: 300 })
    const small = await watch(server, source.label, { width: 160 })
    await source.publish(halvesArray({ width: 640, height: 480 }))
    await expectColours((await gray.next()).image, GRAY, 640)
    const { header, image } = await dark.next()
    expect(header).toMatchObject({ width: 640, colouring: { levels: { min: 100, max: 200 } } })
    await expectColours(
      image,
      [
        [68, 1, 84],
        [68, 1, 84],
      ],
      320,
    )
    await expectColours((await small.next()).image, VIRIDIS, 160)
  })

  it('are those of its declaration where a viewer does not say', async () => {
    const server = await ofFile()
    const colouring = { colormap: 'jet', levels: { min: 0, max: 100 }, log: false } as const
    const source = await startSource(server, { colouring })
    const viewer = await watch(server, source.label)
    const log = await watch(server, source.label, { log: true, levels: 'auto' })
    await source.publish()
    await expectColours((await viewer.next()).image, JET)
    const { header } = await log.next()
    expect(header.colouring).toEqual({ colormap: 'jet', levels: { min: 100, max: 100 }, log: true })
    await expectColours(new Uint8Array(await (await server.get(`${source.path}/snapshot`)).arrayBuffer()), JET)
  })

  it('are changed at once, also where the stream stands still', async () => {
    const server = await ofFile()
    const source = await startSource(server)
    const { socket, next } = await watch(server, source.label)
    await source.publish()
    await expectColours((await next()).image, VIRIDIS)
    socket.send({ type: 'watch', id: 1, label: source.label, key: 'screen', colormap: 'jet' })
    const { header, image } = await next()
    expect(header.sequence).toBe(1)
    await expectColours(image, JET)
  })

  it('are made once for all who ask the same', async () => {
    const server = await TestServer.start()
    const source = await startSource(server)
    const wish = { colormap: 'hot', levels: 'p1,p99' }
    const viewers = [await watch(server, source.label, wish), await watch(server, source.label, wish)]
    await source.publish()
    const [one, other] = await Promise.all(viewers.map((viewer) => viewer.next()))
    expect(one?.image).toEqual(other?.image)
    const metrics = await (await server.get('/metrics')).text()
    expect(metrics).toMatch(/belvedere_rendition_made_total 1$/m)
    expect(metrics).toMatch(/belvedere_renditions 1$/m)
  })

  it.each([
    ['colormap=pink', 'colormap: must be one of gray, viridis'],
    ['levels=5,1', 'levels: the first must be below the second'],
    ['levels=p1,200', 'levels: must be auto, two numbers'],
    ['log=yes', 'log: must be true or false'],
  ])('are refused where they are wrong: %s', async (query, reason) => {
    const server = await ofFile()
    const source = await startSource(server)
    await source.publish()
    for (const way of ['snapshot', 'mjpeg']) {
      const response = await server.get(`${source.path}/${way}?${query}`)
      expect(response.status).toBe(422)
      expect(JSON.stringify(await response.json())).toContain(reason)
    }
    const socket = await TestSocket.open(server.socketUrl('/ws/live'))
    const [field = '', value = ''] = query.split('=')
    socket.send({ type: 'watch', id: 7, label: source.label, [field]: value })
    expect(await socket.nextOfType('error')).toMatchObject({
      id: 7,
      code: 'invalid',
      message: expect.stringContaining(field),
    })
  })

  it('do not matter to pictures', async () => {
    const server = await ofFile()
    const label = freshLabel()
    const picture = await server.publish(label, 'screen')
    const response = await server.get(`/streams/${label}/screen/snapshot?colormap=jet`)
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(picture))
  })
})

describe('a stream of arrays that starts with the next one', () => {
  it('shows nobody what was there before, and everybody the next one in colours', async () => {
    const server = await ofFile()
    const source = await startSource(server, { when: 'on-demand', start: 'next' })
    await source.publish()
    const viewer = await watch(server, source.label, { colormap: 'gray' })
    await source.publish()
    expect((await viewer.next()).header.sequence).toBe(2)
    const later = await watch(server, source.label, { colormap: 'gray' })
    const labels = await TestSocket.open(server.socketUrl('/api/ws/labels', source.label))
    const snapshot = server.get(`${source.path}/snapshot?colormap=jet`)
    const viewers = async () => (await server.streams()).find(({ label }) => label === source.label)?.viewers
    await until(async () => (await viewers()) === 4, 'all of them watch')
    expect([later.socket.unread, labels.unread]).toEqual([0, 0])
    await source.publish()
    for (const each of [viewer, later]) {
      const { header, image } = await each.next()
      expect(header.sequence).toBe(3)
      await expectColours(image, GRAY)
    }
    await expectColours(bytesOf(Object((await labels.nextJson()).images)[0].image), VIRIDIS)
    await expectColours(new Uint8Array(await (await snapshot).arrayBuffer()), JET)
  })
})

describe('an array', () => {
  it.each(['lz4', 'bitshuffle_lz4'] as const)('that is packed as %s is unpacked', async (compression) => {
    const server = await ofFile()
    const source = await startSource(server)
    const viewer = await watch(server, source.label)
    const array = halvesArray(undefined, { type: 'int32', byteOrder: 'big' })
    await source.publish({ ...array, compression, bytes: packBytes(array.bytes, compression, 4) })
    await expectColours((await viewer.next()).image, VIRIDIS)
  })

  it('that was unpacked by its source is shown as well, of whatever type', async () => {
    const server = await ofFile()
    const source = await startSource(server)
    const viewer = await watch(server, source.label)
    const values = BigInt64Array.from({ length: 64 * 48 }, (_, i) => (i % 64 < 32 ? -5n : 2n ** 40n))
    await source.publish({ kind: 'raw-array', values, shape: [48, 64] })
    const { header, image } = await viewer.next()
    expect(header.colouring).toMatchObject({ levels: { min: -5, max: 2 ** 40 } })
    await expectColours(image, VIRIDIS)
  })

  it('that is damaged or no picture is skipped and counted, and the next one shown', async () => {
    const server = await TestServer.start()
    const source = await startSource(server)
    const viewer = await watch(server, source.label)
    const failed = async () =>
      Number(
        /rendition_failed_total\{reason="undecodable"\} (\d+)/.exec(await (await server.get('/metrics')).text())?.[1],
      )
    const bad: PackedArray[] = [
      { ...halvesArray(), compression: 'bitshuffle_lz4' },
      { ...halvesArray(), shape: [64 * 48] },
    ]
    for (const [i, array] of bad.entries()) {
      await source.publish(array)
      await until(async () => (await failed()) === i + 1, 'it is counted')
    }
    const snapshot = await server.get(`${source.path}/snapshot`)
    expect(snapshot.status).toBe(422)
    expect(await snapshot.json()).toEqual({
      detail: 'This array cannot be drawn: an array of shape [3072] is no picture',
    })
    await source.publish()
    expect((await viewer.next()).header.sequence).toBe(3)
  })

  it('of too many values is not unpacked', async () => {
    const server = await TestServer.start({ config: { 'renditions.max_megapixels': 0.01 } })
    const source = await startSource(server)
    await source.publish(halvesArray({ width: 200, height: 100 }))
    const response = await server.get(`${source.path}/snapshot`)
    expect(response.status).toBe(422)
    expect(JSON.stringify(await response.json())).toContain('This array has 100 × 200 values')
  })

  it('is not drawn where there is no room, and a viewer is told why', async () => {
    const server = await TestServer.start({ config: { 'renditions.max': 0 } })
    const source = await startSource(server)
    await source.publish()
    const socket = await TestSocket.open(server.socketUrl('/ws/live'))
    socket.send({ type: 'watch', id: 1, label: source.label })
    await socket.nextOfType('watching')
    expect(await socket.nextOfType('error')).toMatchObject({ id: 1, code: 'exhausted' })
    expect((await server.get(`${source.path}/mjpeg`)).status).toBe(503)
    const labels = await TestSocket.open(server.socketUrl('/ws/labels', source.label))
    await source.publish()
    await labels.settled()
    expect([socket.unread, labels.unread]).toEqual([0, 0])
  })

  it('may give way to pictures in the same stream, and they to arrays', async () => {
    const server = await ofFile()
    const label = freshLabel()
    const picture = await server.publish(label, 'screen')
    const viewer = await watch(server, label)
    expect((await viewer.next()).image).toEqual(Buffer.from(picture))
    await server.hub.publish(anyone, arrayFrame(label, 'screen'), 'test')
    await expectColours((await viewer.next()).image, VIRIDIS)
    const another = await server.publish(label, 'screen')
    const { header, image } = await viewer.next()
    expect(header.colouring).toBeUndefined()
    expect(image).toEqual(Buffer.from(another))
  })
})
