import { describe, expect, it } from 'vitest'
import { must, textOf } from '../support/accounts.ts'
import { declareNext } from '../support/hub.ts'
import { MjpegReader } from '../support/mjpeg.ts'
import { jpeg } from '../support/pictures.ts'
import { Pixels } from '../support/pixels.ts'
import { freshLabel, KEY, TestServer } from '../support/server.ts'
import { SocketIoClient } from '../support/socket-io.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const config = {
  'streams.next_wait_ms': 300,
  'labels.update_interval_s': 0.1,
  'streaming.update_after_s': 0.1,
  'streams.stale_after_ms': 3000,
  'streaming.slate_interval': 0.1,
  'events.disk_free_bytes': 0,
}
const shared = TestServer.ofFile({ config })
/** One that waits for the next picture for as long as it takes. */
const patient = TestServer.ofFile()

/** A stream that starts with the next picture, which somebody watches all the time, and the picture that he was sent. */
async function start(ofFile = shared) {
  const server = await ofFile()
  const label = freshLabel()
  const declaration = declareNext(server.hub, label, 'camera')
  const first = await TestSocket.open(server.socketUrl('/ws/live'))
  first.ask({ type: 'watch', id: 1, label })
  await first.nextOfType('watching')
  const publish = (width: number) => server.publish(label, 'camera', { file: jpeg(width, 8) })
  const before = await publish(40)
  expect((await first.nextPicture()).image.equals(before)).toBe(true)
  return { server, label, first, before, publish, declaration, path: `/streams/${label}/camera` }
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

describe('a picture from before a viewer came to a stream that starts with the next one', () => {
  it('is not sent on /ws/live: not at first, not when the watch is renewed or grows, and not after a reconnect', async () => {
    const { server, label, publish } = await start()
    for (const _ of ['at first', 'after a reconnect']) {
      const viewer = await TestSocket.open(server.socketUrl('/ws/live'))
      viewer.ask({ type: 'watch', id: 1, label, width: 8 })
      expect(await viewer.nextOfType('watching')).toMatchObject({ streams: [{ start: 'next', state: 'live' }] })
      viewer.ask({ type: 'watch', id: 1, label, max_fps: 0 })
      viewer.ask({ type: 'watch', id: 1, label, width: 1000 })
      await viewer.settled()
      const next = await publish(24)
      expect((await viewer.nextPicture()).image.equals(next)).toBe(true)
      viewer.ws.terminate()
    }
  })

  it.each(['/ws/labels/LABEL', '/api/ws/stream/LABEL/camera', '/api/ws/labels/LABEL'])(
    'is not sent on %s',
    async (route) => {
      const { server, label, before, publish } = await start()
      const viewer = await TestSocket.open(server.socketUrl(route.replace('LABEL', label)))
      await viewer.settled()
      while (viewer.unread > 0) expect(wholeOf(await viewer.next())).not.toContain(base64(before))
      const next = await publish(24)
      expect(wholeOf(await viewer.next())).toContain(base64(next))
    },
  )

  it('is not sent on /ws/stream to who pulls', async () => {
    const { server, label, publish } = await start()
    const viewer = await TestSocket.open(server.socketUrl('/ws/stream', label, 'camera'))
    viewer.send({ action: 'pull' })
    viewer.send({ action: 'ping' })
    expect(await viewer.nextJson()).toEqual({ action: 'pong' })
    const next = await publish(24)
    viewer.send({ action: 'pull' })
    expect((await viewer.nextFrame()).image.equals(next)).toBe(true)
  })

  it("is not in the first generation's update", async () => {
    const { server, label, before, publish } = await start()
    const other = await server.publish(label, 'other')
    const client = new SocketIoClient(server)
    await client.ask('subscribe_labels', [label])
    const images = () => client.all('update').flatMap((update) => (update.label === label ? update.images : []))
    await until(() => images().length > 0, 'an update')
    const next = await publish(24)
    await until(() => images().includes(base64(next)), 'the next picture')
    expect(images()).toContain(base64(other))
    expect(images()).not.toContain(base64(before))
  })

  it('is in no part of a video, also not in the slates before the next one', async () => {
    const { server, label, before, publish, path } = await start()
    const doorbell = `/stream/video/${label}?label=${label}&key=camera`
    const readers = await Promise.all([`${path}/mjpeg`, doorbell].map((address) => MjpegReader.open(server, address)))
    for (const reader of readers) {
      const slate = await Pixels.of((await reader.newest(1)).jpeg)
      // It has the size of no picture.
      expect(slate.width).toBeGreaterThan(100)
    }
    const has = (reader: MjpegReader, jpeg: Uint8Array) =>
      reader.parts.some((part) => Buffer.compare(part.jpeg, jpeg) === 0)
    // Again and again: on a busy machine one that came only once is old, and in a slate, before it is sent.
    await until(async () => {
      const next = await publish(24)
      return readers.every((reader) => has(reader, next))
    }, 'the next picture')
    for (const reader of readers) expect(has(reader, before)).toBe(false)
  })

  it('is in no snapshot: it waits for the next one, and says so when none comes', async () => {
    const waiting = await start(patient)
    const asked = waiting.server.get(`${waiting.path}/snapshot`)
    await until(async () => Number((await status(waiting.server, waiting.path))?.viewers) > 1, 'the snapshot watches')
    const next = await waiting.publish(24)
    expect(Buffer.from(await (await asked).arrayBuffer()).equals(next)).toBe(true)
    const { server, path, publish, first } = await start()
    await publish(24)
    const { header } = await first.nextPicture()
    const late = await server.get(`${path}/snapshot`)
    expect([late.status, Object(await late.json()).detail]).toEqual([
      404,
      expect.stringContaining('within 0.3 s, and none from before can be had'),
    ])
    const small = await server.get(`${path}/snapshot?quality=low`)
    expect(small.status).toBe(404)
    const byId = await server.get(`${path}/snapshot?id=${header.id}`)
    expect([byId.status, Object(await byId.json()).detail]).toEqual([
      404,
      expect.stringContaining('no frame by its id'),
    ])
  })

  it('is not kept with an event', async () => {
    const { server, label } = await start()
    const body = { type: 'gate.opened', label, key: 'camera', snapshot: true }
    const sent = await must(server, 'POST /events', { token: KEY, body })
    expect(sent).not.toHaveProperty('picture')
    expect((await server.get(`/events/${textOf(sent, 'id')}/picture`)).status).toBe(404)
  })

  it('is not kept when nobody watches any more', async () => {
    const { server, path, first } = await start()
    expect(await status(server, path)).toMatchObject({ start: 'next', last_frame: { bytes: expect.any(Number) } })
    first.ws.terminate()
    await until(async () => !('last_frame' in ((await status(server, path)) ?? {})), 'the frame is dropped')
  })
})

async function status(server: TestServer, path: string) {
  return (await server.streams()).find(({ label, key }) => `/streams/${label}/${key}` === path)
}

/** A message in which a picture in base64 can be looked for, whether it has bytes or base64. */
function wholeOf(message: string | Buffer): string {
  if (typeof message === 'string') return message
  const start = message.indexOf(Buffer.from([0xff, 0xd8, 0xff]))
  return base64(message.subarray(start))
}
