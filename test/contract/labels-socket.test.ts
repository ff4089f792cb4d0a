import { describe, expect, it } from 'vitest'
import { jpeg } from '../support/pictures.ts'
import { freshLabel, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'

const ALLOWED = ['key', 'warnings', 'cone_polygons', 'pole_polygons', 'detection_items', 'width', 'height']
const MAY_BE_ADDED = ['id', 'captured_at', 'received_at', 'metadata']

const serverOfFile = TestServer.ofFile()

describe('WS /ws/labels/{label}', () => {
  it('sends the newest frame of each stream on connecting, then every new one', async () => {
    const server = await serverOfFile()
    const label = freshLabel()
    await server.publish(label, 'a')
    const a = await server.publish(label, 'a', { file: jpeg(24, 8) })
    const b = await server.publish(label, 'b', { file: jpeg(32, 8) })
    await server.publish('elsewhere', 'c')
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', label))
    const first = [await viewer.nextFrame(), await viewer.nextFrame()]
    const pictures = new Map(first.map(({ header, image }) => [header.key, image]))
    expect(pictures).toEqual(
      new Map(
        [
          ['a', a],
          ['b', b],
        ].map(([key, image]) => [key, image]),
      ),
    )
    for (let width = 8; width <= 80; width += 8) {
      const file = await server.publish(label, 'b', { file: jpeg(width, 8) })
      const { header, image } = await viewer.nextFrame()
      expect(header.key).toBe('b')
      expect(image).toEqual(file)
    }
    await viewer.settled()
    expect(viewer.unread).toBe(0)
  })

  it('has exactly the header keys of the contract, width and height as the texts "0" when the sender gave none', async () => {
    const server = await serverOfFile()
    const label = freshLabel()
    await server.publish(label, 'camera')
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', label))
    const { header } = await viewer.nextFrame()
    expect(header).toMatchObject({
      key: 'camera',
      warnings: '',
      cone_polygons: '',
      pole_polygons: '',
      detection_items: '',
      width: '0',
      height: '0',
    })
    const keys = Object.keys(header)
    expect(keys).toEqual(expect.arrayContaining(ALLOWED))
    expect([...ALLOWED, ...MAY_BE_ADDED]).toEqual(expect.arrayContaining(keys))
  })

  it('sends binary messages with --IMG-- nowhere before the real one, whatever the texts hold', async () => {
    const server = await serverOfFile()
    const label = freshLabel()
    const file = await server.publish(label, '--IMG--', {
      warnings_json: '{"a":"--IMG--IMG--"}',
      metadata_json: '{"--IMG--":"x--IMG--"}',
    })
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', label))
    const message = await viewer.next()
    expect(message).toBeInstanceOf(Buffer)
    if (typeof message === 'string') return
    const at = message.indexOf('--IMG--')
    expect(message.subarray(at + 7)).toEqual(file)
    expect(JSON.parse(message.subarray(0, at).toString())).toMatchObject({
      key: '--IMG--',
      warnings: '{"a":"--IMG--IMG--"}',
      metadata: { '--IMG--': 'x--IMG--' },
    })
  })

  it('lets a camera join that appears under the label', async () => {
    const server = await serverOfFile()
    const label = freshLabel()
    await server.publish(label, 'a')
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', label))
    await viewer.nextFrame()
    const b = await server.publish(label, 'b', { file: jpeg(32, 8) })
    const { header, image } = await viewer.nextFrame()
    expect(header.key).toBe('b')
    expect(image).toEqual(b)
  })

  it.each(['nowhere', "l'atelier", 'a/b 工地 "x"'])(
    'tells a label without streams, %s, to the letter and closes with 1000',
    async (label) => {
      const server = await serverOfFile()
      await server.publish(freshLabel(), 'a')
      const viewer = await TestSocket.open(server.socketUrl('/ws/labels', label))
      expect(await viewer.nextJson()).toEqual({ error: `No keys found for label '${label}'` })
      expect((await viewer.closed).code).toBe(1000)
    },
  )

  it.each(['工地 北', 'a/b', '100%', 'q?x=1#f', '\'"\\', 'test-site'])(
    'shows the label %s, percent-encoded in the path',
    async (label) => {
      const server = await serverOfFile()
      const file = await server.publish(label, label)
      const viewer = await TestSocket.open(server.socketUrl('/ws/labels', label))
      const { header, image } = await viewer.nextFrame()
      expect(header.key).toBe(label)
      expect(image).toEqual(file)
    },
  )

  it('says nothing to what a client sends, and goes on', async () => {
    const server = await serverOfFile()
    const label = freshLabel()
    await server.publish(label, 'a')
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', label))
    await viewer.nextFrame()
    viewer.send('{"type":"ping"}')
    viewer.send('{')
    viewer.send(Buffer.from([0, 255, 1]))
    await viewer.settled()
    expect(viewer.unread).toBe(0)
    await server.publish(label, 'a')
    await viewer.nextFrame()
  })

  it('sends the same bytes to every viewer', async () => {
    const server = await serverOfFile()
    const label = freshLabel()
    await server.publish(label, 'a')
    const viewers = await Promise.all([1, 2, 3].map(() => TestSocket.open(server.socketUrl('/ws/labels', label))))
    const messages = await Promise.all(viewers.map((viewer) => viewer.next()))
    expect(messages[1]).toEqual(messages[0])
    expect(messages[2]).toEqual(messages[0])
  })

  it('works for a client that offers compression, without it', async () => {
    const server = await serverOfFile()
    const label = freshLabel()
    const file = await server.publish(label, 'a', { file: jpeg(16, 8, 100_000) })
    const url = server.socketUrl('/ws/labels', label)
    const viewer = await TestSocket.open(url, { perMessageDeflate: true })
    expect(viewer.ws.extensions).toBe('')
    expect((await viewer.nextFrame()).image).toEqual(file)
  })

  it('refuses a path that is not well percent-encoded, and a name that cannot be', async () => {
    const server = await serverOfFile()
    const url = server.socketUrl('/ws/labels')
    await expect(TestSocket.open(`${url}/%ff`)).rejects.toThrow('400')
    await expect(TestSocket.open(`${server.socketUrl('/ws')}/nothing`)).rejects.toThrow('404')
    for (const name of ['%00', '', 'x'.repeat(201)]) {
      const socket = await TestSocket.open(`${url}/${name}`)
      expect(await socket.closed).toMatchObject({ code: 1008, reason: expect.stringContaining('label') })
    }
  })
})
