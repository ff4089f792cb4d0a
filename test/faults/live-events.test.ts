import { expect, it } from 'vitest'
import { listOf, must } from '../support/accounts.ts'
import { type Fields, KEY, TestServer } from '../support/server.ts'
import { frameOf, TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

/** More than the kernel keeps for a client that reads nothing. */
const EVENTS = 80
const EVENT_BYTES = 200_000

it('a client of /ws/live that reads nothing gets all events later, and the newest picture', async () => {
  const config = { 'limits.events_per_minute': 1_000_000, 'events.page_bytes': 200_000 }
  const server = await TestServer.start({ config })
  const socket = await TestSocket.open(server.socketUrl('/ws/live'))
  // The server itself reports that the stream is there.
  socket.ask({ type: 'follow', id: 1, types: ['test'] })
  socket.ask({ type: 'watch', id: 2, label: 'site' })
  await socket.nextOfType('watching')
  const post = async (n: number) => {
    const body = { type: 'test', label: 'site', data: { n, text: 'x'.repeat(EVENT_BYTES) } }
    return String((await must(server, 'POST /events', { token: KEY, body })).id)
  }
  socket.ws.pause()
  const ids: string[] = []
  for (let n = 0; n < EVENTS; n += 20) {
    ids.push(...(await Promise.all(Array.from({ length: 20 }, (_, i) => post(n + i)))))
    await server.publish('site', 'cam')
  }
  socket.ws.resume()
  const received: unknown[] = []
  for (let newest = 0; received.length < EVENTS || newest < EVENTS / 20; ) {
    const message = await socket.next()
    if (typeof message !== 'string') {
      const { header } = frameOf(message)
      newest = Number(header.sequence)
      socket.ask({ type: 'credit', n: Number(header.n) })
      continue
    }
    const notice: Fields = JSON.parse(message)
    if (notice.type !== 'events') continue
    expect(notice.gap).toBeUndefined()
    received.push(...listOf(notice, 'events').map(({ id }) => id))
  }
  expect(received).toHaveLength(EVENTS)
  expect(new Set(received)).toEqual(new Set(ids))
  expect(received).toEqual([...received].sort((one, other) => compare(String(one), String(other))))
})

it('what a client of /ws/live follows and watches takes no more memory than its share', async () => {
  const config = {
    'limits.held_bytes_per_client': 300_000,
    'limits.messages_per_s': 1_000_000,
    'limits.client_messages_per_s': 10_000_000,
  }
  const server = await TestServer.start({ config })
  const names = Array.from({ length: 10 }, (_, n) => String(n).repeat(200))
  const open = () => TestSocket.open(server.socketUrl('/ws/live'))
  const modest = await open()
  for (let n = 0; n < 100; n++) {
    modest.ask({ type: 'follow', id: 1, types: names, labels: names })
    modest.ask({ type: 'watch', id: 2, label: 'site' })
    modest.ask({ type: n % 2 === 0 ? 'unfollow' : 'unwatch', id: 1 + (n % 2) })
  }
  const isFull = { code: 1008, reason: 'too much is held for this client (limits.held_bytes_per_client)' }
  const greedy = await open()
  for (let id = 0; id < 100; id++) greedy.ask({ type: 'follow', id, types: names, labels: names })
  expect(await greedy.closed).toEqual(isFull)
  const watcher = await open()
  for (let id = 0; id < 1000; id++) watcher.ask({ type: 'watch', id, label: names[0], key: names[1] })
  expect(await watcher.closed).toEqual(isFull)
  modest.ask({ type: 'follow', id: 3 })
  while ((await modest.nextOfType('following')).id !== 3);
})

it('a client that follows again and again has to wait, and others do not', async () => {
  const server = await TestServer.start()
  const greedy = await TestSocket.open(server.socketUrl('/ws/live'))
  // As many as are worth the messages of two seconds, and some more.
  for (let i = 0; i < 25; i++) greedy.ask({ type: 'follow', id: 1, after: '5-0' })
  const modest = await TestSocket.open(server.socketUrl('/ws/live'))
  modest.ask({ type: 'follow', id: 1 })
  await modest.nextOfType('events')
  await must(server, 'POST /events', { token: KEY, body: { type: 'test' } })
  expect(listOf(await modest.nextOfType('events'), 'events')).toHaveLength(1)
  await until(async () => {
    const metrics = await (await server.get('/metrics')).text()
    return metrics.includes('belvedere_limited_total{limit="limits.messages_per_s"}')
  }, 'that it has to wait')
})

function compare(one: string, other: string): number {
  const [[ms = 0, seq = 0], [otherMs = 0, otherSeq = 0]] = [one.split('-').map(Number), other.split('-').map(Number)]
  return ms - otherMs || seq - otherSeq
}
