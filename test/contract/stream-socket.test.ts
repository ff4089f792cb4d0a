import { describe, expect, it } from 'vitest'
import { jpeg } from '../support/pictures.ts'
import { freshLabel, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'

const PING = '{"action":"ping"}'
const PULL = '{"action":"pull"}'

const serverOfFile = TestServer.ofFile()

/** The server, and a label for the test alone. */
async function start() {
  const server = await serverOfFile()
  const label = freshLabel()
  const open = (key = 'camera') => TestSocket.open(server.socketUrl('/ws/stream', label, key))
  return { server, label, open }
}

/** Proves that a pull is answered with nothing: the answer to a ping behind it comes first. */
async function expectNothing(viewer: TestSocket): Promise<void> {
  viewer.send(PULL)
  viewer.send(PING)
  expect(await viewer.nextJson()).toEqual({ action: 'pong' })
}

describe('WS /ws/stream/{label}/{key}', () => {
  it('answers ping with pong to the letter', async () => {
    const { open } = await start()
    const viewer = await open()
    viewer.send(PING)
    expect(await viewer.next()).toBe('{"action":"pong"}')
  })

  it('sends nothing unasked', async () => {
    const { server, label, open } = await start()
    await server.publish(label, 'camera')
    const viewer = await open()
    await server.publish(label, 'camera')
    viewer.send(PING)
    expect(await viewer.nextJson()).toEqual({ action: 'pong' })
    expect(viewer.unread).toBe(0)
  })

  it('answers a pull with the newest frame, under the header keys of the contract, id in place of key', async () => {
    const { server, label, open } = await start()
    await server.publish(label, 'camera')
    const file = await server.publish(label, 'camera', {
      file: jpeg(24, 8),
      warnings_json: '{"warning_no_hardhat":{"count":1}}',
      width: '640',
    })
    const viewer = await open()
    viewer.send(PULL)
    const { header, image } = await viewer.nextFrame()
    expect(image).toEqual(file)
    expect(header).toEqual({
      id: expect.stringMatching(/^\d+-\d+$/),
      warnings: '{"warning_no_hardhat":{"count":1}}',
      cone_polygons: '',
      pole_polygons: '',
      detection_items: '',
      width: '640',
      height: '0',
      received_at: expect.any(Number),
      metadata: {},
    })
  })

  it('sends nothing at all when there is no newer frame than the last one pulled', async () => {
    const { server, label, open } = await start()
    await server.publish(label, 'camera')
    const viewer = await open()
    viewer.send(PULL)
    const { header: first } = await viewer.nextFrame()
    await expectNothing(viewer)
    await expectNothing(viewer)
    const file = await server.publish(label, 'camera', { file: jpeg(24, 8) })
    viewer.send(PULL)
    const { header, image } = await viewer.nextFrame()
    expect(image).toEqual(file)
    expect(header.id).not.toBe(first.id)
    await expectNothing(viewer)
  })

  it('skips what was published between two pulls', async () => {
    const { server, label, open } = await start()
    const viewer = await open()
    for (let width = 8; width <= 40; width += 8) await server.publish(label, 'camera', { file: jpeg(width, 8) })
    viewer.send(PULL)
    expect((await viewer.nextFrame()).image).toEqual(jpeg(40, 8))
    await expectNothing(viewer)
  })

  it('does not answer an old pull once a frame comes', async () => {
    const { server, label, open } = await start()
    const viewer = await open()
    await expectNothing(viewer)
    await server.publish(label, 'camera')
    viewer.send(PING)
    expect(await viewer.nextJson()).toEqual({ action: 'pong' })
  })

  it('sends nothing for an unknown stream, and its frames once it appears', async () => {
    const { server, label, open } = await start()
    const viewer = await open('later')
    await expectNothing(viewer)
    const file = await server.publish(label, 'later')
    viewer.send(PULL)
    expect((await viewer.nextFrame()).image).toEqual(file)
  })

  it('serves each viewer by its own pulls', async () => {
    const { server, label, open } = await start()
    await server.publish(label, 'camera')
    const [one, other] = [await open(), await open()]
    one.send(PULL)
    await one.nextFrame()
    other.send(PULL)
    await other.nextFrame()
    await expectNothing(one)
    await expectNothing(other)
  })

  it.each(['{"action":"push"}', '{}', '[]', 'null', '"pull"', 'pull', '', '{"action":["pull"]}', '{"Action":"pull"}'])(
    'answers %j with unknown action, to the letter',
    async (text) => {
      const { server, label, open } = await start()
      await server.publish(label, 'camera')
      const viewer = await open()
      viewer.send(text)
      expect(await viewer.next()).toBe('{"error":"unknown action"}')
      viewer.send(PULL)
      await viewer.nextFrame()
    },
  )

  it('answers a binary message with unknown action', async () => {
    const { open } = await start()
    const viewer = await open()
    viewer.send(Buffer.from(PULL))
    expect(await viewer.nextJson()).toEqual({ error: 'unknown action' })
  })

  it('takes an action with other fields beside it', async () => {
    const { server, label, open } = await start()
    await server.publish(label, 'camera')
    const viewer = await open()
    viewer.send('{"id": 4, "action": "pull", "x": {}}')
    await viewer.nextFrame()
  })

  it('holds / and Unicode in both names', async () => {
    const server = await serverOfFile()
    const file = await server.publish('a/b', '相机/1')
    const viewer = await TestSocket.open(server.socketUrl('/ws/stream', 'a/b', '相机/1'))
    viewer.send(PULL)
    expect((await viewer.nextFrame()).image).toEqual(file)
  })

  it('keeps a client going that pulls a thousand times', async () => {
    const { server, label, open } = await start()
    const viewer = await open()
    for (let i = 0; i < 100; i++) {
      const file = await server.publish(label, 'camera', { file: jpeg(16, 8, 1000 + 10 * i) })
      viewer.send(PULL)
      expect((await viewer.nextFrame()).image).toEqual(file)
      for (let more = 0; more < 9; more++) viewer.send(PULL)
    }
    await expectNothing(viewer)
  })
})
