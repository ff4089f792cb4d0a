import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeSocket, stream } from '../test/support/fake-socket.ts'
import { LiveClient } from './live-client.ts'
import type { LiveFrame } from './live-frame.ts'
import type { LiveClientOptions } from './live-options.ts'
import type { Watch } from './watch.ts'

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(1)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const NAMES = ['connecting', 'connected', 'disconnected', 'stream', 'left', 'watching', 'error'] as const

/** A client on fake sockets, and the events it has emitted. */
function setUp(options: LiveClientOptions = {}, url = 'http://host:8000') {
  const sockets: FakeSocket[] = []
  const makeSocket = (address: string) => {
    const socket = new FakeSocket(address)
    sockets.push(socket)
    return socket
  }
  const client = new LiveClient(url, { makeSocket, ...options })
  const told: unknown[][] = []
  for (const name of NAMES) client.on(name, (event) => told.push([name, event]))
  /** Runs the timers that are due. */
  const settle = () => vi.advanceTimersByTimeAsync(0)
  /** The newest socket. */
  const socket = () => {
    const last = sockets.at(-1)
    if (!last) throw new Error('no socket was made')
    return last
  }
  const connect = async () => {
    client.connect()
    await settle()
    socket().greet()
  }
  const takeTold = () => told.splice(0)
  return { client, sockets, socket, settle, connect, takeTold }
}

const CALLED = ['connecting', { code: 0, reason: 'connect called' }]

describe('LiveClient: states', () => {
  it('is disconnected until it is told to connect, and connected once the server has greeted', async () => {
    const { client, sockets, socket, settle, takeTold } = setUp()
    await vi.advanceTimersByTimeAsync(60_000)
    expect([client.state, sockets.length]).toEqual(['disconnected', 0])
    client.connect()
    client.connect()
    await settle()
    expect([client.state, sockets.length, socket().url]).toEqual(['connecting', 1, 'ws://host:8000/ws/live'])
    socket().open()
    expect(client.state).toBe('connecting')
    socket().notice({ type: 'hello', protocol: 1, version: '1.2.3', now: 5 })
    expect(client.state).toBe('connected')
    expect(takeTold()).toEqual([CALLED, ['connected', { version: '1.2.3', isReconnected: false }]])
  })

  it('connects again after a delay that doubles while it fails, with the reason of each failure', async () => {
    const { client, sockets, socket, connect, takeTold } = setUp({ minDelay: 500, maxDelay: 1500 })
    await connect()
    takeTold()
    socket().end(1006)
    expect(takeTold()).toEqual([['connecting', { code: 1, reason: 'the connection broke' }]])
    for (const delay of [500, 1000, 1500, 1500]) {
      const made = sockets.length
      await vi.advanceTimersByTimeAsync(delay - 1)
      expect(sockets).toHaveLength(made)
      await vi.advanceTimersByTimeAsync(1)
      expect(sockets).toHaveLength(made + 1)
      socket().end(1006, '', 'ECONNREFUSED')
      expect(takeTold()).toEqual([['connecting', { code: 1, reason: 'ECONNREFUSED' }]])
    }
    expect(client.state).toBe('connecting')
  })

  it.each([
    ['has no reason from anybody', 1006, '', undefined, 'no connection could be made'],
    ['knows the problem', 1006, '', 'ECONNREFUSED', 'ECONNREFUSED'],
    ['knows a code', 1013, '', undefined, 'closed with code 1013'],
    ['knows the words of the server', 1013, 'too many connections', undefined, 'too many connections'],
  ])('says why an attempt failed when it %s', async (_name, code, words, problem, reason) => {
    const { client, socket, settle, takeTold } = setUp()
    client.connect()
    await settle()
    takeTold()
    socket().end(code, words, problem)
    expect(takeTold()).toEqual([['connecting', { code: 1, reason }]])
    client.disconnect()
  })

  it('begins with the shortest delay again once it was connected', async () => {
    const { sockets, socket, connect } = setUp()
    await connect()
    for (let i = 0; i < 3; i++) {
      socket().end(1006)
      await vi.advanceTimersByTimeAsync(500)
      expect(sockets).toHaveLength(i + 2)
      socket().greet()
    }
  })

  it('gives up a connection over which nothing comes after a question, and lets go of its socket', async () => {
    const { client, sockets, socket, connect, takeTold } = setUp()
    await connect()
    const [first] = sockets
    takeTold()
    await vi.advanceTimersByTimeAsync(5999)
    expect(client.state).toBe('connected')
    await vi.advanceTimersByTimeAsync(1)
    expect(takeTold()).toEqual([['connecting', { code: 2, reason: 'no answer for 6000 ms' }]])
    expect(first?.isDropped).toBe(true)
    await vi.advanceTimersByTimeAsync(500)
    socket().greet()
    expect(takeTold()).toMatchObject([['connected', { isReconnected: true }]])
  })

  it('keeps a connection over which anything comes', async () => {
    const { client, socket, connect } = setUp()
    await connect()
    for (let i = 0; i < 10; i++) {
      await vi.advanceTimersByTimeAsync(4000)
      if (i % 2 === 0) socket().picture({ n: i })
      else socket().notice({ type: 'unwatched', id: 99 })
    }
    expect(client.state).toBe('connected')
  })

  it('lets a socket answer after the machine has slept before it gives it up', async () => {
    const { client, socket, connect } = setUp()
    await connect()
    vi.setSystemTime(Date.now() + 3_600_000)
    socket().take()
    await vi.advanceTimersByTimeAsync(6000)
    expect(client.state).toBe('connected')
    expect(socket().take('clock').length).toBeGreaterThan(0)
    await vi.advanceTimersByTimeAsync(6000)
    expect(client.state).toBe('connecting')
  })

  it.each([
    ['told to retry', (client: LiveClient) => client.retry()],
    [
      'told to disconnect and connect',
      (client: LiveClient) => {
        client.disconnect()
        client.connect()
      },
    ],
  ])('begins with the shortest delay again when it is %s', async (_name, tell) => {
    const { client, sockets, socket, settle } = setUp()
    client.connect()
    await settle()
    for (const delay of [500, 1000, 2000]) {
      socket().end(1006)
      await vi.advanceTimersByTimeAsync(delay)
    }
    tell(client)
    await settle()
    socket().end(1006)
    const made = sockets.length
    await vi.advanceTimersByTimeAsync(500)
    expect(sockets).toHaveLength(made + 1)
  })

  it('listens to the network only while it is not disconnected', () => {
    const listening = new Set<unknown>()
    vi.stubGlobal('addEventListener', (_type: string, listener: unknown) => listening.add(listener))
    vi.stubGlobal('removeEventListener', (_type: string, listener: unknown) => listening.delete(listener))
    const { client } = setUp()
    for (const _ of [1, 2, 3]) {
      client.connect()
      expect(listening.size).toBe(1)
      client.disconnect()
      expect(listening.size).toBe(0)
    }
  })

  it('tries at once when the network is back, and again when it is told to', async () => {
    const network = new EventTarget()
    vi.stubGlobal('addEventListener', network.addEventListener.bind(network))
    vi.stubGlobal('removeEventListener', network.removeEventListener.bind(network))
    const { client, sockets, socket, connect, settle, takeTold } = setUp()
    await connect()
    network.dispatchEvent(new Event('online'))
    expect(client.state).toBe('connected')
    socket().end(1006)
    takeTold()
    network.dispatchEvent(new Event('online'))
    await settle()
    expect(sockets).toHaveLength(2)
    expect(takeTold()).toEqual([['connecting', { code: 3, reason: 'the network may be back' }]])
    socket().end(1006)
    client.retry()
    await settle()
    expect(sockets).toHaveLength(3)
    client.disconnect()
    network.dispatchEvent(new Event('online'))
    client.retry()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sockets).toHaveLength(3)
  })

  it.each([
    ['opens', (socket: FakeSocket) => socket.open()],
    ['does not even open', () => {}],
  ])('gives up an attempt that %s and is not greeted in time', async (_name, begin) => {
    const { client, sockets, socket, settle, takeTold } = setUp({ connectTimeout: 3000 })
    client.connect()
    await settle()
    takeTold()
    begin(socket())
    await vi.advanceTimersByTimeAsync(3000)
    expect(takeTold()).toEqual([['connecting', { code: 4, reason: 'no answer in 3000 ms' }]])
    expect(sockets[0]?.isDropped).toBe(true)
    await vi.advanceTimersByTimeAsync(500)
    expect(sockets).toHaveLength(2)
  })

  it.each([1012, 1001])('says that the server goes down (%d) and comes back', async (code) => {
    const { sockets, socket, connect, takeTold } = setUp()
    await connect()
    takeTold()
    socket().end(code, 'back soon')
    expect(takeTold()).toEqual([['connecting', { code: 5, reason: 'back soon' }]])
    await vi.advanceTimersByTimeAsync(500)
    expect(sockets).toHaveLength(2)
  })

  it('is disconnected for good when the server refuses, in its words, and connects when it is told to', async () => {
    const { client, sockets, socket, settle, takeTold } = setUp()
    client.connect()
    await settle()
    takeTold()
    socket().open()
    socket().end(1008, 'the key is not known')
    expect(takeTold()).toEqual([['disconnected', { code: 1, reason: 'the key is not known' }]])
    await vi.advanceTimersByTimeAsync(60_000)
    expect([client.state, sockets.length, vi.getTimerCount()]).toEqual(['disconnected', 1, 0])
    client.connect()
    await settle()
    expect(sockets).toHaveLength(2)
  })

  it('is disconnected for good when the server speaks another protocol', async () => {
    const { client, socket, settle, takeTold } = setUp()
    client.connect()
    await settle()
    takeTold()
    socket().open()
    socket().notice({ type: 'hello', protocol: 2, version: '9.0.0', now: 5 })
    expect(takeTold()).toEqual([['disconnected', { code: 2, reason: 'the server speaks protocol 2, this client 1' }]])
    expect([socket().isDropped, vi.getTimerCount()]).toEqual([true, 0])
  })

  it.each(['connecting', 'waiting to connect', 'connected'])(
    'leaves nothing behind when told to disconnect while %s',
    async (when) => {
      const { client, sockets, socket, settle, takeTold } = setUp()
      client.connect()
      await settle()
      if (when === 'connected') socket().greet()
      if (when === 'waiting to connect') socket().end(1006)
      takeTold()
      client.disconnect()
      client.disconnect()
      expect(takeTold()).toEqual([['disconnected', { code: 0, reason: 'disconnect called' }]])
      expect(vi.getTimerCount()).toBe(0)
      await vi.advanceTimersByTimeAsync(60_000)
      expect(sockets).toHaveLength(1)
    },
  )

  it('asks for the token anew on each attempt, and tries again when it cannot be had', async () => {
    const tokens = ['one', undefined, 'two & more']
    const { client, sockets, socket, settle, takeTold } = setUp({
      token: async () => {
        if (sockets.length === 2 && tokens.length === 1) {
          tokens.push('three')
          throw new Error('no token now')
        }
        return tokens.shift()
      },
    })
    client.connect()
    await settle()
    socket().end(1006)
    await vi.advanceTimersByTimeAsync(500)
    socket().end(1006)
    takeTold()
    await vi.advanceTimersByTimeAsync(1000)
    expect(takeTold()).toEqual([['connecting', { code: 1, reason: 'no token now' }]])
    await vi.advanceTimersByTimeAsync(2000)
    expect(sockets.map(({ url }) => new URL(url).search)).toEqual(['?token=one', '', '?token=two+%26+more'])
  })

  it('makes no socket when it was told to disconnect before it had the token', async () => {
    const { client, sockets } = setUp({ token: () => new Promise((resolve) => setTimeout(() => resolve('late'), 50)) })
    client.connect()
    client.disconnect()
    await vi.advanceTimersByTimeAsync(1000)
    expect(sockets).toEqual([])
  })

  it.each([
    [{ minDelay: 0 }, /minDelay/],
    [{ connectTimeout: Number.NaN }, /connectTimeout/],
    [{ clockPeriod: -1 }, /clockPeriod/],
    [{ maxSilence: Number.POSITIVE_INFINITY }, /maxSilence/],
  ])('refuses %j', (options, sentence) => {
    expect(() => setUp(options)).toThrow(sentence)
  })
})

describe('LiveClient: watches', () => {
  it('asks for watches when it is connected, with numbers that are never used again', async () => {
    const { client, socket, connect } = setUp()
    const first = client.watch({ label: 'site', key: 'cam', maxFps: 10, width: 320 })
    await connect()
    expect(socket().take('watch')).toEqual([
      { type: 'watch', id: 1, label: 'site', key: 'cam', max_fps: 10, width: 320 },
    ])
    first.end()
    first.end()
    client.watch({})
    expect(socket().take()).toEqual([
      { type: 'unwatch', id: 1 },
      { type: 'watch', id: 2 },
    ])
  })

  it('asks again when a watch changes, and not when it does not', async () => {
    const { client, socket, connect } = setUp()
    await connect()
    const watch = client.watch({ label: 'site', maxFps: 10 })
    socket().take()
    watch.change({ maxFps: 10 })
    expect(socket().take()).toEqual([])
    watch.change({ width: 640 })
    watch.change({ maxFps: undefined })
    expect(socket().take()).toEqual([
      { type: 'watch', id: 1, label: 'site', max_fps: 10, width: 640 },
      { type: 'watch', id: 1, label: 'site', width: 640 },
    ])
    watch.change({ colouring: { colormap: 'jet', levels: { percentiles: [1, 99] } } })
    watch.change({ colouring: { levels: { percentiles: [1, 99] }, colormap: 'jet' } })
    watch.change({ colouring: undefined })
    watch.change({ values: 'u8', compression: 'none' })
    watch.change({ compression: 'none', values: 'u8' })
    watch.change({ values: undefined, compression: undefined })
    expect(socket().take()).toEqual([
      { type: 'watch', id: 1, label: 'site', width: 640, colormap: 'jet', levels: 'p1,p99' },
      { type: 'watch', id: 1, label: 'site', width: 640 },
      { type: 'watch', id: 1, label: 'site', width: 640, values: 'u8', compression: 'none' },
      { type: 'watch', id: 1, label: 'site', width: 640 },
    ])
    watch.end()
    watch.change({ maxFps: 1 })
    expect(socket().take()).toEqual([{ type: 'unwatch', id: 1 }])
    expect([watch.isEnded, watch.options]).toEqual([
      true,
      { label: 'site', maxFps: undefined, width: 640, colouring: undefined },
    ])
  })

  it('asks for all that is still watched after a reconnect, as it is watched now', async () => {
    const { client, socket, connect, takeTold } = setUp()
    const changed = client.watch({ label: 'site', maxFps: 10 })
    const ended = client.watch({ label: 'gone' })
    await connect()
    socket().end(1006)
    takeTold()
    changed.change({ maxFps: 5 })
    ended.end()
    client.watch({ label: 'new' })
    await vi.advanceTimersByTimeAsync(500)
    socket().greet()
    expect(socket().take('watch')).toEqual([
      { type: 'watch', id: 1, label: 'site', max_fps: 5 },
      { type: 'watch', id: 3, label: 'new' },
    ])
    expect(takeTold()).toEqual([['connected', { version: '1.2.3', isReconnected: true }]])
  })

  it('tells of streams as they are there, come, change and go', async () => {
    const { client, socket, connect, takeTold } = setUp()
    const watch = client.watch({})
    await connect()
    takeTold()
    socket().notice({ type: 'watching', id: 1, streams: [stream('a'), stream('b')] })
    expect(takeTold()).toEqual([
      ['stream', stream('a')],
      ['stream', stream('b')],
      ['watching', { watch, streams: [stream('a'), stream('b')] }],
    ])
    const stale = { ...stream('a'), state: 'stale' }
    socket().notice({ type: 'stream', event: 'state', stream: stale })
    socket().notice({ type: 'stream', event: 'joined', stream: stream('c') })
    socket().notice({ type: 'stream', event: 'left', stream: stream('b') })
    socket().notice({ type: 'stream', event: 'left', stream: stream('b') })
    expect(takeTold()).toEqual([
      ['stream', stale],
      ['stream', stream('c')],
      ['left', stream('b')],
    ])
    expect(client.streams).toEqual([stale, stream('c')])
  })

  it('tells after a reconnect which streams have left meanwhile, once their own watch is answered', async () => {
    const { client, socket, connect, takeTold } = setUp()
    client.watch({ label: 'site' })
    client.watch({ label: 'hall' })
    await connect()
    socket().notice({ type: 'watching', id: 1, streams: [stream('a'), stream('b')] })
    socket().notice({ type: 'watching', id: 2, streams: [stream('c', 'hall'), stream('d', 'hall')] })
    socket().end(1006)
    await vi.advanceTimersByTimeAsync(500)
    socket().greet()
    takeTold()
    expect(client.streams).toHaveLength(4)
    socket().notice({ type: 'watching', id: 1, streams: [stream('b')] })
    expect(takeTold().filter(([name]) => name === 'left')).toEqual([['left', stream('a')]])
    socket().notice({ type: 'watching', id: 2, streams: [] })
    expect(takeTold().filter(([name]) => name === 'left')).toEqual([
      ['left', stream('c', 'hall')],
      ['left', stream('d', 'hall')],
    ])
    expect(client.streams).toEqual([stream('b')])
  })

  it('tells that the streams of a watch left that is refused after a reconnect, unless another has them', async () => {
    const { client, socket, connect, takeTold } = setUp()
    const wide = client.watch({ label: 'site' })
    client.watch({ label: 'site', key: 'b' })
    await connect()
    socket().notice({ type: 'watching', id: 1, streams: [stream('a'), stream('b')] })
    socket().notice({ type: 'watching', id: 2, streams: [stream('b')] })
    socket().end(1006)
    await vi.advanceTimersByTimeAsync(500)
    socket().greet()
    takeTold()
    socket().notice({ type: 'error', code: 'forbidden', message: 'no more', id: 1 })
    expect(takeTold()).toEqual([
      ['left', stream('a')],
      ['error', { code: 'forbidden', message: 'no more', watch: wide }],
    ])
    expect(client.streams).toEqual([stream('b')])
  })

  it('forgets the streams of a watch that has ended, and news of them that come late', async () => {
    const { client, socket, connect, takeTold } = setUp()
    const wide = client.watch({ label: 'site' })
    client.watch({ label: 'site', key: 'b', maxFps: 0 })
    await connect()
    socket().notice({ type: 'watching', id: 1, streams: [stream('a'), stream('b')] })
    takeTold()
    wide.end()
    socket().notice({ type: 'stream', event: 'state', stream: stream('a') })
    socket().notice({ type: 'watching', id: 1, streams: [stream('a')] })
    expect(takeTold()).toEqual([])
    expect(client.streams).toEqual([stream('b')])
  })

  it.each([
    [{ key: 'cam' }, /key needs a label/],
    [{ label: '' }, /label: must not be empty/],
    [{ label: 'a', key: 'b\n' }, /key: must not contain control/],
    [{ maxFps: -1 }, /maxFps must be 0 or a number from 0.01 to 1000, not -1/],
    [{ maxFps: Number.NaN }, /maxFps/],
    [{ colouring: { levels: { min: 2, max: 1 } } }, /levels: the first must be below the second/],
    [{ width: 0 }, /width must be a number from 1 to 16384, not 0/],
  ])('refuses to watch %j and says what is allowed', (options, sentence) => {
    const { client } = setUp()
    expect(() => client.watch(options)).toThrow(sentence)
    expect(client.watch({}).id).toBe(1)
  })

  it('refuses a change that is not allowed and stays as it was', async () => {
    const { client, socket, connect } = setUp()
    await connect()
    const watch = client.watch({ maxFps: 5 })
    socket().take()
    expect(() => watch.change({ maxFps: 2000 })).toThrow(RangeError)
    expect([watch.options.maxFps, socket().take()]).toEqual([5, []])
  })
})

describe('LiveClient: frames', () => {
  it('gives a frame to every watch that it fits, but those that want news only', async () => {
    const { client, socket, connect } = setUp()
    const got: string[] = []
    const onFrame = (name: string) => (frame: LiveFrame) => {
      got.push(`${name} ${frame.stream.key}`)
    }
    client.watch({ onFrame: onFrame('all') })
    client.watch({ label: 'site', onFrame: onFrame('label') })
    client.watch({ label: 'site', key: 'a', onFrame: onFrame('key') })
    client.watch({ label: 'site', key: 'a', maxFps: 0, onFrame: onFrame('news') })
    client.watch({ label: 'hall', onFrame: onFrame('other') })
    client.watch({ label: 'site' })
    await connect()
    socket().picture({ key: 'a' })
    socket().picture({ key: 'b' })
    expect(got).toEqual(['all a', 'label a', 'key a', 'all b', 'label b'])
  })

  it('tells all that the header says', async () => {
    const { client, socket, connect } = setUp()
    const frames: LiveFrame[] = []
    client.watch({ onFrame: (frame) => void frames.push(frame) })
    await connect()
    const annotations = { warnings: { warning_no_hardhat: { count: 2 } } }
    const pulse = { id: '18446744073709551615', timestamp: '1699999999.000000005' }
    socket().picture({ captured_at: 3, pulse, annotations, metadata: { wind: 7 } }, new Uint8Array([7, 8]))
    const [frame] = frames
    expect(frame).toMatchObject({
      stream: { label: 'site', key: 'cam' },
      id: '5-0',
      sequence: 1,
      receivedAt: 5,
      capturedAt: 3,
      pulse,
      width: 640,
      height: 480,
      mediaType: 'image/jpeg',
      annotations,
      metadata: { wind: 7 },
      skipped: 0,
    })
    expect([...(frame?.bytes ?? [])]).toEqual([7, 8])
    expect([frame?.blob.type, frame?.blob.size]).toEqual(['image/jpeg', 2])
  })

  it('gives a frame no more to a watch that another has ended with the same frame', async () => {
    const { client, socket, connect } = setUp()
    const onFrame = vi.fn()
    client.watch({ onFrame: () => second.end() })
    const second = client.watch({ onFrame })
    await connect()
    socket().picture({})
    expect(onFrame).not.toHaveBeenCalled()
  })

  it('gives the credit once, when all watches are done with the frame', async () => {
    const { client, socket, connect, settle } = setUp()
    const done: (() => void)[] = []
    const onFrame = () => new Promise<void>((resolve) => done.push(resolve))
    client.watch({ onFrame })
    client.watch({ label: 'site', onFrame })
    await connect()
    socket().take()
    socket().picture({ n: 77 })
    done[0]?.()
    await settle()
    expect(socket().take('credit')).toEqual([])
    done[1]?.()
    await settle()
    expect(socket().take('credit')).toEqual([{ type: 'credit', n: 77 }])
  })

  it('gives the credit at once for a frame that nobody takes any more, and when the last taker ends', async () => {
    const { client, socket, connect } = setUp()
    const onFrame = vi.fn(() => new Promise<void>(() => {}))
    const watch = client.watch({ onFrame })
    await connect()
    socket().take()
    socket().picture({ n: 1 })
    expect(socket().take('credit')).toEqual([])
    watch.end()
    expect(socket().take('credit')).toEqual([{ type: 'credit', n: 1 }])
    socket().picture({ n: 2 })
    expect(socket().take('credit')).toEqual([{ type: 'credit', n: 2 }])
    expect(onFrame).toHaveBeenCalledTimes(1)
  })

  it('tells that a watch failed with a frame, and counts it as done', async () => {
    const { client, socket, connect, settle, takeTold } = setUp()
    const throwing = client.watch({
      onFrame: () => {
        throw new Error('at once')
      },
    })
    const rejecting = client.watch({ onFrame: () => Promise.reject(new Error('later')) })
    await connect()
    takeTold()
    socket().take()
    socket().picture({ n: 3 })
    await settle()
    expect(takeTold()).toEqual([
      ['error', { code: 'listener', message: 'at once', watch: throwing }],
      ['error', { code: 'listener', message: 'later', watch: rejecting }],
    ])
    expect(socket().take('credit')).toEqual([{ type: 'credit', n: 3 }])
  })

  it('gives no credit on another connection than the one that a frame came over', async () => {
    const { client, socket, connect, settle } = setUp()
    let done = () => {}
    client.watch({
      onFrame: () =>
        new Promise<void>((resolve) => {
          done = resolve
        }),
    })
    await connect()
    socket().picture({ n: 1 })
    socket().end(1006)
    await vi.advanceTimersByTimeAsync(500)
    socket().greet()
    socket().take()
    done()
    await settle()
    expect(socket().take('credit')).toEqual([])
  })

  it('counts the frames that were skipped, anew on each connection and when the count goes back', async () => {
    const { client, socket, connect } = setUp()
    const skipped: string[] = []
    client.watch({ onFrame: (frame) => void skipped.push(`${frame.stream.key}${frame.sequence}: ${frame.skipped}`) })
    await connect()
    for (const sequence of [10, 11, 15, 2]) socket().picture({ sequence })
    socket().picture({ key: 'b', sequence: 40 })
    socket().end(1006)
    await vi.advanceTimersByTimeAsync(500)
    socket().greet()
    socket().picture({ sequence: 90 })
    expect(skipped).toEqual(['cam10: 0', 'cam11: 0', 'cam15: 3', 'cam2: 0', 'b40: 0', 'cam90: 0'])
  })

  it('gives a frame again that comes again in a larger picture, with a credit of its own and none skipped', async () => {
    const { client, socket, connect, settle } = setUp()
    const got: string[] = []
    const watch = client.watch({
      width: 320,
      onFrame: ({ id, sequence, bytes, skipped }) => void got.push(`${id} ${sequence} ${bytes.length} ${skipped}`),
    })
    await connect()
    socket().picture({ n: 1, id: '5-1', sequence: 1 }, new Uint8Array(10))
    await settle()
    watch.change({ width: 1280 })
    socket().take()
    socket().picture({ n: 2, id: '5-1', sequence: 1 }, new Uint8Array(40))
    socket().picture({ n: 3, id: '5-2', sequence: 2 }, new Uint8Array(40))
    socket().picture({ n: 4, id: '5-4', sequence: 4 }, new Uint8Array(40))
    await settle()
    expect(got).toEqual(['5-1 1 10 0', '5-1 1 40 0', '5-2 2 40 0', '5-4 4 40 1'])
    expect(socket().take('credit')).toEqual([2, 3, 4].map((n) => ({ type: 'credit', n })))
  })

  it('counts no frames as skipped that came while nobody watched their stream', async () => {
    const { client, socket, connect } = setUp()
    await connect()
    const skipped: number[] = []
    for (const sequence of [10, 90]) {
      const watch = client.watch({ label: 'site', onFrame: (frame) => void skipped.push(frame.skipped) })
      socket().notice({ type: 'watching', id: watch.id, streams: [stream('cam')] })
      socket().picture({ sequence })
      watch.end()
    }
    expect(skipped).toEqual([0, 0])
  })

  it('goes on over any garbage, telling of it', async () => {
    const { client, socket, connect, takeTold } = setUp()
    client.watch({})
    await connect()
    takeTold()
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.uint8Array(), fc.object().map(asPicture)), (message) => {
        socket().take()
        socket().receive(typeof message === 'string' ? message : new Uint8Array(message).buffer)
        expect(client.state).toBe('connected')
        expect(socket().take()).toEqual([])
      }),
    )
    expect(takeTold().every(([name]) => name === 'error')).toBe(true)
    socket().receive('{"type":"watching","id":1,"streams":[{}]}')
    socket().receive(new ArrayBuffer(0))
    expect(takeTold()).toMatchObject([
      ['error', { code: 'garbled', message: 'message: a field of "watching" is missing or has another type' }],
      ['error', { code: 'garbled' }],
    ])
  })

  it('takes nothing before the greeting, and no second greeting', async () => {
    const { client, socket, settle, takeTold } = setUp()
    const onFrame = vi.fn()
    client.watch({ onFrame })
    client.connect()
    await settle()
    takeTold()
    socket().open()
    socket().picture({})
    socket().notice({ type: 'watching', id: 1, streams: [stream('a')] })
    expect(takeTold()).toMatchObject([
      ['error', { code: 'garbled' }],
      ['error', { code: 'garbled' }],
    ])
    expect([onFrame.mock.calls, client.streams, client.state]).toEqual([[], [], 'connecting'])
    socket().greet()
    socket().greet()
    expect(takeTold()).toHaveLength(1)
  })

  it('ignores what it does not know: a newer server may tell more', async () => {
    const { socket, connect, takeTold } = setUp()
    await connect()
    takeTold()
    socket().notice({ type: 'weather', wind: 3 })
    expect(takeTold()).toEqual([])
  })
})

describe('LiveClient: clock', () => {
  it('tells the time in whole ms, though the offset may have half a one', async () => {
    const { client, socket, connect } = setUp()
    await connect()
    const asked = Date.now()
    socket().notice({ type: 'clock', t0: asked, t1: asked + 70_000, t2: asked + 70_001 })
    expect([client.clockOffset, Number.isInteger(client.serverNow)]).toEqual([70_000.5, true])
  })

  it('asks the time with the connection and each period, and tells how old a frame is by the server', async () => {
    const { client, socket, connect } = setUp({ clockPeriod: 1000 })
    const clocks: unknown[] = []
    client.on('clock', (clock) => clocks.push(clock))
    await connect()
    const asked = Date.now()
    expect(socket().take('clock')).toEqual([{ type: 'clock', t0: asked }])
    expect([client.clockOffset, client.roundTrip, client.serverNow]).toEqual([undefined, undefined, asked])
    await vi.advanceTimersByTimeAsync(40)
    socket().notice({ type: 'clock', t0: asked, t1: asked + 70_020, t2: asked + 70_020 })
    expect(clocks).toEqual([{ offset: 70_000, roundTrip: 40 }])
    expect([client.clockOffset, client.roundTrip, client.serverNow]).toEqual([70_000, 40, asked + 70_040])
    const frames: LiveFrame[] = []
    client.watch({ onFrame: (frame) => void frames.push(frame) })
    socket().picture({ received_at: asked + 70_000 })
    socket().picture({ received_at: asked + 70_100 })
    expect(frames.map((frame) => client.ageOf(frame))).toEqual([40, 0])
    socket().take()
    await vi.advanceTimersByTimeAsync(960)
    expect(socket().take('clock')).toEqual([{ type: 'clock', t0: asked + 1000 }])
  })

  it('keeps the clock while there is no connection', async () => {
    const { client, socket, connect } = setUp()
    await connect()
    const asked = Date.now()
    socket().notice({ type: 'clock', t0: asked, t1: asked + 500, t2: asked + 500 })
    socket().end(1006)
    expect(client.clockOffset).toBe(500)
  })

  it('believes the first answer over another connection, which may be a longer way', async () => {
    const { client, socket, connect } = setUp()
    await connect()
    const first = Date.now()
    socket().notice({ type: 'clock', t0: first, t1: first, t2: first })
    socket().end(1006)
    await vi.advanceTimersByTimeAsync(500)
    socket().greet()
    const second = Date.now()
    await vi.advanceTimersByTimeAsync(10)
    socket().notice({ type: 'clock', t0: second, t1: second + 8, t2: second + 8 })
    expect([client.clockOffset, client.roundTrip]).toEqual([3, 10])
  })
})

describe('LiveClient: listeners', () => {
  it('tells as an error that a listener threw, and the other listeners hear all the same', async () => {
    const { client, takeTold } = setUp()
    client.on('connecting', () => {
      throw new Error('no')
    })
    const other = vi.fn()
    client.on('connecting', other)
    client.connect()
    expect(takeTold()).toEqual([CALLED, ['error', { code: 'listener', message: 'no' }]])
    expect(other).toHaveBeenCalledTimes(1)
  })

  it('writes an error that nobody listens to on the console, also one that the listener of errors threw', async () => {
    const console = vi.spyOn(globalThis.console, 'error').mockReturnValue()
    const client = new LiveClient('http://host', { makeSocket: (url) => new FakeSocket(url) })
    client.on('connecting', () => {
      throw new Error('first')
    })
    client.connect()
    expect(console).toHaveBeenLastCalledWith('listener: first')
    const second = new Error('second')
    client.on('error', () => {
      throw second
    })
    client.disconnect()
    client.connect()
    expect(console).toHaveBeenLastCalledWith(second)
    client.disconnect()
  })

  it('may be told to disconnect by a listener of any state', async () => {
    const { client, sockets, socket, settle } = setUp()
    client.on('connecting', () => client.disconnect())
    client.connect()
    await settle()
    expect([client.state, sockets.length, vi.getTimerCount()]).toEqual(['disconnected', 0, 0])
    const other = setUp()
    other.client.on('connected', () => other.client.disconnect())
    await other.connect()
    expect([other.client.state, other.socket().isDropped, vi.getTimerCount()]).toEqual(['disconnected', true, 0])
    expect(socket).toThrow('no socket')
  })
})

/** What may happen to a client, in any order. */
const happening = fc.oneof(
  fc.record({ type: fc.constant('watch' as const), which: fc.nat(2) }),
  fc.record({ type: fc.constantFrom('change' as const, 'end' as const), nth: fc.nat(5) }),
  fc.record({ type: fc.constant('picture' as const), key: fc.constantFrom('a', 'b', 'c') }),
  fc.record({
    type: fc.constant('news' as const),
    event: fc.constantFrom('joined', 'left'),
    key: fc.constantFrom('a', 'b'),
  }),
  fc.record({ type: fc.constantFrom('draw' as const, 'break' as const, 'answer' as const) }),
)

type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never

describe('LiveClient: whatever happens', () => {
  it('gives one credit for each picture, over its own connection, and leaves nothing behind', async () => {
    const run = async (happenings: readonly Happening[]) => {
      // Those of others in this worker that have not ended yet, and of a run that has failed.
      vi.clearAllTimers()
      const { client, sockets, socket, connect, settle } = setUp()
      await connect()
      const watches: Watch[] = []
      let drawing: (() => void)[] = []
      let sent: number[] = []
      let n = 0
      const draw = async () => {
        for (const done of drawing.splice(0)) done()
        await settle()
      }
      const credits = () => socket().take('credit')
      for (const what of happenings) {
        if (what.type === 'watch') {
          const names = [{}, { label: 'site' }, { label: 'site', key: 'a' }][what.which]
          watches.push(client.watch({ ...names, onFrame: () => new Promise((done) => drawing.push(done)) }))
        } else if (what.type === 'change') watches[what.nth]?.change({ maxFps: what.nth })
        else if (what.type === 'end') watches[what.nth]?.end()
        else if (what.type === 'picture') {
          sent.push(++n)
          socket().picture({ n, key: what.key, sequence: n })
        } else if (what.type === 'news')
          socket().notice({ type: 'stream', event: what.event, stream: stream(what.key) })
        else if (what.type === 'answer') {
          for (const { id } of watches) socket().notice({ type: 'watching', id, streams: [stream('b')] })
        } else if (what.type === 'draw') await draw()
        else {
          socket().end(1006)
          await vi.advanceTimersByTimeAsync(500)
          socket().greet()
          drawing = []
          sent = []
        }
      }
      await draw()
      const given = credits()
      expect(given.toSorted(byN)).toEqual(sent.map((each) => ({ type: 'credit', n: each })))
      for (const watch of watches) watch.end()
      expect(client.streams).toEqual([])
      client.disconnect()
      expect(vi.getTimerCount()).toBe(0)
      expect(sockets.slice(0, -1).every(({ onmessage }) => onmessage === null)).toBe(true)
    }
    await fc.assert(fc.asyncProperty(fc.array(happening, { maxLength: 40 }), run), { numRuns: 200 })
  })
})

/** Sorts credits, whose order depends on which picture is drawn first. */
function byN(a: unknown, b: unknown): number {
  return nOf(a) - nOf(b)
}

function nOf(credit: unknown): number {
  return typeof credit === 'object' && credit !== null && 'n' in credit ? Number(credit.n) : Number.NaN
}

function asPicture(header: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(header)}--IMG--picture`)
}
