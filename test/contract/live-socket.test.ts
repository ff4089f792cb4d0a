import { describe, expect, it } from 'vitest'
import { ManualClock } from '../support/manual-clock.ts'
import { jpeg, png } from '../support/pictures.ts'
import { TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'

/** A viewer that has read the greeting. */
async function start({ config = {}, clock }: { config?: Record<string, number>; clock?: ManualClock } = {}) {
  const server = await TestServer.start(clock ? { config, clock } : { config })
  const open = async () => {
    const viewer = await TestSocket.open(server.socketUrl('/ws/live'))
    await viewer.nextOfType('hello')
    return viewer
  }
  return { server, open, viewer: await open() }
}

/** The next picture, given its credit. */
async function takePicture(viewer: TestSocket) {
  const frame = await viewer.nextPicture()
  viewer.ask({ type: 'credit', n: Number(frame.header.n) })
  return frame
}

/** Proves that nothing is on its way: the answer to a question comes first. */
async function expectNothing(viewer: TestSocket): Promise<void> {
  viewer.ask({ type: 'clock', t0: 7 })
  expect(await viewer.nextJson()).toMatchObject({ type: 'clock', t0: 7 })
}

describe('WS /ws/live', () => {
  it('greets with its protocol, version and time, and sends nothing more unasked', async () => {
    const before = Date.now()
    const server = await TestServer.start()
    await server.publish('site', 'camera')
    const viewer = await TestSocket.open(server.socketUrl('/ws/live'))
    const hello = await viewer.nextJson()
    expect(hello).toEqual({
      type: 'hello',
      protocol: 1,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      now: expect.any(Number),
    })
    expect(hello.now).toBeGreaterThanOrEqual(before)
    expect(hello.now).toBeLessThanOrEqual(Date.now())
    await expectNothing(viewer)
  })

  it('tells the time with each question, for its clients to set their clocks by', async () => {
    const { viewer } = await start()
    const before = Date.now()
    viewer.ask({ type: 'clock', t0: 12.5 })
    const { type, t0, t1, t2, ...rest } = await viewer.nextJson()
    expect({ type, t0, rest }).toEqual({ type: 'clock', t0: 12.5, rest: {} })
    expect(Number(t1)).toBeGreaterThanOrEqual(before)
    expect(Number(t2)).toBeGreaterThanOrEqual(Number(t1))
    expect(Number(t2)).toBeLessThanOrEqual(Date.now())
  })

  it('answers a watch with the streams that match it, then sends their newest frames', async () => {
    const { server, viewer } = await start()
    await server.publish('site', 'a')
    await server.publish('site', 'b')
    await server.publish('elsewhere', 'c')
    viewer.ask({ type: 'watch', id: 3, label: 'site' })
    expect(await viewer.nextJson()).toEqual({
      type: 'watching',
      id: 3,
      streams: ['a', 'b'].map((key) => ({
        label: 'site',
        key,
        state: 'live',
        since: expect.any(Number),
        last_frame_at: expect.any(Number),
      })),
    })
    const keys = [(await takePicture(viewer)).header.key, (await takePicture(viewer)).header.key]
    expect(keys.toSorted()).toEqual(['a', 'b'])
    await expectNothing(viewer)
  })

  it('describes each picture in its header, with annotations as JSON', async () => {
    const { server, viewer } = await start()
    const captured_at = Date.now() - 50
    const file = await server.publish('site', 'camera', {
      file: png(64, 48),
      warnings_json: '{"warning_no_hardhat":{"count":2}}',
      cone_polygons_json: '[[[1,2],[3,4],[5,6]]]',
      detection_items_json: '[[1,2,3,4,0.9,5]]',
      width: '640',
      height: '480',
      captured_at: String(captured_at),
      metadata_json: '{"wind":3.5}',
    })
    viewer.ask({ type: 'watch', id: 1, label: 'site', key: 'camera' })
    const { header, image } = await takePicture(viewer)
    expect(image).toEqual(file)
    expect(header).toEqual({
      n: expect.any(Number),
      label: 'site',
      key: 'camera',
      id: expect.stringMatching(/^\d+-\d+$/),
      sequence: 1,
      received_at: expect.any(Number),
      captured_at,
      media_type: 'image/png',
      width: 64,
      height: 48,
      annotations: {
        warnings: { warning_no_hardhat: { count: 2 } },
        cone_polygons: [
          [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        ],
        detection_items: [[1, 2, 3, 4, 0.9, 5]],
        width: 640,
        height: 480,
      },
      metadata: { wind: 3.5 },
    })
  })

  it('leaves out of the header what the source did not send', async () => {
    const { server, viewer } = await start()
    await server.publish('site', 'camera', { width: '640' })
    viewer.ask({ type: 'watch', id: 1 })
    const { header } = await takePicture(viewer)
    expect(Object.keys(header).toSorted()).toEqual(
      ['n', 'label', 'key', 'id', 'sequence', 'received_at', 'media_type', 'width', 'height'].toSorted(),
    )
  })

  it('watches everything without a label, one stream with a key, and stops at once when told to', async () => {
    const { server, viewer } = await start()
    await server.publish('site', 'a')
    await server.publish('test', 'b')
    viewer.ask({ type: 'watch', id: 1 })
    expect(await viewer.nextJson()).toMatchObject({ streams: [{ key: 'a' }, { key: 'b' }] })
    await takePicture(viewer)
    await takePicture(viewer)
    viewer.ask({ type: 'unwatch', id: 1 })
    expect(await viewer.nextJson()).toEqual({ type: 'unwatched', id: 1 })
    await server.publish('site', 'a')
    await expectNothing(viewer)
    viewer.ask({ type: 'watch', id: 2, label: 'site', key: 'a' })
    expect(await viewer.nextJson()).toMatchObject({ id: 2, streams: [{ key: 'a' }] })
    await takePicture(viewer)
    await server.publish('test', 'b')
    await expectNothing(viewer)
  })

  it('sends a frame once, however many watches it fits', async () => {
    const { server, viewer } = await start()
    await server.publish('site', 'a')
    for (const watch of [{ id: 1 }, { id: 2, label: 'site' }, { id: 3, label: 'site', key: 'a' }])
      viewer.ask({ type: 'watch', ...watch })
    await takePicture(viewer)
    await viewer.nextOfType('watching')
    await viewer.nextOfType('watching')
    await expectNothing(viewer)
    viewer.ask({ type: 'unwatch', id: 1 })
    viewer.ask({ type: 'unwatch', id: 3 })
    await viewer.nextOfType('unwatched')
    await viewer.nextOfType('unwatched')
    await server.publish('site', 'a')
    expect((await takePicture(viewer)).header.sequence).toBe(2)
  })

  it('answers the end of a watch that does not exist like any other', async () => {
    const { viewer } = await start()
    viewer.ask({ type: 'unwatch', id: 99 })
    expect(await viewer.nextJson()).toEqual({ type: 'unwatched', id: 99 })
  })

  it('tells of a stream that joins, before its first picture', async () => {
    const { server, viewer } = await start()
    viewer.ask({ type: 'watch', id: 1, label: 'site' })
    expect(await viewer.nextJson()).toEqual({ type: 'watching', id: 1, streams: [] })
    await server.publish('elsewhere', 'x')
    await server.publish('site', 'new')
    expect(await viewer.nextJson()).toMatchObject({
      type: 'stream',
      event: 'joined',
      stream: { label: 'site', key: 'new', state: 'live' },
    })
    expect((await takePicture(viewer)).header.key).toBe('new')
  })

  it('joins a single stream that is watched before it exists', async () => {
    const { server, viewer } = await start()
    viewer.ask({ type: 'watch', id: 1, label: 'a/b', key: '相机' })
    await viewer.nextOfType('watching')
    await server.publish('a/b', '相机')
    expect(await viewer.nextJson()).toMatchObject({ event: 'joined', stream: { label: 'a/b', key: '相机' } })
    await takePicture(viewer)
  })

  it('tells when a stream stops, goes on, and is gone', async () => {
    const clock = new ManualClock()
    const { server, viewer } = await start({
      clock,
      config: {
        'streams.stale_after_ms': 1_000,
        'streams.offline_after_s': 5,
        'streams.first_offline_after_s': 5,
        'streams.forget_after_s': 15,
      },
    })
    viewer.ask({ type: 'watch', id: 1 })
    await viewer.nextOfType('watching')
    await server.publish('site', 'camera')
    const publishedAt = clock.now()
    expect(await viewer.nextJson()).toMatchObject({ event: 'joined' })
    await takePicture(viewer)
    clock.advance(2_000)
    expect(await viewer.nextJson()).toMatchObject({
      type: 'stream',
      event: 'state',
      stream: { label: 'site', key: 'camera', state: 'stale', last_frame_at: publishedAt },
    })
    clock.advance(5_000)
    expect(await viewer.nextJson()).toMatchObject({ event: 'state', stream: { state: 'offline' } })
    await server.publish('site', 'camera')
    expect(await viewer.nextJson()).toMatchObject({ event: 'state', stream: { state: 'live', since: clock.now() } })
    await takePicture(viewer)
    clock.advance(6_000)
    await viewer.settled()
    clock.advance(10_000)
    const events = []
    do events.push(await viewer.nextJson())
    while (events.at(-1)?.event !== 'left')
    expect(events.at(-1)).toMatchObject({ stream: { label: 'site', key: 'camera' } })
    await expectNothing(viewer)
    await server.publish('site', 'camera')
    expect(await viewer.nextJson()).toMatchObject({ event: 'joined', stream: { state: 'live' } })
    await takePicture(viewer)
  })

  it('tells what a stream warns of, with its state, until a second after the last frame that had it', async () => {
    const clock = new ManualClock()
    const { server, viewer } = await start({ clock })
    viewer.ask({ type: 'watch', id: 1, max_fps: 0 })
    await viewer.nextOfType('watching')
    const warn = (warnings_json: string) => server.publish('site', 'camera', { warnings_json })
    await warn('{"warning_no_hardhat": {"count": 2}}')
    expect(await viewer.nextJson()).toMatchObject({ event: 'joined' })
    expect(await viewer.nextJson()).toMatchObject({ event: 'state', stream: { warnings: ['no_hardhat'] } })
    clock.advance(100)
    await warn('{"warning_no_hardhat": {"count": 3}}')
    await expectNothing(viewer)
    clock.advance(100)
    await warn('"Too close!"')
    expect(await viewer.nextJson()).toMatchObject({
      event: 'state',
      stream: { warnings: ['no_hardhat', 'Too close!'] },
    })
    for (let i = 0; i < 4; i++) {
      clock.advance(300)
      await warn('"Too close!"')
    }
    expect(await viewer.nextJson()).toMatchObject({
      event: 'state',
      stream: { state: 'live', warnings: ['Too close!'] },
    })
    for (let i = 0; i < 5; i++) {
      clock.advance(300)
      await warn('"No warning"')
    }
    const { stream } = await viewer.nextJson()
    expect(stream).toMatchObject({ state: 'live', interval: 300 })
    expect(stream).not.toHaveProperty('warnings')
  })

  it('tells nothing of streams that are not watched', async () => {
    const clock = new ManualClock()
    const { server, viewer } = await start({ clock })
    viewer.ask({ type: 'watch', id: 1, label: 'site' })
    await viewer.nextOfType('watching')
    await server.publish('elsewhere', 'camera')
    clock.advance(40_000)
    await expectNothing(viewer)
  })

  it('sends news only, and no picture, at a rate of 0', async () => {
    const clock = new ManualClock()
    const { server, viewer } = await start({ clock })
    viewer.ask({ type: 'watch', id: 1, max_fps: 0 })
    await viewer.nextOfType('watching')
    await server.publish('site', 'camera')
    expect(await viewer.nextJson()).toMatchObject({ event: 'joined' })
    await expectNothing(viewer)
    clock.advance(3_000)
    expect(await viewer.nextJson()).toMatchObject({ event: 'state', stream: { state: 'stale' } })
    viewer.ask({ type: 'watch', id: 1, max_fps: 5 })
    await viewer.nextOfType('watching')
    await takePicture(viewer)
  })

  it('keeps to the rate that is wished for, and shows equal frames to equal wishes', async () => {
    const clock = new ManualClock()
    const { server, viewer, open } = await start({ clock })
    const other = await open()
    await server.publish('site', 'camera')
    const seen: number[][] = []
    for (const each of [viewer, other]) {
      each.ask({ type: 'watch', id: 1, max_fps: 5 })
      const { header } = await takePicture(each)
      seen.push([Number(header.sequence)])
    }
    // Two seconds at 30 frames a second.
    for (let i = 0; i < 60; i++) {
      clock.advance(1000 / 30)
      await server.publish('site', 'camera')
      for (const [n, each] of [viewer, other].entries()) {
        await each.settled()
        while (each.unread > 0) seen[n]?.push(Number((await takePicture(each)).header.sequence))
        await each.settled()
      }
    }
    expect(seen[0]?.length).toBeGreaterThanOrEqual(10)
    expect(seen[0]?.length).toBeLessThanOrEqual(12)
    expect(seen[1]).toEqual(seen[0])
  })

  it('shows the last frame before a pause, though its rate did not allow it at once', async () => {
    const clock = new ManualClock()
    const { server, viewer } = await start({ clock })
    await server.publish('site', 'camera')
    viewer.ask({ type: 'watch', id: 1, max_fps: 1 })
    await takePicture(viewer)
    clock.advance(10)
    await server.publish('site', 'camera')
    await expectNothing(viewer)
    clock.advance(1_500)
    expect((await takePicture(viewer)).header.sequence).toBe(2)
  })

  it('changes the rate of a watch at any time', async () => {
    const clock = new ManualClock()
    const { server, viewer } = await start({ clock })
    await server.publish('site', 'camera')
    viewer.ask({ type: 'watch', id: 1, max_fps: 0.1 })
    await takePicture(viewer)
    clock.advance(10)
    await server.publish('site', 'camera')
    await expectNothing(viewer)
    viewer.ask({ type: 'watch', id: 1 })
    expect((await viewer.nextJson()).type).toBe('watching')
    expect((await takePicture(viewer)).header.sequence).toBe(2)
  })

  it('sends no more than two pictures without a credit, then the newest', async () => {
    const { server, viewer } = await start()
    viewer.ask({ type: 'watch', id: 1, label: 'site' })
    await viewer.nextOfType('watching')
    for (let i = 0; i < 20; i++) await server.publish('site', 'camera', { file: jpeg(16, 8, 1000 + 10 * i) })
    const held = []
    for (let i = 0; i < 2; i++) held.push((await viewer.nextPicture()).header)
    await expectNothing(viewer)
    expect(held.map(({ sequence }) => sequence)).toEqual([1, 2])
    viewer.ask({ type: 'credit', n: Number(held[1]?.n) })
    const { header, image } = await takePicture(viewer)
    expect(header.sequence).toBe(20)
    expect(image).toEqual(jpeg(16, 8, 1190))
    await expectNothing(viewer)
  })

  it('gives nothing for credits of pictures that were never sent, or twice', async () => {
    const { server, viewer } = await start()
    viewer.ask({ type: 'watch', id: 1, label: 'site' })
    await viewer.nextOfType('watching')
    for (let i = 0; i < 5; i++) await server.publish('site', 'camera')
    const first = await viewer.nextPicture()
    await viewer.nextPicture()
    for (const n of [0, -1, Number.MAX_SAFE_INTEGER, Number(first.header.n) - 1]) viewer.ask({ type: 'credit', n })
    await expectNothing(viewer)
    viewer.ask({ type: 'credit', n: Number(first.header.n) })
    await viewer.nextPicture()
    viewer.ask({ type: 'credit', n: Number(first.header.n) })
    await server.publish('site', 'camera')
    await expectNothing(viewer)
  })

  it('is not led astray by pongs: only a credit says that a picture is drawn', async () => {
    const { server, viewer } = await start()
    viewer.ask({ type: 'watch', id: 1, label: 'site' })
    await viewer.nextOfType('watching')
    for (let i = 0; i < 5; i++) await server.publish('site', 'camera')
    const { header } = await viewer.nextPicture()
    await viewer.nextPicture()
    const payload = Buffer.alloc(8)
    payload.writeBigUInt64BE(BigInt(Number(header.n)))
    viewer.ws.pong(payload)
    await expectNothing(viewer)
  })

  it('numbers pictures upwards, and counts the frames of a stream through those that were skipped', async () => {
    const { server, viewer } = await start()
    viewer.ask({ type: 'watch', id: 1 })
    await viewer.nextOfType('watching')
    let last = 0
    for (let i = 1; i <= 20; i++) {
      await server.publish('site', i % 2 === 0 ? 'a' : 'b')
      const { header } = await takePicture(viewer)
      expect(header.n).toBeGreaterThan(last)
      expect(header.sequence).toBe(Math.ceil(i / 2))
      last = Number(header.n)
    }
  })

  it('serves many streams in turn, none of them starved', async () => {
    const { server, viewer } = await start()
    viewer.ask({ type: 'watch', id: 1 })
    await viewer.nextOfType('watching')
    const shown = new Map<unknown, number>()
    for (let round = 0; round < 10; round++) {
      for (let key = 0; key < 8; key++) await server.publish('site', `camera ${key}`)
      for (let i = 0; i < 4; i++) {
        const { header } = await takePicture(viewer)
        shown.set(header.key, (shown.get(header.key) ?? 0) + 1)
      }
    }
    expect(shown.size).toBe(8)
    for (const count of shown.values()) expect(count).toBeGreaterThanOrEqual(4)
  })

  it.each([
    ['{', 'message'],
    ['', 'message'],
    ['[]', 'message'],
    ['null', 'message'],
    ['"watch"', 'message'],
    ['{}', 'type'],
    ['{"type":"Watch","id":1}', 'type'],
    ['{"type":["watch"],"id":1}', 'type'],
    ['{"type":"watch"}', 'id'],
    ['{"type":"watch","id":"1"}', 'id'],
    ['{"type":"watch","id":1.5}', 'id'],
    ['{"type":"watch","id":1,"key":"a"}', 'key'],
    ['{"type":"watch","id":1,"label":""}', 'label'],
    ['{"type":"watch","id":1,"label":5}', 'label'],
    ['{"type":"watch","id":1,"label":"a","key":"a\\u0000"}', 'key'],
    ['{"type":"watch","id":1,"label":"\\ud800"}', 'label'],
    ['{"type":"watch","id":1,"max_fps":-1}', 'max_fps'],
    ['{"type":"watch","id":1,"max_fps":1001}', 'max_fps'],
    ['{"type":"watch","id":1,"max_fps":1e-7}', 'max_fps'],
    ['{"type":"watch","id":1,"max_fps":"5"}', 'max_fps'],
    ['{"type":"watch","id":1,"max_fps":null}', 'max_fps'],
    ['{"type":"watch","id":1,"width":0}', 'width'],
    ['{"type":"watch","id":1,"width":16385}', 'width'],
    ['{"type":"unwatch"}', 'id'],
    ['{"type":"credit","n":"5"}', 'n'],
    ['{"type":"clock"}', 't0'],
    ['{"type":"clock","t0":1e999}', 't0'],
  ])('answers %s with an error that names what is wrong, and goes on', async (text, field) => {
    const { viewer } = await start()
    viewer.send(text)
    const error = await viewer.nextJson()
    expect(error).toMatchObject({ type: 'error', code: 'invalid', message: expect.stringMatching(`^${field}:`) })
    if (/"id":1\b(?!\.)/.test(text)) expect(error.id).toBe(1)
    else expect(error).not.toHaveProperty('id')
    await expectNothing(viewer)
  })

  it('answers a binary message with an error, and goes on', async () => {
    const { viewer } = await start()
    viewer.send(Buffer.from('{"type":"clock","t0":1}'))
    expect(await viewer.nextJson()).toMatchObject({ type: 'error', code: 'invalid' })
    await expectNothing(viewer)
  })

  it('leaves a watch as it was when its change is refused', async () => {
    const { server, viewer } = await start()
    viewer.ask({ type: 'watch', id: 1, label: 'site' })
    await viewer.nextOfType('watching')
    viewer.send('{"type":"watch","id":1,"label":"elsewhere","max_fps":-1}')
    expect(await viewer.nextJson()).toMatchObject({ type: 'error', id: 1 })
    await server.publish('site', 'camera')
    await takePicture(viewer)
  })

  it('holds a thousand watches, refuses one more, and still lets each be changed', async () => {
    const { viewer } = await start()
    for (let id = 0; id < 1000; id++) viewer.ask({ type: 'watch', id, label: `site ${id}` })
    for (let id = 0; id < 1000; id++) expect(await viewer.nextJson()).toEqual({ type: 'watching', id, streams: [] })
    viewer.ask({ type: 'watch', id: 1000 })
    expect(await viewer.nextJson()).toMatchObject({ type: 'error', code: 'exhausted', id: 1000 })
    viewer.ask({ type: 'watch', id: 5, label: 'other' })
    expect(await viewer.nextJson()).toMatchObject({ type: 'watching', id: 5 })
    viewer.ask({ type: 'unwatch', id: 5 })
    expect(await viewer.nextJson()).toMatchObject({ type: 'unwatched', id: 5 })
    viewer.ask({ type: 'watch', id: 1000 })
    expect(await viewer.nextJson()).toMatchObject({ type: 'watching', id: 1000 })
  })
})
