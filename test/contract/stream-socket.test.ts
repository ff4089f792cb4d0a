import { describe, expect, it } from 'vitest'
import { jpeg } from '../support/pictures.ts'
import { freshLabel, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

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

/** Proves that a pull is held: the answer to a ping behind it comes first. */
async function expectHeld(viewer: TestSocket): Promise<void> {
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

  it('holds one pull that finds nothing newer until the next frame comes, which answers it once', async () => {
    const { server, label, open } = await start()
    await server.publish(label, 'camera')
    const viewer = await open()
    viewer.send(PULL)
    const { header: first } = await viewer.nextFrame()
    await expectHeld(viewer)
    await expectHeld(viewer)
    const file = await server.publish(label, 'camera', { file: jpeg(24, 8) })
    const { header, image } = await viewer.nextFrame()
    expect(image).toEqual(file)
    expect(header.id).not.toBe(first.id)
    await server.publish(label, 'camera')
    viewer.send(PING)
    expect(await viewer.nextJson()).toEqual({ action: 'pong' })
    expect(viewer.unread).toBe(0)
  })

  it('never lets a client stall that pulls, waits for the answer and pulls again', async () => {
    const { server, label, open } = await start()
    const viewer = await open()
    const seen: unknown[] = []
    const client = (async () => {
      while (seen.length < 10) {
        viewer.send(PULL)
        seen.push((await viewer.nextFrame()).image)
      }
    })()
    const files: Uint8Array[] = []
    for (let n = 0; n < 10; n++) {
      // Each is on its way before the next one comes.
      const file = await server.publish(label, 'camera', { file: jpeg(8 + n, 8) })
      files.push(file)
      await until(() => seen.length > n, 'the picture')
    }
    await client
    expect(seen).toEqual(files)
  })

  it('skips what was published between two pulls', async () => {
    const { server, label, open } = await start()
    const viewer = await open()
    for (let width = 8; width <= 40; width += 8) await server.publish(label, 'camera', { file: jpeg(width, 8) })
    viewer.send(PULL)
    expect((await viewer.nextFrame()).image).toEqual(jpeg(40, 8))
    await expectHeld(viewer)
  })

  it('sends nothing for an unknown stream, and answers the pull once it appears', async () => {
    const { server, label, open } = await start()
    const viewer = await open('later')
    await expectHeld(viewer)
    const file = await server.publish(label, 'later')
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
    await expectHeld(one)
    await expectHeld(other)
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
      // What they get is the newest, whichever of them it answers.
      for (let more = 0; more < 9; more++) viewer.send(PULL)
    }
    await expectHeld(viewer)
  })
})
