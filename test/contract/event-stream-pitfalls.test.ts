import { describe, expect, it } from 'vitest'
import { must, startHouse } from '../support/accounts.ts'
import { EventStreamClient } from '../support/event-stream.ts'
import { RawConnection, rawRequest } from '../support/raw.ts'
import { authorized, freshLabel, KEY, TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

/** Reads an event stream as it comes over the wire. */
async function open(server: TestServer, path: string, headers = ''): Promise<RawConnection> {
  const connection = await RawConnection.open(server.url)
  connection.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${KEY}\r\n${headers}\r\n`)
  return connection
}

const STREAMS = ['/stream/events', '/stream/system-status']

/*
 * What goes wrong with event streams in practice. That a page's EventSource comes again by itself is in
 * test/e2e/event-stream.test.ts; what the client scripts must do for themselves is tested with them.
 */
describe('pitfalls of event streams', () => {
  const shared = TestServer.ofFile()

  it.each(STREAMS)(
    'no proxy or compressor holds back %s: it may not be changed, buffered or compressed',
    async (path) => {
      const connection = await open(await shared(), path, 'Accept-Encoding: gzip, br\r\n')
      // The first message comes at once, not once there is a block of them.
      const text = await connection.sees('connected')
      expect(text).toMatch(/^cache-control: no-cache, no-transform\r$/im)
      expect(text).toMatch(/^x-accel-buffering: no\r$/im)
      expect(text).not.toMatch(/^content-(encoding|length):/im)
    },
  )

  it.each(STREAMS)('the answer to one too many on %s has the same headers', async (path) => {
    const server = await TestServer.start({ config: { 'limits.connections_per_client': 1 } })
    const one = await open(server, '/stream/events')
    await one.sees('connected')
    const { headers } = await rawRequest(server.url + path, { headers: authorized() })
    expect(headers).toMatchObject({ 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' })
  })

  it('a line break in what is sent begins no field: CR, LF and CRLF arrive as they are', async () => {
    const server = await shared()
    const label = freshLabel()
    const data = { text: 'a\rid: 1\nevent: gap\r\ndata: {}\r\r\n\n\0\u2028', '\rkey\n': '\r' }
    const connection = await open(server, `/stream/events?labels=${label}`)
    const stream = new EventStreamClient(server, `/stream/events?labels=${label}`, KEY)
    await stream.sees('connected')
    await connection.sees('connected')
    const { id } = await must(server, 'POST /events', { token: KEY, body: { type: 'x', label, data } })
    expect(await stream.sees('event')).toMatchObject([{ event_id: id, data }])
    const text = await connection.sees(`id: ${id}`)
    expect(text.slice(text.indexOf('\r\n\r\n')).replaceAll('\r\n', '')).not.toContain('\r')
  })

  it('none gets into a type or an id, whatever is sent', async () => {
    const server = await shared()
    for (const end of ['\r', '\n', '\r\n', '\0'])
      for (const body of [
        { type: `x${end}id: 1` },
        { type: 'x', source: `x${end}` },
        { type: 'x', label: `x${end}` },
      ]) {
        const answer = await rawRequest(`${server.url}/events`, {
          method: 'POST',
          headers: { ...authorized(), 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
        expect([body, answer.status]).toEqual([body, 422])
      }
    const named = await rawRequest(`${server.url}/stream/events?client_id=a%0Aid:%201`, { headers: authorized() })
    expect(named.status).toBe(422)
  })

  it('connected, gap and heartbeat have no id: line, so the client keeps its last one', async () => {
    const server = await TestServer.start({ config: { 'streaming.heartbeat_interval': 0.1 } })
    const stream = new EventStreamClient(server, '/stream/events?last_event_id=1-0', KEY)
    await stream.sees('gap')
    const { id } = await must(server, 'POST /events', { token: KEY, body: { type: 'x', label: 'a' } })
    await stream.sees('event')
    const beats = stream.all('heartbeat').length
    await stream.sees('heartbeat', beats + 2)
    expect(stream.received.slice(0, 2)).toMatchObject([
      { type: 'connected', id: '' },
      { type: 'gap', id: '' },
    ])
    expect(stream.received.at(-1)).toMatchObject({ type: 'heartbeat', id })
    const connection = await open(server, '/stream/events?last_event_id=1-0')
    const text = await connection.sees('event: heartbeat')
    const withId = text.split('\n\n').filter((message) => /^id:/m.test(message))
    expect(withId).toHaveLength(1)
    expect(withId[0]).toMatch(new RegExp(`^id: ${id}\nevent: event\n`, 'm'))
  })

  it('one 5xx or 429 would end a page’s stream for good: a limit of any kind answers 200 with retry', async () => {
    const limits: readonly Record<string, number>[] = [
      { 'limits.calls_per_minute': 1 },
      { 'streaming.max_connections': 1 },
      { 'limits.connections_per_client': 1 },
      { 'viewers.max': 1 },
    ]
    for (const config of limits) {
      const server = await TestServer.start({ config })
      const one = await open(server, '/stream/events')
      await one.sees('connected')
      const { status, headers, body } = await rawRequest(`${server.url}/stream/events`, { headers: authorized() })
      expect([config, status, headers['content-type']]).toEqual([config, 200, 'text/event-stream'])
      expect(body).toMatch(/^retry: (30000|\d{5,})\nevent: error\ndata: \{"error":"[^"]+"\}\n\n$/)
    }
  })

  it('an event stream that the server ends says why first: a right that ended, a shutdown', async () => {
    const { server, admin, add } = await startHouse()
    const nora = await add('nora')
    const [hers, ours] = [nora.access, admin].map((token) => new EventStreamClient(server, '/stream/events', token))
    await hers?.sees('connected')
    await ours?.sees('connected')
    await must(server, 'PUT /set_user_active_status', { token: admin, body: { username: 'nora', is_active: false } })
    expect(await hers?.sees('error')).toEqual([{ error: 'this account was disabled' }])
    await server.close()
    expect(await ours?.sees('error')).toEqual([{ error: expect.stringMatching(/going down/) }])
  })

  it('a client that is gone without a word frees its place', async () => {
    const server = await TestServer.start({ config: { 'streaming.max_connections': 1 } })
    const one = await open(server, '/stream/events')
    await one.sees('connected')
    one.socket.resetAndDestroy()
    await until(async () => {
      const connection = await open(server, '/stream/events', 'Connection: close\r\n')
      return !(await connection.sees('data:')).includes('Max connections')
    }, 'there is room')
  })
})
