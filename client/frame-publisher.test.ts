import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decodeImgMessage } from '../src/wire/img-message.ts'
import { FakeSocket } from '../test/support/fake-socket.ts'
import { FramePublisher, type FramePublisherOptions } from './frame-publisher.ts'

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(1)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const NAMES = ['connecting', 'connected', 'disconnected', 'stored', 'refused'] as const
const IMAGE = new Uint8Array([1, 2, 3])
const STORED = '{"status":"ok","message":"Frame stored successfully."}'

/** A publisher on fake sockets, and the events it has emitted. */
function setUp(options: FramePublisherOptions = {}) {
  const sockets: FakeSocket[] = []
  const makeSocket = (url: string) => {
    const made = new FakeSocket(url)
    sockets.push(made)
    return made
  }
  const publisher = new FramePublisher('http://host', { makeSocket, ...options })
  const told: unknown[][] = []
  for (const name of NAMES) publisher.on(name, (event) => told.push([name, event]))
  const settle = () => vi.advanceTimersByTimeAsync(0)
  const socket = () => {
    const last = sockets.at(-1)
    if (!last) throw new Error('no socket was made')
    return last
  }
  const connect = async () => {
    publisher.connect()
    await settle()
    socket().open()
    told.splice(0)
  }
  /** The headers sent since the last call. */
  const headers = () =>
    socket()
      .take()
      .map((message) => (message instanceof Uint8Array ? decodeImgMessage(message).header : message))
  return { publisher, sockets, socket, settle, connect, headers, takeTold: () => told.splice(0) }
}

/** Whether a promise is settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let isDone = false
  const done = () => {
    isDone = true
  }
  promise.then(done, done)
  await vi.advanceTimersByTimeAsync(0)
  return isDone
}

describe('FramePublisher', () => {
  it('publishes to /ws/frames once it is connected, and tells what became of each frame', async () => {
    const { publisher, sockets, socket, settle, headers, takeTold } = setUp({ token: 'key' })
    const first = publisher.publish({ label: 'site', key: 'a' }, IMAGE, 'a.jpg')
    const second = publisher.publish({ label: 'site', key: 'b' }, IMAGE)
    publisher.connect()
    await settle()
    expect(sockets.map(({ url }) => url)).toEqual(['ws://host/ws/frames?token=key'])
    socket().open()
    await settle()
    expect(headers()).toEqual([
      { label: 'site', key: 'a' },
      { label: 'site', key: 'b' },
    ])
    socket().receive(STORED)
    socket().receive('{"status":"error","message":"Failed to store frame: no picture"}')
    await Promise.all([first, second])
    expect(takeTold()).toEqual([
      ['connecting', { code: 0, reason: 'connect called' }],
      ['connected', { isReconnected: false }],
      ['stored', { name: 'a.jpg' }],
      ['refused', { message: 'Failed to store frame: no picture' }],
    ])
  })

  it('lets two frames wait for their answers, and resolves when there is room for the next', async () => {
    const { publisher, socket, connect, headers } = setUp()
    await connect()
    await publisher.publish({ i: 1 }, IMAGE)
    const second = publisher.publish({ i: 2 }, IMAGE)
    const third = publisher.publish({ i: 3 }, IMAGE)
    expect([await isSettled(second), publisher.isReady]).toEqual([false, false])
    expect(headers()).toEqual([{ i: 1 }, { i: 2 }])
    socket().receive(STORED)
    await isSettled(third)
    expect(headers()).toEqual([{ i: 3 }])
    socket().receive(STORED)
    await Promise.all([second, third])
    expect(publisher.isReady).toBe(true)
  })

  it('sends frames in the order they were published, however many wait', async () => {
    const { publisher, socket, settle, connect, headers } = setUp({ maxUnanswered: 1 })
    const all = Promise.all([1, 2, 3, 4, 5].map((i) => publisher.publish({ i }, IMAGE)))
    await connect()
    await settle()
    for (let i = 1; i <= 5; i++) {
      expect(headers()).toEqual([{ i }])
      socket().receive(STORED)
      await settle()
    }
    await all
  })

  it('sends a frame of a live source at once or not at all', async () => {
    const { publisher, socket, connect, headers } = setUp()
    expect(publisher.tryPublish({ i: 0 }, IMAGE)).toBe(false)
    await connect()
    expect([1, 2, 3].map((i) => publisher.tryPublish({ i }, IMAGE))).toEqual([true, true, false])
    socket().receive(STORED)
    expect(publisher.tryPublish({ i: 4 }, IMAGE)).toBe(true)
    expect(headers()).toEqual([{ i: 1 }, { i: 2 }, { i: 4 }])
    publisher.close()
    expect(publisher.tryPublish({ i: 5 }, IMAGE)).toBe(false)
  })

  it('goes on when the server is back, without what was under way', async () => {
    const { publisher, socket, settle, connect, headers, takeTold } = setUp()
    await connect()
    await publisher.publish({ i: 1 }, IMAGE)
    const second = publisher.publish({ i: 2 }, IMAGE)
    const third = publisher.publish({ i: 3 }, IMAGE)
    socket().end(1001)
    await second
    expect(await isSettled(third)).toBe(false)
    await vi.advanceTimersByTimeAsync(500)
    socket().open()
    await settle()
    expect(headers()).toEqual([{ i: 3 }])
    expect(takeTold()).toEqual([
      ['connecting', { code: 5, reason: 'the server is going down' }],
      ['connected', { isReconnected: true }],
    ])
    await third
  })

  it('waits longer each time that the server closes before it has answered anything', async () => {
    const { publisher, sockets, socket, settle } = setUp()
    publisher.connect()
    await settle()
    for (const delay of [500, 1000, 2000]) {
      const made = sockets.length
      socket().open()
      socket().end(1013, 'too many connections')
      await vi.advanceTimersByTimeAsync(delay - 1)
      expect(sockets).toHaveLength(made)
      await vi.advanceTimersByTimeAsync(1)
      expect(sockets).toHaveLength(made + 1)
    }
  })

  it('rejects what waits when the server refuses, in its words, and does not try again', async () => {
    const { publisher, sockets, socket, settle, connect, takeTold } = setUp()
    await connect()
    const all = [1, 2, 3].map((i) => publisher.publish({ i }, IMAGE))
    const outcomes = Promise.allSettled(all)
    socket().end(1008, 'the key is not known')
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    await expect(all[2]).rejects.toThrow('the key is not known')
    await expect(publisher.publish({ i: 4 }, IMAGE)).rejects.toThrow('the key is not known')
    expect(takeTold()).toEqual([['disconnected', { code: 1, reason: 'the key is not known' }]])
    await vi.advanceTimersByTimeAsync(60_000)
    expect([sockets.length, vi.getTimerCount()]).toEqual([1, 0])
    publisher.connect()
    await settle()
    socket().open()
    await publisher.publish({ i: 5 }, IMAGE)
  })

  it('rejects what waits when it is closed, also before it was connected', async () => {
    const { publisher } = setUp()
    const waiting = publisher.publish({}, IMAGE)
    publisher.close()
    await expect(waiting).rejects.toThrow('close called')
    expect([publisher.state, vi.getTimerCount()]).toEqual(['disconnected', 0])
  })

  it('closes at its end, when all that was sent is answered', async () => {
    const { publisher, socket, connect, takeTold } = setUp()
    await connect()
    publisher.tryPublish({ i: 1 }, IMAGE)
    publisher.tryPublish({ i: 2 }, IMAGE)
    const end = publisher.end()
    socket().receive(STORED)
    expect(await isSettled(end)).toBe(false)
    socket().receive(STORED)
    await end
    expect(takeTold().at(-1)).toEqual(['disconnected', { code: 0, reason: 'close called' }])
    expect([socket().isDropped, vi.getTimerCount()]).toEqual([true, 0])
  })

  it('ends as well when what was sent is lost', async () => {
    const { publisher, socket, connect } = setUp()
    await connect()
    publisher.tryPublish({ i: 1 }, IMAGE)
    const end = publisher.end()
    socket().end(1006)
    await end
    expect([publisher.state, vi.getTimerCount()]).toEqual(['disconnected', 0])
  })

  it('gives up a connection on which a frame is not answered', async () => {
    const { publisher, socket, connect, takeTold } = setUp({ maxSilence: 9000 })
    await connect()
    publisher.tryPublish({ i: 1 }, IMAGE)
    publisher.tryPublish({ i: 2 }, IMAGE)
    await vi.advanceTimersByTimeAsync(8000)
    socket().receive(STORED)
    await vi.advanceTimersByTimeAsync(8999)
    expect(publisher.state).toBe('connected')
    await vi.advanceTimersByTimeAsync(1)
    expect(takeTold().at(-1)).toEqual(['connecting', { code: 2, reason: 'no answer for 9000 ms' }])
  })

  it.each([
    ['no JSON', 'no JSON'],
    ['[]', '[]'],
    ['{"status":"error"}', '{"status":"error"}'],
    ['null', 'null'],
  ])('takes the answer %s for a refusal and shows it as it is', async (answer, message) => {
    const { publisher, socket, connect, takeTold } = setUp()
    await connect()
    publisher.tryPublish({}, IMAGE)
    socket().receive(answer)
    socket().receive(answer)
    expect(takeTold()).toEqual([['refused', { message }]])
  })

  it.each([0, -1, Number.NaN])('refuses that %d frames wait for their answers', (maxUnanswered) => {
    expect(() => setUp({ maxUnanswered })).toThrow(/maxUnanswered must be at least 1/)
  })
})
