import { describe, expect, it } from 'vitest'
import { ask, must, startHouse } from '../support/accounts.ts'
import { PASSWORD } from '../support/people.ts'
import { freshLabel, KEY, TestServer } from '../support/server.ts'
import { SocketIoClient, type SocketIoOptions } from '../support/socket-io.ts'
import { until } from '../support/until.ts'

async function post(server: TestServer, label: string, n: number, more: object = {}): Promise<string> {
  const body = { type: 'test', label, data: { n }, ...more }
  return String((await must(server, 'POST /events', { token: KEY, body })).id)
}

describe('Socket.IO', () => {
  const shared = TestServer.ofFile({ config: { 'streaming.max_connections': 1000 } })

  const TRANSPORTS = [['websocket'], ['polling'], ['polling', 'websocket']]
  const WAYS: SocketIoOptions[] = [4, 2].flatMap((version) =>
    TRANSPORTS.flatMap((transports) =>
      ['/', '/socket.io/'].map((namespace) => ({ version, transports, namespace }) as SocketIoOptions),
    ),
  )

  it.each(WAYS)('serves client $version over $transports in $namespace', async (options) => {
    const server = await shared()
    const label = freshLabel()
    const client = new SocketIoClient(server, options)
    const [connected] = await client.sees('connected')
    expect(connected).toEqual({
      client_id: client.socket.id,
      server_capabilities: ['system_control', 'live_events', 'video_stream', 'configuration'],
    })
    expect(client.all('message')).toEqual([{ data: 'Connected' }])
    expect(await client.ask('subscribe', { event_types: ['Bell', 'test'] })).toEqual({ event_types: ['Bell', 'test'] })
    await client.sees('subscribed')
    const last = String(options.transports?.at(-1))
    await until(() => client.transport === last, `it uses ${last}`)
    const ids = [await post(server, label, 0), await post(server, label, 1, { type: 'bell' })]
    await post(server, label, 2, { type: 'other' })
    ids.push(await post(server, label, 3, { type: 'TEST' }))
    const mine = () => client.all('live_event').filter((event) => event.label === label)
    await until(() => mine().length === 3, 'three events')
    expect(mine().map(({ event_id }) => event_id)).toEqual(ids)
    expect(mine()[1]).toMatchObject({ event_type: 'BELL', data: { n: 1 }, timestamp: expect.any(Number) })
    expect(client.all('error')).toEqual([])
  })
})

const numbers = (client: SocketIoClient) => client.all('live_event').map(({ data }) => Object(data).n)

describe('subscriptions of Socket.IO', () => {
  it('are added to one another, and everything without types', async () => {
    const server = await TestServer.start()
    const client = new SocketIoClient(server)
    expect(await client.ask('subscribe', { event_types: ['a'] })).toEqual({ event_types: ['a'] })
    expect(await client.ask('subscribe', { event_types: ['b'] })).toEqual({ event_types: ['a', 'b'] })
    await post(server, 'x', 0, { type: 'A' })
    await post(server, 'x', 1, { type: 'c' })
    await post(server, 'x', 2, { type: 'b' })
    await client.sees('live_event', 2)
    expect(await client.ask('subscribe', {})).toEqual({ event_types: ['*'] })
    await post(server, 'x', 3, { type: 'c' })
    await client.sees('live_event', 3)
    expect(numbers(client)).toEqual([0, 2, 3])
  })

  it.each([['websocket'], ['polling']])('in a row are answered each, over %s', async (transport) => {
    const server = await TestServer.start()
    const client = new SocketIoClient(server, { transports: [transport] })
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((type) => client.ask('subscribe', { event_types: [type] })),
    )
    expect(answers.map(({ event_types }) => Object(event_types).length)).toEqual([1, 2, 3, 4])
    expect(await client.sees('subscribed', 4)).toEqual(answers)
  })

  it('give old clients what is kept, new ones what happens from then on', async () => {
    const server = await TestServer.start({ config: { 'streaming.buffer_size': 3 } })
    for (let n = 0; n < 5; n++) await post(server, 'x', n)
    const old = new SocketIoClient(server, { version: 2 })
    const young = new SocketIoClient(server)
    for (const client of [old, young]) await client.ask('subscribe', { event_types: [] })
    await post(server, 'x', 5)
    await old.sees('live_event', 4)
    await young.sees('live_event')
    expect(numbers(old)).toEqual([2, 3, 4, 5])
    expect(numbers(young)).toEqual([5])
    // The last argument is the offset, for libraries that keep it.
    const argsOf = (client: SocketIoClient) =>
      client.received.findLast(({ name }) => name === 'live_event')?.args.length
    expect([argsOf(old), argsOf(young)]).toEqual([1, 2])
  })
})

describe('a client of Socket.IO that is cut off', () => {
  it.each([['websocket'], ['polling']])('goes on over %s where it was, as often as it is', async (transport) => {
    const server = await TestServer.start({ config: { 'streaming.buffer_size': 5 } })
    const client = new SocketIoClient(server, { transports: [transport] })
    await client.ask('subscribe', { event_types: ['test'] })
    const { id } = client.socket
    let n = 0
    for (let times = 1; times <= 3; times++) {
      for (const end = n + 10; n < end; n++) await post(server, 'x', n)
      await client.cut()
      // From the history, as memory holds five.
      for (const end = n + 10; n < end; n++) await post(server, 'x', n)
      await until(() => client.all('connect').length === times + 1, 'it has come again')
      await client.sees('live_event', n)
    }
    expect(numbers(client)).toEqual(Array.from({ length: n }, (_, i) => i))
    expect([client.socket.id, Reflect.get(client.socket, 'recovered')]).toEqual([id, true])
    expect([client.all('subscribed').length, client.all('gap').length]).toEqual([1, 0])
  })

  it('is recovered also if nothing had happened before', async () => {
    const server = await TestServer.start()
    const client = new SocketIoClient(server, { reconnection: false })
    await client.ask('subscribe', {})
    await client.sees('subscribed')
    await client.cut()
    await post(server, 'x', 0)
    client.socket.connect()
    await client.sees('live_event')
    expect(Reflect.get(client.socket, 'recovered')).toBe(true)
  })

  it('goes on by its offset once it subscribes again, where the server does not know it any more', async () => {
    const server = await TestServer.start({ config: { 'streaming.recovery_s': 0 } })
    const client = new SocketIoClient(server, { reconnection: false })
    await client.ask('subscribe', {})
    await post(server, 'x', 0)
    await client.sees('live_event')
    const seen = String(client.all('live_event')[0]?.event_id)
    await client.cut()
    for (let n = 1; n < 4; n++) await post(server, 'x', n)
    client.socket.connect()
    await client.sees('connect', 2)
    expect(Reflect.get(client.socket, 'recovered')).toBe(false)
    await client.ask('subscribe', {})
    await client.sees('live_event', 4)
    expect(numbers(client)).toEqual([0, 1, 2, 3])
    expect(client.received.findLast(({ name }) => name === 'subscribed')?.args[1]).toBe(seen)
  })

  it('misses nothing of its second subscription either, nor does an old client of what is kept', async () => {
    const server = await TestServer.start({ config: { 'streaming.recovery_s': 0 } })
    // What is sent at once comes at once: over polling the second subscription waits for the answer to the first.
    const transports = ['websocket']
    const client = new SocketIoClient(server, { transports, reconnection: false })
    await client.ask('subscribe', { event_types: ['test'] })
    await client.ask('subscribe', { event_types: ['other'] })
    await post(server, 'x', 0)
    await client.sees('live_event')
    await client.cut()
    for (let n = 1; n < 5; n++) await post(server, 'x', n, { type: n % 2 === 0 ? 'test' : 'other' })
    client.socket.connect()
    await client.sees('connect', 2)
    const old = new SocketIoClient(server, { version: 2, transports })
    for (const each of [client, old])
      await Promise.all(['test', 'other'].map((type) => each.ask('subscribe', { event_types: [type] })))
    for (const each of [client, old]) {
      await each.sees('live_event', 5)
      expect(numbers(each)).toEqual([0, 1, 2, 3, 4])
    }
  })

  it('is told of a gap, and not recovered over one', async () => {
    const server = await TestServer.start({ config: { 'events.keep': 3 } })
    const client = new SocketIoClient(server, { reconnection: false })
    await client.ask('subscribe', {})
    await post(server, 'x', 0)
    const [first] = await client.sees('live_event')
    await client.cut()
    const ids: string[] = []
    for (let n = 1; n < 8; n++) ids.push(await post(server, 'x', n))
    client.socket.connect()
    await client.sees('connect', 2)
    expect(Reflect.get(client.socket, 'recovered')).toBe(false)
    await client.ask('subscribe', {})
    await client.sees('live_event', 4)
    expect(client.all('gap')).toEqual([{ missed_from: first?.event_id, missed_to: ids[3] }])
    expect(numbers(client)).toEqual([0, 5, 6, 7])
  })
})

describe('who is on Socket.IO', () => {
  it('is asked for the token, which may come in every place', async () => {
    const { server, add } = await startHouse({ config: { 'access.anonymous': 'none' } })
    const ann = await add('ann', 'user', ['North'])
    const extraHeaders = { authorization: `Bearer ${ann.access}` }
    const query = { token: ann.access }
    const ways: SocketIoOptions[] = [
      { auth: { token: ann.access } },
      { query },
      { extraHeaders },
      { version: 2, query },
      { version: 2, extraHeaders, transportOptions: { polling: { extraHeaders } } },
      { auth: { token: ann.access }, query: { token: 'wrong' } },
    ]
    for (const way of ways) {
      const client = new SocketIoClient(server, way)
      await client.sees('connected')
      await client.ask('subscribe', {})
      await post(server, 'South', 1)
      await post(server, 'North', 2)
      await until(() => client.all('live_event').some(({ data }) => Object(data).n === 2), 'its own event')
      expect(client.all('live_event').map(({ label }) => label)).not.toContain('South')
      client.socket.disconnect()
    }
  })

  it('is refused with a code, and does not hammer', async () => {
    const { server } = await startHouse({ config: { 'access.anonymous': 'none' } })
    const young = new SocketIoClient(server)
    const old = new SocketIoClient(server, { version: 2 })
    const wrong = new SocketIoClient(server, { auth: { token: 'wrong' } })
    const odd = new SocketIoClient(server, { auth: { token: 7 } })
    const [refusal] = (await young.sees('connect_error')) as unknown as { data: unknown; message: string }[]
    expect(refusal?.data).toMatchObject({ code: 'unauthenticated', message: refusal?.message })
    expect(await old.sees('error')).toMatchObject([{ code: 'unauthenticated' }])
    expect(await wrong.sees('connect_error')).toMatchObject([{ data: { code: 'unauthenticated' } }])
    expect(await odd.sees('connect_error')).toMatchObject([{ data: { code: 'invalid' } }])
    expect(young.all('connect_error')).toHaveLength(1)
  })

  it('is cut off when the right ends, and not let in again', async () => {
    const { server, admin, add } = await startHouse({ config: { 'access.anonymous': 'none' } })
    const ann = await add('ann')
    const clients = [{}, { transports: ['polling'] }, { version: 2 as const, query: { token: ann.access } }].map(
      (way) => new SocketIoClient(server, { auth: { token: ann.access }, ...way }),
    )
    for (const client of clients) await client.ask('subscribe', {})
    await must(server, 'POST /delete_user', { token: admin, body: { username: 'ann' } })
    for (const client of clients) {
      await client.sees('disconnect')
      expect(client.all('error')).toHaveLength(1)
      expect(client.received.find(({ name }) => name === 'disconnect')?.args[0]).toBe('io server disconnect')
    }
    const [first] = clients
    first?.socket.connect()
    await first?.sees('connect_error')
    expect(first?.all('connect')).toHaveLength(1)
  })

  it('is not recovered after the right has ended', async () => {
    const { server, admin, add } = await startHouse({ config: { 'access.anonymous': 'none' } })
    const ann = await add('ann')
    const client = new SocketIoClient(server, { auth: { token: ann.access }, reconnection: false })
    await client.ask('subscribe', {})
    await client.sees('subscribed')
    await client.cut()
    await must(server, 'PUT /set_user_active_status', { token: admin, body: { username: 'ann', is_active: false } })
    client.socket.connect()
    expect(await client.sees('connect_error')).toMatchObject([{ data: { code: 'unauthenticated' } }])
  })

  it('takes one of the places, which say when to come again', async () => {
    const server = await TestServer.start({ config: { 'streaming.max_connections': 2, 'streaming.full_retry_s': 7 } })
    const first = new SocketIoClient(server)
    const second = new SocketIoClient(server, { transports: ['polling'] })
    await Promise.all([first, second].map((client) => client.sees('connected')))
    const third = new SocketIoClient(server)
    expect(await third.sees('connect_error')).toMatchObject([
      { message: 'Max connections reached', data: { code: 'exhausted', retry_after: 7 } },
    ])
    first.socket.disconnect()
    await until(async () => {
      const again = new SocketIoClient(server)
      await until(() => again.received.length > 0)
      return again.all('connected').length > 0
    }, 'there is a place again')
  })

  it('has one connection for both namespaces', async () => {
    const server = await TestServer.start({ config: { 'streaming.max_connections': 1 } })
    const main = new SocketIoClient(server, { forceNew: false })
    await main.sees('connected')
    const other = new SocketIoClient(server, { forceNew: false, namespace: '/socket.io/' })
    await other.sees('connected')
    await other.ask('subscribe', { event_types: ['b'] })
    await main.ask('subscribe', { event_types: ['a'] })
    await post(server, 'x', 1, { type: 'a' })
    await post(server, 'x', 2, { type: 'b' })
    await Promise.all([main, other].map((client) => client.sees('live_event')))
    expect([numbers(main), numbers(other)]).toEqual([[1], [2]])
  })
})

describe('commands over Socket.IO', () => {
  it('are carried out, and answered to who gave them', async () => {
    const server = await TestServer.start()
    const other = new SocketIoClient(server)
    for (const version of [4, 2] as const) {
      const client = new SocketIoClient(server, { version })
      await client.ask('subscribe', { event_types: ['doorbell_pressed'] })
      const command = 'trigger_doorbell'
      const answer = await client.ask('system_command', { command, params: {} })
      expect(answer).toMatchObject({ command, success: true, result: { triggered: true } })
      expect(await client.sees('command_result')).toEqual([answer])
      await client.sees('live_event')
      client.emit('system_command', { command: 'get_system_status' })
      const [, status] = await client.sees('command_result', 2)
      expect(status).toMatchObject({ command: 'get_system_status', success: true, result: { status: 'running' } })
      expect(await client.ask('system_command', { command: 'dance', params: null })).toEqual({
        command: 'dance',
        success: false,
        error: 'Unknown command: dance',
      })
    }
    await other.sees('connected')
    expect(other.all('command_result')).toEqual([])
  })

  it('are for who may give them', async () => {
    const { server, add } = await startHouse({ config: { 'access.anonymous': 'none' } })
    const { access } = await add('guest', 'guest')
    const client = new SocketIoClient(server, { auth: { token: access } })
    expect((await client.sees('connected'))[0]?.server_capabilities).not.toContain('system_control')
    const command = 'trigger_doorbell'
    const error = 'Insufficient permissions'
    expect(await client.ask('system_command', { command })).toEqual({ command, success: false, error })
    expect(await client.sees('error')).toEqual([{ message: error }])
    expect(client.all('command_result')).toEqual([])
  })
})

describe('a page of another site', () => {
  it('may use Socket.IO with a token of its own if its site is allowed, and never the cookie', async () => {
    const site = 'https://site.example'
    const { server, add } = await startHouse({ config: { 'http.allowed_origins': site, 'access.anonymous': 'none' } })
    const { access } = await add('ann')
    const poll = (origin: string) => server.get('/socket.io/?EIO=4&transport=polling', { origin })
    const allowed = await poll(site)
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([200, site])
    expect(allowed.headers.get('x-content-type-options')).toBe('nosniff')
    expect(allowed.headers.get('set-cookie')).toBeNull()
    expect((await poll('https://other.example')).headers.get('access-control-allow-origin')).toBeNull()
    const body = { username: 'ann', password: PASSWORD }
    const { headers } = await ask(server, 'POST /session', { body, headers: { origin: server.url } })
    const cookie = String(headers['set-cookie']).split(';', 1)[0] ?? ''
    for (const transport of ['websocket', 'polling']) {
      const options = (extraHeaders: Record<string, string>, token?: string) =>
        new SocketIoClient(server, { transports: [transport], extraHeaders, auth: { token } })
      await options({ origin: site }, access).sees('connected')
      await options({ origin: server.url, cookie }).sees('connected')
      for (const origin of [site, 'https://other.example'])
        expect(await options({ origin, cookie }).sees('connect_error')).toMatchObject([{ data: { code: 'forbidden' } }])
    }
  })
})

describe('without streaming', () => {
  it('there is no Socket.IO', async () => {
    const server = await TestServer.start({ config: { 'streaming.enabled': 'false' } })
    expect((await server.get('/socket.io/?EIO=4&transport=polling')).status).toBe(404)
  })
})

it('tells where the video of the default camera is, in a quality that there is', async () => {
  const server = await TestServer.start()
  const client = new SocketIoClient(server)
  await client.sees('connected')
  expect(await client.ask('request_video_stream', { quality: 'high' })).toEqual({ error: 'There is no such camera.' })
  await server.publish('site', 'camera')
  const id = client.socket.id
  const high = { stream_url: `/stream/video/${id}?quality=high`, quality: 'high' }
  expect(await client.ask('request_video_stream', { quality: 'high' })).toEqual(high)
  const medium = { stream_url: `/stream/video/${id}?quality=medium`, quality: 'medium' }
  for (const asked of [{}, { quality: 'best' }, { quality: 1 }])
    expect(await client.ask('request_video_stream', asked)).toEqual(medium)
  expect(client.all('video_stream_ready')).toEqual([high, medium, medium, medium])
  expect((await fetch(server.url + high.stream_url, { method: 'HEAD' })).status).toBe(200)
})
