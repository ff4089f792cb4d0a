import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeIoSocket } from '../../test/support/fake-io-socket.ts'
import { WebSocketClient } from './websocket-client.ts'
import type { WebSocketClientEvents, WebSocketClientOptions } from './websocket-events.ts'

const settle = () => vi.advanceTimersByTimeAsync(0)
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const sockets: FakeIoSocket[] = []
let pageWindow: EventTarget

function stubIo(protocol: number) {
  const io = (url: string, options: object) => {
    const socket = new FakeIoSocket(url, options)
    sockets.push(socket)
    return socket
  }
  vi.stubGlobal('io', Object.assign(io, { protocol }))
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0)
  pageWindow = new EventTarget()
  vi.stubGlobal('window', pageWindow)
  vi.stubGlobal('document', Object.assign(new EventTarget(), { baseURI: 'http://host:8000/' }))
  vi.stubGlobal('location', new URL('http://host:8000/static/doorbell.html'))
  stubIo(5)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  sockets.length = 0
})

function theSocket(): FakeIoSocket {
  const [socket] = sockets
  if (!socket) throw new Error('no socket was made')
  return socket
}

const NAMES = [
  'connect',
  'disconnect',
  'server_connected',
  'live_event',
  'gap',
  'command_result',
  'video_stream_ready',
  'error',
  'max_reconnect',
] as const satisfies readonly (keyof WebSocketClientEvents)[]

/** A client that is connecting, and what it tells. */
async function connecting(options: WebSocketClientOptions = {}, url?: string) {
  const client = new WebSocketClient(url, options)
  const told: unknown[][] = []
  for (const name of NAMES) client.on(name, (data) => told.push([name, data]))
  client.connect()
  await settle()
  return { client, socket: theSocket(), takeTold: () => told.splice(0) }
}

async function connected(options: WebSocketClientOptions = {}) {
  const made = await connecting(options)
  made.socket.accept()
  made.takeTold()
  return made
}

describe('WebSocketClient: its connection', () => {
  it('connects to the address that old pages use', async () => {
    const { client, socket, takeTold } = await connecting()
    expect([socket.url, client.url]).toEqual(['ws://host:8000/socket.io/', 'ws://host:8000/socket.io/'])
    socket.accept()
    socket.receive('connected', { client_id: 'c', server_capabilities: ['live_events'] })
    expect(takeTold()).toEqual([
      ['connect', { connected: true }],
      ['server_connected', { client_id: 'c', server_capabilities: ['live_events'] }],
    ])
    expect(client.connected).toBe(true)
    client.disconnect()
    expect(takeTold()).toEqual([['disconnect', { reason: 'io client disconnect' }]])
    expect([client.connected, vi.getTimerCount()]).toEqual([false, 0])
  })

  it('reconnects after 3 s, twice as long after each failure, at most after 30 s; says when ten have failed, and goes on', async () => {
    const { socket, takeTold } = await connected()
    socket.lose()
    expect(takeTold()).toEqual([['disconnect', { reason: 'transport close' }]])
    const error = ['error', { message: 'xhr poll error' }]
    for (const delay of [3000, 6000, 12_000, 24_000, 30_000, 30_000, 30_000, 30_000, 30_000, 30_000]) {
      const { attempts } = socket
      await wait(delay - 1)
      expect(socket.attempts).toBe(attempts)
      await wait(1)
      expect(socket.attempts).toBe(attempts + 1)
      takeTold()
      socket.receive('connect_error', new Error('xhr poll error'))
    }
    expect(takeTold()).toEqual([error, ['max_reconnect', { attempts: 10 }]])
    await wait(30_000)
    socket.receive('connect_error', new Error('xhr poll error'))
    expect(takeTold()).toEqual([error])
    await wait(30_000)
    socket.accept()
    socket.lose('ping timeout')
    const { attempts } = socket
    await wait(3000)
    expect(socket.attempts).toBe(attempts + 1)
  })

  it('tries again when the server has refused it, with a fresh token and not before it was told', async () => {
    const token = vi.fn(async () => `t${token.mock.calls.length}`)
    const { socket, takeTold } = await connecting({ token })
    expect(socket.credentials).toEqual({ token: 't1' })
    const refusal = Object.assign(new Error('Max connections reached'), {
      data: { code: 'exhausted', retry_after: 60 },
    })
    socket.receive('connect_error', refusal)
    expect(takeTold()).toEqual([['error', { message: 'Max connections reached', code: 'exhausted', retry_after: 60 }]])
    pageWindow.dispatchEvent(new Event('pageshow'))
    await wait(59_999)
    expect(socket.attempts).toBe(1)
    await wait(1)
    expect([socket.attempts, socket.credentials]).toEqual([2, { token: 't2' }])
  })

  it('reconnects when the server has disconnected it, and at once when the network is back', async () => {
    const { socket } = await connected()
    socket.lose('io server disconnect')
    pageWindow.dispatchEvent(new Event('online'))
    await settle()
    expect(socket.attempts).toBe(2)
  })

  it('takes a connection that breaks before it is accepted for a failed attempt', async () => {
    const { socket, takeTold } = await connecting()
    socket.lose()
    expect(takeTold()).toEqual([['error', { message: 'transport close' }]])
    await wait(3000)
    expect(socket.attempts).toBe(2)
    socket.accept()
    await wait(60_000)
    expect([socket.attempts, vi.getTimerCount()]).toEqual([2, 0])
  })

  it('gives up an attempt that gets no answer', async () => {
    const { socket, takeTold } = await connecting()
    await wait(20_000)
    expect(takeTold()).toEqual([['error', { message: 'No answer in 20 s.' }]])
    await wait(3000)
    expect(socket.attempts).toBe(2)
  })

  it('works with clients before version 3: the token in the query, a refusal as an "error"', async () => {
    stubIo(4)
    const { socket, takeTold } = await connecting({ token: 'bvk_1' })
    expect(socket.io.opts.query).toEqual({ token: 'bvk_1' })
    socket.receive('error', 'Sign in first.')
    socket.receive('error', 'Sign in first.')
    expect(takeTold()).toEqual([['error', { message: 'Sign in first.' }]])
    await wait(3000)
    expect(socket.attempts).toBe(2)
  })

  it('tries again to load Socket.IO’s client', async () => {
    vi.unstubAllGlobals()
    vi.stubGlobal('window', pageWindow)
    vi.stubGlobal('location', new URL('http://host:8000/static/doorbell.html'))
    const scripts: { src: string; onload: () => void; onerror: () => void; remove: () => void }[] = []
    vi.stubGlobal(
      'document',
      Object.assign(new EventTarget(), {
        createElement: () => ({ remove: () => {} }),
        head: { append: (script: (typeof scripts)[number]) => scripts.push(script) },
      }),
    )
    const client = new WebSocketClient()
    const error = vi.fn()
    client.on('error', error).connect()
    await settle()
    scripts[0]?.onerror()
    await settle()
    const src = 'http://host:8000/static/js/socket.io.min.js'
    expect([error.mock.calls, scripts[0]?.src]).toEqual([[[{ message: `${src} could not be loaded` }]], src])
    await wait(3000)
    stubIo(5)
    scripts[1]?.onload()
    await settle()
    expect(theSocket().attempts).toBe(1)
    client.disconnect()
  })
})

describe('WebSocketClient: events', () => {
  it('subscribes when it is connected, and again after each reconnect, from where it was', async () => {
    const { client, socket, takeTold } = await connecting()
    client.subscribe(['DOORBELL_PRESSED'])
    expect(socket.sent).toEqual([])
    socket.accept()
    client.subscribe('motion')
    client.subscribe([])
    const all = { name: 'subscribe', payload: { event_types: ['DOORBELL_PRESSED', 'motion', '*'] } }
    expect(socket.sent).toMatchObject([
      { payload: { event_types: ['DOORBELL_PRESSED'] } },
      { payload: { event_types: ['DOORBELL_PRESSED', 'motion'] } },
      all,
    ])
    socket.receive('subscribed', { event_types: [] }, '4-0')
    expect(socket.credentials).toEqual({ offset: '4-0' })
    takeTold()
    const event = (id: string) => ({ event_id: id, event_type: 'MOTION', data: {}, timestamp: 1 })
    for (const id of ['5-0', '5-1', '5-0']) socket.receive('live_event', event(id), id)
    expect(takeTold()).toEqual([
      ['live_event', event('5-0')],
      ['live_event', event('5-1')],
    ])
    const waiting = { event_type: 'MOTION', data: {}, timestamp: 1, receipt: 'run-1' }
    socket.receive('live_event', waiting)
    socket.receive('live_event', { ...waiting, ...event('5-2') }, '5-2')
    expect(takeTold()).toEqual([['live_event', waiting]])
    socket.lose()
    await wait(3000)
    expect(socket.credentials).toEqual({ offset: '5-2' })
    socket.sent.length = 0
    socket.accept()
    expect(socket.sent).toMatchObject([all])
    takeTold()
    socket.receive('gap', { missed_from: '5-2', missed_to: '3-0' })
    socket.receive('live_event', event('4-0'), '4-0')
    socket.receive('live_event', { event_type: 'OLD', data: {}, timestamp: 1 })
    expect(takeTold().map(([name]) => name)).toEqual(['gap', 'live_event', 'live_event'])
  })
})

describe('WebSocketClient: commands', () => {
  const ring = { command: 'trigger_doorbell', params: {} }

  it('waits for the connection, and gives each its own result', async () => {
    const { client, socket, takeTold } = await connecting()
    const results = [client.sendCommand('trigger_doorbell'), client.sendCommand('trigger_doorbell', { label: 'a' })]
    expect(socket.sent).toEqual([])
    socket.accept()
    const [first, second] = socket.sent
    expect([first?.payload, second?.payload]).toEqual([ring, { command: 'trigger_doorbell', params: { label: 'a' } }])
    second?.answered?.({ command: 'trigger_doorbell', success: true, result: { n: 2 } })
    first?.answered?.({ command: 'trigger_doorbell', success: true, result: { n: 1 } })
    expect(await Promise.all(results)).toEqual([{ n: 1 }, { n: 2 }])
    takeTold()
    socket.receive('command_result', { command: 'trigger_doorbell', success: true, result: {} })
    expect(takeTold()).toEqual([['command_result', { command: 'trigger_doorbell', success: true, result: {} }]])
  })

  it('fails with the server’s sentence', async () => {
    const { client, socket } = await connected()
    const answers: unknown[] = [
      { command: 'x', success: false, error: 'Unknown command: x' },
      { message: 'Insufficient permissions' },
      null,
      undefined,
    ]
    const failures = answers.map(async (answer) => {
      const result = client.sendCommand('x')
      socket.sent.at(-1)?.answered?.(answer)
      return result.then(String, ({ message }: Error) => message)
    })
    expect(await Promise.all(failures)).toEqual([
      'Unknown command: x',
      'Insufficient permissions',
      'The server gave no reason.',
      'The server gave no reason.',
    ])
  })
})

describe('WebSocketClient: video', () => {
  it('says where it is, or why there is none', async () => {
    const { client, socket } = await connected()
    const video = client.requestVideoStream('low')
    expect(socket.sent.at(-1)?.payload).toEqual({ quality: 'low' })
    socket.sent.at(-1)?.answered?.({ stream_url: '/stream/video/1', quality: 'low' })
    expect(await video).toEqual({ stream_url: '/stream/video/1', quality: 'low' })
    const none = client.requestVideoStream().catch(({ message }: Error) => message)
    socket.sent.at(-1)?.answered?.({ message: 'There is no video yet.' })
    expect(await none).toBe('There is no video yet.')
    const late = client.requestVideoStream().catch(({ message }: Error) => message)
    await wait(10_000)
    expect(await late).toBe('The request for a video was not answered in 10 s.')
  })
})
