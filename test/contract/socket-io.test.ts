import { describe, expect, it } from 'vitest'
import { must } from '../support/accounts.ts'
import { authorized, freshLabel, KEY, TestServer } from '../support/server.ts'
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
    void authorized
  })
})
