import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { encodeServerSentEvent } from '../../src/wire/event-stream.ts'
import { EventStreamClient, type EventStreamClientOptions } from './event-stream-client.ts'

/** A fake page and a fake server whose event streams are written by hand. */
class FakePage {
  readonly document = Object.assign(new EventTarget(), {
    baseURI: 'http://host:8000/static/',
    visibilityState: 'visible',
  })
  readonly window = new EventTarget()
  readonly requests: { url: URL; token: string | null; stream: FakeStream }[] = []
  /** What the server answers; default: an open event stream. */
  answer: ((stream: FakeStream) => Response) | undefined

  readonly fetch = async (
    url: string,
    { headers, signal }: { headers: Record<string, string>; signal: AbortSignal },
  ) => {
    const stream = new FakeStream(signal)
    this.requests.push({ url: new URL(url), token: headers.Authorization ?? null, stream })
    return this.answer?.(stream) ?? stream.response
  }

  get newest() {
    const last = this.requests.at(-1)
    if (!last) throw new Error('nothing was requested')
    return last
  }
}

class FakeStream {
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  readonly response: Response
  readonly signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.signal = signal
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller
        signal.addEventListener('abort', () => controller.error(signal.reason))
      },
    })
    this.response = new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }

  async send(event: string, data: object, more: { id?: string; retry?: number } = {}) {
    const text = encodeServerSentEvent({ ...more, event, data: JSON.stringify(data) })
    this.#controller?.enqueue(new TextEncoder().encode(text))
    await settle()
  }

  greet = () => this.send('connected', { client_id: 'c', server_time: 1, capabilities: [] }, { retry: 3000 })

  async end() {
    this.#controller?.close()
    await settle()
  }

  async breakOff() {
    this.#controller?.error(new TypeError('network error'))
    await settle()
  }
}

const settle = () => vi.advanceTimersByTimeAsync(0)
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms)

let page: FakePage
beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0)
  page = new FakePage()
  vi.stubGlobal('document', page.document)
  vi.stubGlobal('window', page.window)
  vi.stubGlobal('location', new URL('http://host:8000/static/doorbell.html'))
  vi.stubGlobal('fetch', page.fetch)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const NAMES = ['connected', 'event', 'gap', 'error'] as const

/** A client that is connected, and what it tells. */
async function connected(options: EventStreamClientOptions = {}, url = '/stream/events') {
  const client = new EventStreamClient(url, '/stream/system-status', options)
  const told: unknown[][] = []
  for (const name of NAMES) client.on(name, (data) => told.push([name, data]))
  client.connect()
  await settle()
  await page.newest.stream.greet()
  return { client, told, takeTold: () => told.splice(0) }
}

describe('EventStreamClient', () => {
  it('says that it is connected, and what happens', async () => {
    const { client, told } = await connected()
    await page.newest.stream.send('event', { event_id: '5-0', event_type: 'X' }, { id: '5-0' })
    expect(told).toEqual([
      ['connected', { client_id: 'c', server_time: 1, capabilities: [] }],
      ['event', { event_id: '5-0', event_type: 'X' }],
    ])
    expect([client.connected, page.newest.url.href]).toEqual([true, 'http://host:8000/stream/events'])
    client.disconnect()
    expect([client.connected, page.newest.stream.signal.aborted, vi.getTimerCount()]).toEqual([false, true, 0])
  })

  it('goes on after the last event that it saw, and gives out none twice', async () => {
    const { takeTold } = await connected()
    await page.newest.stream.send('event', { event_id: '5-0' }, { id: '5-0' })
    await page.newest.stream.breakOff()
    expect(takeTold().at(-1)).toEqual(['error', { error: 'No connection to the server: network error' }])
    await wait(3000)
    expect(page.newest.url.search).toBe('?last_event_id=5-0')
    await page.newest.stream.greet()
    await page.newest.stream.send('event', { event_id: '5-0' }, { id: '5-0' })
    await page.newest.stream.send('event', { event_id: '5-1' }, { id: '5-1' })
    expect(takeTold().slice(1)).toEqual([['event', { event_id: '5-1' }]])
  })

  it('gives out an event that came without an id once: not again when it has its id, nor after a reconnect', async () => {
    const { takeTold } = await connected()
    await page.newest.stream.send('event', { event_id: '5-0' }, { id: '5-0' })
    takeTold()
    const [first, second] = [{ receipt: 'run-1' }, { receipt: 'run-2' }]
    for (const event of [first, second]) await page.newest.stream.send('event', event)
    await page.newest.stream.send('event', { event_id: '6-0', ...first }, { id: '6-0' })
    await page.newest.stream.breakOff()
    await wait(3000)
    expect(page.newest.url.search).toBe('?last_event_id=6-0')
    await page.newest.stream.greet()
    await page.newest.stream.send('event', second)
    await page.newest.stream.send('event', { event_id: '7-0', ...second }, { id: '7-0' })
    await page.newest.stream.send('event', { event_id: '8-0', receipt: 'run-3' }, { id: '8-0' })
    expect(takeTold().flatMap(([name, data]) => (name === 'event' ? [data] : []))).toEqual([
      first,
      second,
      { event_id: '8-0', receipt: 'run-3' },
    ])
  })

  it('hands on a gap, after which ids may be lower', async () => {
    const { takeTold } = await connected()
    await page.newest.stream.send('event', { event_id: '5-0' }, { id: '5-0' })
    takeTold()
    const gap = { missed_from: '5-0', missed_to: '3-0' }
    await page.newest.stream.send('gap', gap)
    await page.newest.stream.send('event', { event_id: '4-0' }, { id: '4-0' })
    expect(takeTold()).toEqual([
      ['gap', gap],
      ['event', { event_id: '4-0' }],
    ])
  })

  it('tries again after 3 s, twice as long after each failure, at most after 30 s, and from the start once it was connected', async () => {
    const { client } = await connected()
    page.answer = () => new Response('', { status: 502 })
    await page.newest.stream.breakOff()
    for (const delay of [3000, 6000, 12_000, 24_000, 30_000, 30_000]) {
      const before = page.requests.length
      await wait(delay - 1)
      expect(page.requests.length).toBe(before)
      await wait(1)
      expect(page.requests.length).toBe(before + 1)
    }
    page.answer = undefined
    await wait(30_000)
    await page.newest.stream.greet()
    expect(client.connected).toBe(true)
    await page.newest.stream.end()
    expect(client.connected).toBe(false)
    const before = page.requests.length
    await wait(3000)
    expect(page.requests.length).toBe(before + 1)
  })

  it('adds up to a quarter at random, so that not all clients come at once', async () => {
    await connected()
    vi.mocked(Math.random).mockReturnValue(0.999)
    await page.newest.stream.breakOff()
    await wait(3700)
    expect(page.requests.length).toBe(1)
    await wait(50)
    expect(page.requests.length).toBe(2)
  })

  it('waits as long as the server asks where there is no room, also when somebody comes back to the page', async () => {
    const { client, takeTold } = await connected()
    await page.newest.stream.breakOff()
    await wait(3000)
    takeTold()
    await page.newest.stream.send('error', { error: 'Max connections reached' }, { retry: 60_000 })
    await page.newest.stream.end()
    expect(takeTold()).toEqual([['error', { error: 'Max connections reached' }]])
    page.window.dispatchEvent(new Event('pageshow'))
    await wait(59_999)
    expect(page.requests.length).toBe(2)
    await wait(1)
    expect(page.requests.length).toBe(3)
    expect(client.connected).toBe(false)
  })

  it('says what a refusal was, and asks for a token before each attempt', async () => {
    page.answer = () => Response.json({ error: 'Unauthorized' }, { status: 401, headers: { 'retry-after': '9' } })
    const token = vi.fn(async () => `t${token.mock.calls.length}`)
    const client = new EventStreamClient(undefined, undefined, { token })
    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    client.connect()
    await settle()
    expect(errors).toEqual([{ error: 'Unauthorized', status: 401 }])
    await wait(9000)
    expect(page.requests.map(({ token }) => token)).toEqual(['Bearer t1', 'Bearer t2'])
    client.disconnect()
  })

  it('takes the token of its page, but only to the page’s own server', async () => {
    vi.stubGlobal('location', new URL('http://host:8000/static/doorbell.html?token=bvs_1'))
    await connected()
    expect(page.newest.token).toBe('Bearer bvs_1')
    await connected({}, 'http://other:8000/stream/events')
    expect(page.newest.token).toBe(null)
    await connected({}, '/stream/events?token=own')
    expect([page.newest.token, page.newest.url.search]).toEqual([null, '?token=own'])
  })

  it('reconnects at once when two and a half heartbeats are missing, the interval learnt from the server', async () => {
    const { client, takeTold } = await connected()
    await page.newest.stream.send('heartbeat', { timestamp: 100 })
    await page.newest.stream.send('heartbeat', { timestamp: 110 })
    takeTold()
    await wait(24_999)
    expect(page.requests.length).toBe(1)
    await wait(1)
    expect(takeTold()).toEqual([['error', { error: 'Nothing was heard from the server for 25 s.' }]])
    expect([page.requests.length, client.connected]).toEqual([2, false])
    client.disconnect()
  })

  it('assumes 30 s until it has learnt the interval, and more if that is too short', async () => {
    await connected()
    await wait(74_999)
    expect(page.requests.length).toBe(1)
    await wait(1)
    expect(page.requests.length).toBe(2)
    await page.newest.stream.greet()
    await wait(149_999)
    expect(page.requests.length).toBe(2)
    await wait(1)
    expect(page.requests.length).toBe(3)
  })

  it('makes a new connection when the machine wakes up after too long, else keeps it', async () => {
    const { client } = await connected()
    page.window.dispatchEvent(new Event('pageshow'))
    await settle()
    expect(page.requests.length).toBe(1)
    vi.setSystemTime(Date.now() + 3_600_000)
    page.document.dispatchEvent(new Event('visibilitychange'))
    await settle()
    expect(page.requests.length).toBe(2)
    client.disconnect()
  })

  it('tries at once when the network is back', async () => {
    await connected()
    await page.newest.stream.breakOff()
    page.window.dispatchEvent(new Event('online'))
    await settle()
    expect(page.requests.length).toBe(2)
  })

  it('gives up an attempt that gets no answer', async () => {
    vi.stubGlobal('fetch', () => new Promise(() => {}))
    const client = new EventStreamClient()
    const error = vi.fn()
    client.on('error', error).connect()
    await wait(20_000)
    expect(error).toHaveBeenCalledWith({ error: 'No answer from the server in 20 s.' })
    client.disconnect()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('asks for the status only while somebody listens to it', async () => {
    const { client } = await connected()
    const seen: unknown[] = []
    const listener = (status: unknown) => seen.push(status)
    client.on('status', listener)
    await settle()
    expect(page.newest.url.pathname).toBe('/stream/system-status')
    await page.newest.stream.send('status_connected', { client_id: 'c' })
    await page.newest.stream.send('system_status', { timestamp: 5, streaming_status: 'running' })
    expect(seen).toEqual([{ timestamp: 5, streaming_status: 'running' }])
    client.off('status', listener)
    expect(page.newest.stream.signal.aborted).toBe(true)
  })

  it('is not troubled by what is no JSON, nor by a listener that fails', async () => {
    const complaint = vi.spyOn(console, 'error').mockReturnValue()
    const { client, takeTold } = await connected()
    client.on('event', () => {
      throw new Error('mine')
    })
    takeTold()
    for (const data of ['{', 'null', '5'])
      await page.newest.stream.send('event', { toJSON: () => JSON.parse(data === '{' ? '0' : data) })
    await page.newest.stream.send('heartbeat', { timestamp: 'x' })
    await page.newest.stream.send('heartbeat', { timestamp: 'y' })
    await page.newest.stream.send('event', { event_id: '6-0' }, { id: '6-0' })
    expect(takeTold()).toEqual([['event', { event_id: '6-0' }]])
    expect(complaint).toHaveBeenCalledTimes(1)
  })
})
