import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask, listOf, must, textOf } from '../support/accounts.ts'
import { EventStreamClient } from '../support/event-stream.ts'
import { TestRedis } from '../support/redis-server.ts'
import { type Fields, KEY, TestServer } from '../support/server.ts'
import { SocketIoClient } from '../support/socket-io.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const redis = TestRedis.ofFile()
const { port } = await redis()
const first = TestServer.ofFile({ config: { 'redis.port': port } })
const second = TestServer.ofFile({ config: { 'redis.port': port } })

/** Waits until a node has found the log, as it does before it listens unless the machine is very busy. */
async function there(starting: Promise<TestServer>): Promise<TestServer> {
  const server = await starting
  await until(async () => (await ask(server, 'GET /events?after=1-0', { token: KEY })).status === 200, 'the log')
  return server
}

/** Two nodes on one Redis. */
const twoNodes = () => Promise.all([there(first()), there(second())])

let types = 0
/** A type of events that no other test has. */
const freshType = () => `test-${++types}`

async function post(server: TestServer, type: string, n: number): Promise<Fields> {
  return must(server, 'POST /events', { token: KEY, body: { type, data: { n } } })
}

const numbersOf = (events: readonly Fields[]) => events.map(({ data }) => Object(data).n)

describe('an event at one node', () => {
  it('is seen at the other by whatever follows there, with the id that its publisher got', async () => {
    const [a, b] = await twoNodes()
    const type = freshType()
    const stream = new EventStreamClient(b, `/stream/events?types=${type}`, KEY)
    await stream.sees('connected')
    const live = await TestSocket.open(b.socketUrl('/ws/live'))
    live.send({ type: 'follow', id: 1, types: [type] })
    await live.nextOfType('events')
    const client = new SocketIoClient(b)
    await client.sees('connected')
    client.emit('subscribe', { event_types: [type] })
    await client.sees('subscribed')
    const { id } = await post(a, type, 1)
    expect(stream.all('gap')).toEqual([])
    expect(await stream.sees('event')).toMatchObject([{ event_id: id, data: { n: 1 }, receipt: expect.any(String) }])
    expect(stream.received.at(-1)?.id).toBe(id)
    expect(listOf(await live.nextOfType('events'), 'events')).toMatchObject([{ id, data: { n: 1 } }])
    expect(await client.sees('live_event')).toMatchObject([{ event_id: id, data: { n: 1 } }])
  })

  it('is in the order of the log at both, whoever published it', async () => {
    const [a, b] = await twoNodes()
    const type = freshType()
    await Promise.all(Array.from({ length: 40 }, (_, n) => post(n % 2 === 0 ? a : b, type, n)))
    const read = async (server: TestServer) =>
      listOf(await must(server, `GET /events?types=${type}`, { token: KEY }), 'events')
    for (const server of [a, b]) await until(async () => (await read(server)).length === 40, 'it has them all')
    const events = await read(a)
    expect(new Set(numbersOf(events)).size).toBe(40)
    expect(await read(b)).toEqual(events)
  })

  it('is acknowledged at the other, once for both', async () => {
    const [a, b] = await twoNodes()
    const id = textOf(await post(a, freshType(), 1), 'id')
    const { acknowledged } = await must(b, `POST /events/${id}/ack`, { token: KEY })
    const again = await must(a, `POST /events/${id}/ack`, { token: KEY })
    expect(again.acknowledged).toEqual(acknowledged)
    for (const server of [a, b]) {
      const event = () => must(server, `GET /events/${id}`, { token: KEY })
      await until(async () => (await event()).acknowledged !== undefined, 'it is told')
      expect(await event()).toMatchObject({ id, acknowledged })
    }
  })
})

describe('whoever was away', () => {
  it('goes on at the other node, misses nothing and gets nothing twice', async () => {
    const [a, b] = await twoNodes()
    const type = freshType()
    const { id } = await post(a, type, 0)
    for (const n of [1, 2, 3]) await post(n === 2 ? b : a, type, n)
    const stream = new EventStreamClient(b, `/stream/events?types=${type}&last_event_id=${id}`, KEY)
    expect(numbersOf(await stream.sees('event', 3))).toEqual([1, 2, 3])
    expect(stream.all('gap')).toEqual([])
    const page = await must(a, `GET /events?types=${type}&limit=2`, { token: KEY })
    const next = await must(b, `GET /events?types=${type}&after=${id}&epoch=${page.epoch}&limit=2`, { token: KEY })
    expect(numbersOf(listOf(next, 'events'))).toEqual([1, 2])
    expect(next).not.toHaveProperty('gap')
  })

  it('gets what the server has started with, from further back than is in memory', async () => {
    const [a] = await twoNodes()
    const type = freshType()
    const events: Fields[] = []
    for (let n = 0; n < 10; n++) events.push(await post(a, type, n))
    const late = await there(TestServer.start({ config: { 'redis.port': port, 'streaming.buffer_size': 2 } }))
    const page = await must(late, `GET /events?types=${type}&after=${events[1]?.id}&limit=5`, { token: KEY })
    expect(numbersOf(listOf(page, 'events'))).toEqual([2, 3, 4, 5, 6])
    expect(page).not.toHaveProperty('gap')
    const newest = await must(late, `GET /events?types=${type}&limit=4`, { token: KEY })
    expect(numbersOf(listOf(newest, 'events'))).toEqual([6, 7, 8, 9])
  })
})

it('the doorbell rings at one node and is heard at the other', async () => {
  const [a, b] = await twoNodes()
  const stream = new EventStreamClient(b, '/stream/events?types=DOORBELL_PRESSED', KEY)
  await stream.sees('connected')
  const { event_id } = await must(a, 'POST /api/trigger-doorbell', { token: KEY })
  expect(await stream.sees('event')).toMatchObject([{ event_id, event_type: 'DOORBELL_PRESSED' }])
})

it('what a plain client of Redis adds is an event, and what is none is left out', async () => {
  const [a, b] = await twoNodes()
  const type = freshType()
  const stream = new EventStreamClient(b, `/stream/events?types=${type}`, KEY)
  await stream.sees('connected')
  const client = await (await redis()).client()
  await client.sendCommand(['XADD', 'belvedere:events', '*', 'nonsense', '\u0000'])
  const plain = await client.sendCommand(['XADD', 'belvedere:events', '*', 'type', type, 'data', '{"n":1}'])
  const { id } = await post(a, type, 2)
  expect(await stream.sees('event', 2)).toMatchObject([
    { event_id: String(plain), data: { n: 1 }, source: 'Redis', priority: 'NORMAL' },
    { event_id: id, data: { n: 2 } },
  ])
})

it('a log that was deleted is told of as a gap, and goes on', async () => {
  const own = await TestRedis.start()
  const server = await there(TestServer.start({ config: { 'redis.port': own.port } }))
  const type = freshType()
  const { id } = await post(server, type, 1)
  const stream = new EventStreamClient(server, `/stream/events?types=${type}`, KEY)
  await stream.sees('event')
  await (await own.client()).sendCommand(['FLUSHALL'])
  await post(server, type, 2)
  expect(numbersOf(await stream.sees('event', 2))).toEqual([1, 2])
  expect(stream.all('gap')).toHaveLength(1)
  expect(await ask(server, `GET /events?types=${type}&after=${id}`, { token: KEY })).toMatchObject({
    body: { gap: { missed_from: id }, events: [{ data: { n: 2 } }] },
  })
})

it('the rights that docs/redis.md names are enough', async () => {
  const own = await TestRedis.start()
  const text = readFileSync(join(import.meta.dirname, '../../docs/redis.md'), 'utf8')
  const command = /^ {4}(ACL SETUSER .*(?:\n {8}.*)*)/m.exec(text)?.[1] ?? ''
  await (await own.client()).sendCommand(command.split(/\s+/))
  const user = { 'redis.username': 'belvedere', 'redis.password': 'password' }
  // So few are kept that some make room.
  const server = await there(TestServer.start({ config: { 'redis.port': own.port, ...user, 'events.keep': 2 } }))
  const type = freshType()
  const posted: Fields[] = []
  for (const n of [0, 1, 2]) posted.push(await post(server, type, n))
  const id = textOf(posted[2] ?? {}, 'id')
  await must(server, `POST /events/${id}/ack`, { token: KEY })
  const page = await must(server, `GET /events?after=${posted[0]?.id}&epoch=1-0`, { token: KEY })
  expect(numbersOf(listOf(page, 'events'))).toEqual([1, 2])
  const late = await there(TestServer.start({ config: { 'redis.port': own.port, ...user, 'events.keep': 2 } }))
  expect(await must(late, `GET /events/${id}`, { token: KEY })).toHaveProperty('acknowledged')
})
