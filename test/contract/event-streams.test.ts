import { describe, expect, it } from 'vitest'
import { ask, must, startHouse } from '../support/accounts.ts'
import { EventStreamClient } from '../support/event-stream.ts'
import { RawConnection } from '../support/raw.ts'
import { authorized, type Fields, freshLabel, KEY, TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

async function post(server: TestServer, label: string, n: number, more: object = {}): Promise<string> {
  const body = { type: 'test', label, data: { n }, ...more }
  return String((await must(server, 'POST /events', { token: KEY, body })).id)
}

const numbers = (events: readonly Fields[]) => events.map(({ data }) => Object(data).n)

/** The raw answer of a request whose response stays open or ends. */
async function rawStream(server: TestServer, path: string, headers = ''): Promise<RawConnection> {
  const connection = await RawConnection.open(server.url)
  connection.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${KEY}\r\n${headers}\r\n`)
  return connection
}

describe('GET /stream/events', () => {
  const shared = TestServer.ofFile()

  it('has the headers that keep proxies from holding it back', async () => {
    const connection = await rawStream(await shared(), '/stream/events?client_id=door')
    const text = await connection.sees('capabilities')
    const [head = '', body = ''] = text.split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 200 /)
    expect(head).toMatch(/^content-type: text\/event-stream\r?$/im)
    expect(head).toMatch(/^cache-control: no-cache, no-transform\r?$/im)
    expect(head).toMatch(/^x-accel-buffering: no\r?$/im)
    expect(body).toMatch(/retry: 3000\n\n/)
    expect(body).toMatch(
      /event: connected\ndata: \{"client_id":"door","server_time":\d+(\.\d+)?,"capabilities":\["events","system_status","controls"\]\}\n\n/,
    )
    connection.socket.destroy()
  })

  it('gives a new client what is kept, then what happens, in the doorbell’s words', async () => {
    const server = await shared()
    const label = freshLabel()
    const before = await post(server, label, 0)
    const stream = new EventStreamClient(server, `/stream/events?labels=${label}`)
    await stream.sees('event')
    const now = await post(server, label, 1, {
      type: 'doorbell_pressed',
      source: 'front door',
      priority: 'HIGH',
      key: 'cam',
    })
    await stream.sees('event', 2)
    expect(stream.received[0]).toMatchObject({
      type: 'connected',
      id: '',
      data: { client_id: expect.stringMatching(/^.{8,}$/), server_time: expect.any(Number) },
    })
    expect(stream.received.slice(1)).toEqual([
      { type: 'event', id: before, data: expect.objectContaining({ event_id: before, event_type: 'TEST' }) },
      {
        type: 'event',
        id: now,
        data: {
          event_id: now,
          event_type: 'DOORBELL_PRESSED',
          timestamp: expect.any(Number),
          source: 'front door',
          priority: 'HIGH',
          data: { n: 1 },
          label,
          key: 'cam',
        },
      },
    ])
    expect(Math.abs(Number(stream.all('event')[1]?.timestamp) - Date.now() / 1000)).toBeLessThan(60)
  })

  it('goes on exactly after the last event that was seen, by header and by URL', async () => {
    const server = await shared()
    const label = freshLabel()
    const ids = [await post(server, label, 0), await post(server, label, 1), await post(server, label, 2)]
    for (const [query, headers] of [
      [`&last_event_id=${ids[0]}`, {}],
      ['', { 'Last-Event-ID': ids[0] }],
      // The header is of a later connection.
      [`&last_event_id=${ids[2]}`, { 'Last-Event-ID': ids[0] }],
    ] as [string, Record<string, string>][]) {
      const stream = new EventStreamClient(server, `/stream/events?labels=${label}${query}`, undefined, headers)
      expect(numbers(await stream.sees('event', 2)), query).toEqual([1, 2])
      expect(stream.all('gap')).toEqual([])
      stream.close()
    }
  })

  it('tells of a gap first, without an id, and then gives what there is', async () => {
    const server = await TestServer.start({ config: { 'events.keep': 3 } })
    const ids: string[] = []
    for (let n = 0; n < 6; n++) ids.push(await post(server, 'a', n))
    const stream = new EventStreamClient(server, `/stream/events?last_event_id=${ids[0]}`)
    expect(numbers(await stream.sees('event', 3))).toEqual([3, 4, 5])
    expect(stream.received.map(({ type }) => type)).toEqual(['connected', 'gap', 'event', 'event', 'event'])
    expect(stream.received[1]).toEqual({ type: 'gap', id: '', data: { missed_from: ids[0], missed_to: ids[2] } })
  })

  it('gives from the history what is not in memory any more', async () => {
    const server = await TestServer.start({ config: { 'streaming.buffer_size': 2 } })
    const first = await post(server, 'a', 0)
    for (let n = 1; n < 30; n++) await post(server, 'a', n)
    const stream = new EventStreamClient(server, `/stream/events?last_event_id=${first}`)
    expect(numbers(await stream.sees('event', 29))).toEqual(Array.from({ length: 29 }, (_, i) => i + 1))
    expect(stream.all('gap')).toEqual([])
  })

  it('is filtered by type, label and priority', async () => {
    const server = await shared()
    const label = freshLabel()
    const stream = new EventStreamClient(
      server,
      `/stream/events?labels=${label},other&types=bell,MOTION&min_priority=normal`,
    )
    await stream.sees('connected')
    await post(server, label, 0, { type: 'Bell' })
    await post(server, label, 1, { type: 'door' })
    await post(server, label, 2, { type: 'motion', priority: 'LOW' })
    await post(server, freshLabel(), 3, { type: 'bell' })
    await post(server, label, 4, { type: 'motion', priority: 'CRITICAL' })
    expect(numbers(await stream.sees('event', 2))).toEqual([0, 4])
  })

  it('beats while nothing happens', async () => {
    const server = await TestServer.start({ config: { 'streaming.heartbeat_interval': 0.1 } })
    const stream = new EventStreamClient(server, '/stream/events')
    const beats = await stream.sees('heartbeat', 2)
    expect(beats[0]).toEqual({ timestamp: expect.any(Number) })
    expect(stream.received.every(({ id }) => id === '')).toBe(true)
  })

  it('tells who is one too many to come again, and lets the others read', async () => {
    const server = await TestServer.start({ config: { 'streaming.max_connections': 50 } })
    const streams = Array.from({ length: 50 }, () => new EventStreamClient(server, '/stream/events'))
    for (const stream of streams) await stream.sees('connected')
    for (let n = 0; n < 10; n++) {
      const connection = await rawStream(server, '/stream/events', 'Connection: close\r\n')
      await connection.ended
      expect(connection.text).toMatch(/^HTTP\/1\.1 200 .*content-type: text\/event-stream\r\n/is)
      expect(connection.text).toMatch(
        /\r\n\r\nretry: 30000\nevent: error\ndata: \{"error":"Max connections reached"\}\n\n$/,
      )
    }
    expect(await (await server.get('/metrics')).text()).toContain(
      'belvedere_limited_total{limit="streaming.max_connections"} 10',
    )
    await post(server, 'a', 1)
    for (const stream of streams) expect(numbers(await stream.sees('event'))).toEqual([1])
    streams[0]?.close()
    await until(async () => {
      const next = new EventStreamClient(server, '/stream/events')
      await until(() => next.received.length > 0, 'an answer')
      return next.received[0]?.type === 'connected'
    }, 'there is room again')
  })

  it('lets no client take all places, and keeps some for admins and publishers', async () => {
    const config = { 'streaming.max_connections': 10, 'streaming.connections_per_client': 3 }
    const { server, admin, add } = await startHouse({ config })
    const [mallory, nora, otto] = [await add('mallory'), await add('nora'), await add('otto')]
    const enter = async (...tokens: (string | undefined)[]) => {
      for (const token of tokens) await new EventStreamClient(server, '/stream/events', token).sees('connected')
    }
    const refused = async (token: string) => {
      const response = await server.get('/stream/events', { ...authorized(token), connection: 'close' })
      return /^retry: 30000\nevent: error\ndata: \{"error":"([^"]*)"\}\n\n$/.exec(await response.text())?.[1]
    }
    await enter(mallory.access, mallory.access, mallory.access)
    const isFullForOne = 'Max connections reached for one client (streaming.connections_per_client)'
    expect(await refused(mallory.access)).toBe(isFullForOne)
    await enter(nora.access, nora.access, nora.access, KEY, KEY, undefined)
    const isKept = 'Max connections reached; those left are for admins and publishers (streaming.reserved_percent)'
    expect(await refused(otto.access)).toBe(isKept)
    await enter(admin)
    expect(await refused(KEY)).toBe('Max connections reached')
  })

  it('answers every other limit in the same way', async () => {
    const server = await TestServer.start({ config: { 'limits.connections_per_client': 1 } })
    const first = new EventStreamClient(server, '/stream/events', KEY)
    await first.sees('connected')
    for (const path of ['/stream/events', '/stream/system-status']) {
      const connection = await rawStream(server, path, 'Connection: close\r\n')
      await connection.ended
      expect(connection.text).toMatch(/^HTTP\/1\.1 200 /)
      expect(connection.text).toContain('(limits.connections_per_client)')
    }
  })

  it('is for those who may view, and shows each what is theirs', async () => {
    const { server, admin, add } = await startHouse()
    const nora = await add('nora', 'guest', ['North'])
    for (const path of ['/stream/events', '/stream/system-status'])
      expect(await ask(server, `GET ${path}`, { token: 'wrong' })).toMatchObject({
        status: 401,
        body: { error: 'Unauthorized' },
      })
    const stream = new EventStreamClient(server, `/stream/events?token=${nora.access}`)
    await stream.sees('connected')
    await post(server, 'South', 0)
    await post(server, 'North', 1)
    expect(numbers(await stream.sees('event'))).toEqual([1])
    await must(server, 'POST /delete_user', { token: admin, body: { username: 'nora' } })
    await post(server, 'North', 2)
    const errors = await stream.sees('error')
    expect(errors[0]).toEqual({ error: expect.any(String) })
    expect(numbers(stream.all('event'))).toEqual([1])
  })

  it('refuses a wish that cannot be met', async () => {
    const server = await shared()
    expect(await ask(server, 'GET /stream/events?min_priority=x', { token: KEY })).toMatchObject({
      status: 422,
      body: { error: expect.stringContaining('min_priority') },
    })
  })

  it('is not there when it is switched off, while everything else is', async () => {
    const server = await TestServer.start({ config: { 'streaming.enabled': 'false' } })
    for (const path of ['/stream/events', '/stream/system-status']) expect((await server.get(path)).status).toBe(404)
    expect((await server.get('/events')).status).toBe(200)
  })
})

describe('GET /stream/system-status', () => {
  it('says how the server is, again and again', async () => {
    const server = await TestServer.start({ config: { 'streaming.status_interval': 0.1, 'streaming.buffer_size': 7 } })
    const events = new EventStreamClient(server, '/stream/events')
    await events.sees('connected')
    const stream = new EventStreamClient(server, '/stream/system-status?client_id=page')
    expect((await stream.sees('status_connected'))[0]).toEqual({ client_id: 'page' })
    await post(server, 'a', 1)
    await events.sees('event')
    const seen = (await stream.sees('system_status')).length
    const statuses = await stream.sees('system_status', seen + 2)
    expect(statuses.at(-1)).toEqual({
      timestamp: expect.any(Number),
      streaming_status: 'running',
      active_connections: 1,
      events_streamed: 1,
      buffer_size: 7,
      events_stored: true,
    })
  })
})
