import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeSocket, stream } from '../../test/support/fake-socket.ts'
import { LiveClient } from '../live-client.ts'
import { StreamFeed } from './stream-feed.ts'

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(1)
})
afterEach(() => {
  vi.useRealTimers()
})

/** A feed of site/cam on a fake socket, with demand. */
async function setUp(name = { label: 'site', key: 'cam' }) {
  const sockets: FakeSocket[] = []
  const makeSocket = (address: string) => {
    const made = new FakeSocket(address)
    sockets.push(made)
    return made
  }
  const client = new LiveClient('http://host', { makeSocket })
  const frames: string[] = []
  const changed = vi.fn()
  const connection = { client, classNames: async () => [], release: () => {} }
  const feed = new StreamFeed(connection, name, { frame: async ({ id }) => void frames.push(id), changed })
  const socket = (): FakeSocket => {
    const last = sockets.at(-1)
    if (!last) throw new Error('no socket was made')
    return last
  }
  client.connect()
  await vi.advanceTimersByTimeAsync(0)
  feed.setDemand({ maxFps: 15, width: 320 })
  return { client, feed, frames, changed, socket }
}

const answer = { type: 'watching', id: 1, streams: [stream('cam')] }

describe('StreamFeed', () => {
  it('watches one stream while there is demand, and hands over its frames', async () => {
    const { feed, frames, socket } = await setUp()
    socket().greet()
    expect(socket().take('watch')).toEqual([
      { type: 'watch', id: 1, label: 'site', key: 'cam', max_fps: 15, width: 320 },
    ])
    expect(feed.facts).toMatchObject({ isComplete: false, stream: undefined })
    socket().notice(answer)
    expect(feed.facts).toMatchObject({ isComplete: true, stream: stream('cam'), refusal: undefined })
    socket().picture({})
    expect(frames).toEqual(['5-0'])
    feed.setDemand({ maxFps: 30, width: 640 })
    feed.setDemand(undefined)
    expect(socket().take('watch')).toMatchObject([{ id: 1, max_fps: 30, width: 640 }])
    socket().picture({ id: '6-0' })
    expect(frames).toEqual(['5-0'])
    expect(feed.facts).toMatchObject({ isComplete: false, stream: undefined })
  })

  it('tells a stream that is not there from one that nobody has asked for', async () => {
    const { feed, socket } = await setUp()
    socket().greet()
    socket().notice({ ...answer, streams: [] })
    expect(feed.facts).toMatchObject({ isComplete: true, stream: undefined })
  })

  it('knows whether connecting has failed', async () => {
    const { feed, socket } = await setUp()
    expect(feed.facts).toMatchObject({ connection: { state: 'connecting' }, hasFailed: false })
    socket().end(1006)
    expect(feed.facts).toMatchObject({ connection: { state: 'connecting' }, hasFailed: true })
    await vi.advanceTimersByTimeAsync(500)
    socket().greet()
    expect(feed.facts).toMatchObject({ connection: { state: 'connected' }, hasFailed: false })
  })

  it.each([
    [1008, 'noAccess'],
    [1006, undefined],
  ])('counts a connection that ended with %i as %s', async (code, kind) => {
    const { feed, socket } = await setUp()
    socket().end(code, 'why')
    expect(feed.facts.refusal?.kind).toBe(kind)
  })

  it('is outdated when the server speaks another protocol', async () => {
    const { feed, socket } = await setUp()
    socket().open()
    socket().notice({ type: 'hello', protocol: 2, version: '9', now: 0 })
    expect(feed.facts.refusal?.kind).toBe('outdated')
  })

  it('is refused by an error of its own watch only, until the next connection or the next frame', async () => {
    const { client, feed, changed, socket } = await setUp()
    client.watch({ label: 'other' })
    socket().greet()
    socket().notice({ type: 'error', code: 'forbidden', message: 'not yours', id: 2 })
    expect(feed.facts.refusal).toBeUndefined()
    socket().notice({ type: 'error', code: 'forbidden', message: 'no right', id: 1 })
    expect(feed.facts.refusal).toEqual({ kind: 'noAccess', reason: 'no right' })
    socket().end(1006)
    await vi.advanceTimersByTimeAsync(500)
    socket().greet()
    expect(feed.facts.refusal).toBeUndefined()
    socket().notice({ type: 'error', code: 'exhausted', message: 'too many', id: 1 })
    expect(feed.facts.refusal).toEqual({ kind: 'failed', reason: 'too many' })
    changed.mockClear()
    socket().picture({})
    expect([feed.facts.refusal, changed.mock.calls.length]).toEqual([undefined, 1])
  })

  it('is refused when no stream can have such a name', async () => {
    const { feed } = await setUp({ label: 'x'.repeat(1000), key: 'cam' })
    expect(feed.facts.refusal?.kind).toBe('failed')
  })

  it('is told of its own stream only, and of nothing once it is closed', async () => {
    const { client, feed, changed, frames, socket } = await setUp()
    client.watch({})
    socket().greet()
    socket().notice(answer)
    changed.mockClear()
    socket().notice({ type: 'stream', event: 'state', stream: stream('other') })
    expect(changed).not.toHaveBeenCalled()
    socket().notice({ type: 'stream', event: 'state', stream: stream('cam') })
    expect(changed).toHaveBeenCalledTimes(1)
    socket().notice({ type: 'stream', event: 'left', stream: stream('cam') })
    expect(changed).toHaveBeenCalledTimes(2)
    feed.close()
    socket().picture({})
    socket().end(1006)
    expect([changed.mock.calls.length, frames]).toEqual([2, []])
  })
})
