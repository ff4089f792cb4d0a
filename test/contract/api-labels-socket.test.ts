import { describe, expect, it } from 'vitest'
import { ManualClock } from '../support/manual-clock.ts'
import { jpeg } from '../support/pictures.ts'
import { TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
/** Longer than the least time between two messages, ms. */
const A_MOMENT = 150

async function start(config: Record<string, string> = {}) {
  const clock = new ManualClock()
  const server = await TestServer.start({ clock, config })
  const open = (label = 'site') => TestSocket.open(server.socketUrl('/api/ws/labels', label))
  return { clock, server, open }
}

describe('WS /api/ws/labels/{label}', () => {
  it('sends the newest picture of every camera of the label in one text, and nothing else', async () => {
    const { server, open } = await start()
    // By name, in whichever order they came.
    const b = await server.publish('site', 'b', { file: jpeg(32, 8) })
    await server.publish('site', 'a')
    const a = await server.publish('site', 'a', { file: jpeg(24, 8) })
    await server.publish('elsewhere', 'c')
    const viewer = await open()
    expect(await viewer.nextJson()).toEqual({
      label: 'site',
      images: [
        { key: 'a', image: base64(a) },
        { key: 'b', image: base64(b) },
      ],
    })
    await viewer.settled()
    expect(viewer.unread).toBe(0)
  })

  it('sends all cameras again when one of them is new, in the same order', async () => {
    const { clock, server, open } = await start()
    const a = await server.publish('site', 'a')
    await server.publish('site', 'b')
    const viewer = await open()
    await viewer.nextJson()
    clock.advance(A_MOMENT)
    const b = await server.publish('site', 'b', { file: jpeg(32, 8) })
    expect(await viewer.nextJson()).toEqual({
      label: 'site',
      images: [
        { key: 'a', image: base64(a) },
        { key: 'b', image: base64(b) },
      ],
    })
  })

  it('lets a camera join that appears under the label', async () => {
    const { clock, server, open } = await start()
    await server.publish('site', 'a')
    const viewer = await open()
    await viewer.nextJson()
    clock.advance(A_MOMENT)
    await server.publish('site', 'z')
    expect(await viewer.nextJson()).toMatchObject({ images: [{ key: 'a' }, { key: 'z' }] })
  })

  it('sends at most ten messages a second, each with the newest', async () => {
    const { clock, server, open } = await start()
    await server.publish('site', 'a')
    const viewer = await open()
    await viewer.nextJson()
    const sent = []
    // A second with 50 frames.
    for (let i = 1; i <= 50; i++) {
      const file = await server.publish('site', 'a', { file: jpeg(16, 8, 1000 + i) })
      clock.advance(20)
      await viewer.settled()
      while (viewer.unread > 0) sent.push({ message: await viewer.nextJson(), newest: base64(file) })
    }
    expect(sent.length).toBeGreaterThanOrEqual(8)
    expect(sent.length).toBeLessThanOrEqual(10)
    for (const { message, newest } of sent)
      expect(message).toEqual({ label: 'site', images: [{ key: 'a', image: newest }] })
  })

  it('sends as many messages a second as labels.messages_per_s says', async () => {
    const { clock, server, open } = await start({ 'labels.messages_per_s': '4' })
    await server.publish('site', 'a')
    const viewer = await open()
    await viewer.nextJson()
    await server.publish('site', 'a')
    clock.advance(249)
    await viewer.settled()
    expect(viewer.unread).toBe(0)
    clock.advance(1)
    expect(await viewer.nextJson()).toMatchObject({ images: [{ key: 'a' }] })
  })

  it('shows the last of several frames that come at once', async () => {
    const { clock, server, open } = await start()
    await server.publish('site', 'a')
    const viewer = await open()
    await viewer.nextJson()
    for (let width = 24; width <= 64; width += 8) await server.publish('site', 'a', { file: jpeg(width, 8) })
    await viewer.settled()
    expect(viewer.unread).toBe(0)
    clock.advance(A_MOMENT)
    expect(await viewer.nextJson()).toEqual({ label: 'site', images: [{ key: 'a', image: base64(jpeg(64, 8)) }] })
    clock.advance(A_MOMENT)
    await viewer.settled()
    expect(viewer.unread).toBe(0)
  })

  it('gives no answer to the pings of its clients', async () => {
    const { server, open } = await start()
    await server.publish('site', 'a')
    const viewer = await open()
    await viewer.nextJson()
    viewer.send('{"type":"ping"}')
    viewer.send('garbage')
    viewer.send(Buffer.from([1, 2, 3]))
    await viewer.settled()
    expect(viewer.unread).toBe(0)
    expect(viewer.ws.readyState).toBe(viewer.ws.OPEN)
  })

  it('tells a label without cameras to the letter and closes', async () => {
    const { open } = await start()
    const viewer = await open('工地/北')
    expect(await viewer.nextJson()).toEqual({ error: "No keys found for label '工地/北'" })
    expect((await viewer.closed).code).toBe(1000)
  })
})
