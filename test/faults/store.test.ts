import { describe, expect, it } from 'vitest'
import { anyone } from '../support/hub.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { jpeg } from '../support/pictures.ts'
import { formOf, TestServer } from '../support/server.ts'
import { imgMessage, TestSocket } from '../support/sockets.ts'
import { TestStore } from '../support/stores.ts'
import { until } from '../support/until.ts'

async function start({ clock }: { clock?: ManualClock } = {}) {
  const store = new TestStore()
  const server = await TestServer.start(clock ? { store, clock } : { store })
  const post = (number: number, key = 'camera') =>
    server.post(formOf({ label: 'site', key, file: jpeg(8, 8), metadata_json: `{"number":${number}}` }))
  expect((await post(0)).status).toBe(200)
  const viewer = await TestSocket.open(server.socketUrl('/ws/labels', 'site'))
  const nextNumber = async () => {
    const { header } = await viewer.nextFrame()
    return { ...Object(header.metadata) }.number
  }
  expect(await nextNumber()).toBe(0)
  return { store, server, post, viewer, nextNumber }
}

describe('a store', () => {
  it('that fails and comes back costs no viewer a frame', async () => {
    const { store, post, viewer, nextNumber } = await start()
    for (let number = 1; number <= 30; number++) {
      store.failure = number > 10 && number <= 20 ? 'Connection refused' : undefined
      expect((await post(number)).status).toBe(store.failure === undefined ? 200 : 500)
      expect(await nextNumber()).toBe(number)
    }
    await viewer.settled()
    expect(viewer.unread).toBe(0)
    expect(store.stored).toHaveLength(21)
  })

  it('whose clock is behind and which fails meanwhile costs no viewer a frame either', async () => {
    const store = new TestStore()
    store.lag = 60_000
    const server = await TestServer.start({ store })
    await server.publish('site', 'camera')
    const viewer = await TestSocket.open(server.socketUrl('/api/ws/stream', 'site', 'camera'))
    await viewer.nextJson()
    store.failure = 'Connection refused'
    expect((await server.post(formOf({ label: 'site', key: 'camera', file: jpeg(8, 8) }))).status).toBe(500)
    await viewer.nextJson()
    store.failure = undefined
    const file = await server.publish('site', 'camera', { file: jpeg(24, 8) })
    expect(await viewer.nextJson()).toMatchObject({ image: Buffer.from(file).toString('base64') })
  })

  it('that hands back what it took, with the same id, shows each frame once', async () => {
    const { store, server, post, viewer, nextNumber } = await start()
    store.echo = server.hub
    for (let number = 1; number <= 20; number++) {
      expect((await post(number)).status).toBe(200)
      expect(await nextNumber()).toBe(number)
    }
    await viewer.settled()
    expect(viewer.unread).toBe(0)
    for (const { input, id } of store.stored)
      expect(server.hub.accept(anyone, input, id, Date.now(), 'test')).toBe(false)
    await viewer.settled()
    expect(viewer.unread).toBe(0)
  })

  it('that brings frames of other nodes shows them like any other', async () => {
    const { server, viewer } = await start()
    const input = {
      stream: { label: 'site', key: 'elsewhere' },
      size: { width: 24, height: 8 },
      payload: { kind: 'image', bytes: jpeg(24, 8), mediaType: 'image/jpeg', width: 24, height: 8 },
      metadata: {},
    } as const
    expect(server.hub.accept(anyone, input, '5-1', Date.now(), 'test')).toBe(true)
    const { header, image } = await viewer.nextFrame()
    expect(header).toMatchObject({ key: 'elsewhere', id: '5-1' })
    expect(image).toEqual(jpeg(24, 8))
  })

  it('that delays keeps the answer waiting, and blocks neither viewers nor other requests', async () => {
    const { store, server, post, viewer, nextNumber } = await start()
    store.hold()
    const answers = [post(1), post(2, 'other')]
    await until(() => store.waiting === 2, 'both wait')
    await viewer.settled()
    expect(viewer.unread).toBe(0)
    expect((await server.get('/labels')).status).toBe(200)
    const late = await TestSocket.open(server.socketUrl('/ws/labels', 'site'))
    await late.nextFrame()
    store.release()
    for (const answer of answers) expect((await answer).status).toBe(200)
    expect([await nextNumber(), await nextNumber()].toSorted()).toEqual([1, 2])
  })

  it('that delays too long is not waited for: the frame is shown, once, and the answer says so', async () => {
    const clock = new ManualClock()
    const { store, server, post, viewer, nextNumber } = await start({ clock })
    store.hold()
    store.echo = server.hub
    clock.advance(10)
    const answer = post(1)
    await until(() => store.waiting === 1, 'one waits')
    clock.advance(2_000)
    const response = await answer
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({ detail: expect.stringMatching(/^Failed to store frame: .*2000 ms/) })
    expect(await nextNumber()).toBe(1)
    store.echo = undefined
    store.release()
    await until(() => store.stored.length === 2, 'it is stored at last')
    expect((await post(2)).status).toBe(200)
    expect(await nextNumber()).toBe(2)
    await viewer.settled()
    expect(viewer.unread).toBe(0)
  })

  it('that delays makes a publish socket wait, message by message, and loses none of its answers', async () => {
    const { store, server } = await start()
    const publisher = await TestSocket.publisher(server.socketUrl('/ws/frames'))
    store.hold()
    for (let i = 0; i < 50; i++) publisher.send(imgMessage({ label: 'site', key: 'socket' }, jpeg(8, 8, 50_000)))
    await until(() => store.waiting > 0, 'the first waits')
    expect(store.waiting).toBe(1)
    store.release()
    for (let i = 0; i < 50; i++) expect(await publisher.nextJson()).toMatchObject({ status: 'ok' })
    await until(() => store.stored.length === 51, 'all are stored')
  })

  it('that fails while many wait for it fails each of them, and shows none twice', async () => {
    const { store, post, nextNumber } = await start()
    store.hold()
    const answers = Array.from({ length: 20 }, (_, i) => post(i + 1))
    await until(() => store.waiting === 20, 'all wait')
    store.failure = 'gone'
    store.release()
    for (const answer of answers) expect((await answer).status).toBe(500)
    store.failure = undefined
    expect((await post(21)).status).toBe(200)
    const shown = [await nextNumber()]
    while (shown.at(-1) !== 21) shown.push(await nextNumber())
    expect(new Set(shown).size).toBe(shown.length)
  })
})
