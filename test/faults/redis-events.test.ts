import { describe, expect, it, onTestFinished } from 'vitest'
import { LiveClient } from '../../client/index.ts'
import { SpoolThread } from '../../src/store/events/spool-thread.ts'
import { ask, listOf, must } from '../support/accounts.ts'
import { temporaryFolder } from '../support/command.ts'
import { EventStreamClient } from '../support/event-stream.ts'
import { TestRedis } from '../support/redis-server.ts'
import { type Fields, KEY, TestServer, type TestServerOptions } from '../support/server.ts'
import { SocketIoClient } from '../support/socket-io.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

/** What Redis has answered survives that it is killed. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always']

const TYPE = 'counted'
const numberOf = ({ data }: Fields): number => Object(data).n
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

/** Where Redis is frozen, which is known by its answers being late alone. */
const IMPATIENT = { config: { 'redis.command_timeout_ms': 1000 } }

async function startNode({ port }: TestRedis, { config, ...options }: TestServerOptions = {}): Promise<TestServer> {
  // Its own events are none of those that are counted.
  return TestServer.start({ ...options, config: { 'redis.port': port, ...config } })
}

/** Waits until a node has found the log, as it does before it listens unless the machine is very busy. */
const isThere = (server: TestServer) =>
  until(async () => (await ask(server, 'GET /events?after=1-0', { token: KEY })).status === 200, 'the log is found')

const post = (server: TestServer, n: number) =>
  ask(server, 'POST /events', { token: KEY, body: { type: TYPE, data: { n } } })

async function follow(server: TestServer): Promise<EventStreamClient> {
  const stream = new EventStreamClient(server, `/stream/events?types=${TYPE}`, KEY)
  await stream.sees('connected')
  return stream
}

/** Publishes without a pause, one event after the other, and keeps the answers. */
class Publisher {
  readonly answers: { readonly status: number; readonly body: Fields }[] = []
  readonly #server: TestServer
  readonly #working: Promise<void>
  #isStopped = false

  constructor(server: TestServer) {
    this.#server = server
    this.#working = this.#work()
  }

  count(status: number): number {
    return this.answers.filter((answer) => answer.status === status).length
  }

  /** Waits until so many more of its events were answered with that status. */
  async goesOn(status: number, count: number): Promise<void> {
    const before = this.count(status)
    await until(() => this.count(status) >= before + count, `${count} more answers ${status}`)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#working
  }

  async #work(): Promise<void> {
    while (!this.#isStopped) this.answers.push(await post(this.#server, this.answers.length))
  }
}

describe.each([
  {
    what: 'is killed',
    options: {},
    fails: (redis: TestRedis) => redis.kill(),
    returns: (redis: TestRedis) => redis.startAgain(),
  },
  {
    what: 'is frozen',
    options: IMPATIENT,
    fails: async (redis: TestRedis) => redis.freeze(),
    returns: async (redis: TestRedis) => redis.thaw(),
  },
])('while Redis $what', ({ options, fails, returns }) => {
  it('publishers publish and followers follow: nothing is lost, nothing comes twice, and all is in order', async () => {
    const redis = await TestRedis.start(DURABLE)
    const [here, there] = await Promise.all([startNode(redis, options), startNode(redis, options)])
    await Promise.all([isThere(here), isThere(there)])
    const [atHome, abroad] = await Promise.all([follow(here), follow(there)])
    const live = await TestSocket.open(here.socketUrl('/ws/live'))
    live.send({ type: 'follow', id: 1, types: [TYPE] })
    const publisher = new Publisher(here)
    await publisher.goesOn(200, 5)
    await fails(redis)
    await publisher.goesOn(202, 5)
    const waiting = publisher.answers.findLast(({ status }) => status === 202)
    expect(waiting?.body).toEqual({
      receipt: expect.any(String),
      timestamp: expect.any(Number),
      stored: true,
      detail: expect.stringMatching(/Redis at 127\.0\.0\.1:\d+ .*\. .* for it\.$/),
    })
    await returns(redis)
    await publisher.goesOn(200, 5)
    await publisher.stop()
    const all = upTo(publisher.answers.length)
    expect(publisher.count(200) + publisher.count(202)).toBe(all.length)
    for (const stream of [atHome, abroad]) {
      const events = await stream.sees('event', all.length)
      expect(events.map(numberOf)).toEqual(all)
      expect(stream.all('gap')).toEqual([])
      expect(stream.all('connected')).toHaveLength(1)
    }
    // Here those that waited came at once, without an id.
    const isWaiting = ({ event_id }: Fields) => event_id === undefined
    const receipts = publisher.answers.filter(({ status }) => status === 202).map(({ body }) => body.receipt)
    expect(
      atHome
        .all('event')
        .filter(isWaiting)
        .map(({ receipt }) => receipt),
    ).toEqual(receipts)
    expect(abroad.all('event').filter(isWaiting)).toEqual([])
    const events: Fields[] = []
    while (events.length < all.length) events.push(...listOf(await live.nextOfType('events'), 'events'))
    expect(events.map(numberOf)).toEqual(all)
    // Whoever comes later gets each of them with its id.
    const page = await must(there, `GET /events?types=${TYPE}&limit=10000`, { token: KEY })
    expect(listOf(page, 'events').map(numberOf).slice(-20)).toEqual(all.slice(-20))
  })
})

it('a client of Socket.IO that subscribes to more while events wait gets none of them twice', async () => {
  const redis = await TestRedis.start()
  const server = await startNode(redis)
  const client = new SocketIoClient(server)
  await client.ask('subscribe', { event_types: [TYPE] })
  await redis.kill()
  expect(await post(server, 0)).toMatchObject({ status: 202 })
  await client.sees('live_event')
  await client.ask('subscribe', { event_types: ['other'] })
  expect(await post(server, 1)).toMatchObject({ status: 202 })
  await client.sees('live_event', 2)
  await redis.startAgain()
  await until(async () => (await post(server, 2)).status === 200, 'it takes events again')
  const numbers = (await client.sees('live_event', 3)).map(numberOf)
  expect(numbers.filter((n) => n < 2)).toEqual([0, 1])
})

it('whoever follows from a place that is not in memory stays connected while Redis is away, and misses nothing', async () => {
  const redis = await TestRedis.start(DURABLE)
  const server = await startNode(redis, { config: { 'streaming.buffer_size': 2 } })
  const { id } = (await post(server, 0)).body
  for (const n of [1, 2, 3, 4]) expect(await post(server, n)).toMatchObject({ status: 200 })
  await redis.kill()
  expect(await post(server, 5)).toMatchObject({ status: 202 })
  const stream = new EventStreamClient(server, `/stream/events?types=${TYPE}&last_event_id=${id}`, KEY)
  await stream.sees('connected')
  const live = new LiveClient(`${server.url}/ws/live`, { token: KEY, minDelay: 1, maxDelay: 50 })
  onTestFinished(() => live.disconnect())
  const told: string[] = []
  live.on('error', ({ code }) => void told.push(code))
  live.on('connecting', ({ code }) => void told.push(String(code)))
  const numbers: number[] = []
  live.events({ after: String(id), types: [TYPE] }).on('event', ({ data }) => void numbers.push(Object(data).n))
  live.connect()
  await until(() => told.includes('unavailable'), 'it is told')
  expect(await post(server, 6)).toMatchObject({ status: 202 })
  await redis.startAgain()
  expect((await stream.sees('event', 6)).map(numberOf)).toEqual([1, 2, 3, 4, 5, 6])
  expect([stream.all('connected').length, stream.all('gap'), stream.all('error')]).toEqual([1, [], []])
  await until(() => numbers.length >= 6, 'the other one has them too')
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6])
  expect(told.filter((code) => code === 'unavailable')).toHaveLength(1)
  expect(live.state).toBe('connected')
})

it('a Redis that is full or does not allow it is told of, events wait, and get into the log once there is room', async () => {
  const redis = await TestRedis.start()
  const client = await redis.client()
  const server = await startNode(redis)
  const stream = await follow(server)
  expect(await post(server, 0)).toMatchObject({ status: 200 })
  await client.sendCommand(['CONFIG', 'SET', 'maxmemory', '1'])
  expect(await post(server, 1)).toMatchObject({
    status: 202,
    body: { stored: true, detail: expect.stringMatching(/is full \(maxmemory\).* One event waits for it\.$/) },
  })
  expect(await stream.sees('event', 2)).toMatchObject([{ data: { n: 0 } }, { data: { n: 1 } }])
  // What is there can be read and acknowledged all the same, as far as Redis allows it.
  const { events } = await must(server, `GET /events?types=${TYPE}&limit=10000`, { token: KEY })
  expect(events).toHaveLength(1)
  await client.sendCommand(['CONFIG', 'SET', 'maxmemory', '0'])
  await until(async () => (await post(server, 2)).status === 200, 'it takes events again')
  const again = await must(server, `GET /events?types=${TYPE}&limit=10000`, { token: KEY })
  expect(listOf(again, 'events').map(numberOf).slice(0, 2)).toEqual([0, 1])
})

it('where the spool is full an event is refused, and nobody gets it', async () => {
  const redis = await TestRedis.start()
  const server = await startNode(redis, { config: { 'events.spool': 2 } })
  const stream = await follow(server)
  await redis.kill()
  for (const n of [0, 1]) expect(await post(server, n)).toMatchObject({ status: 202 })
  expect(await post(server, 2)).toMatchObject({
    status: 503,
    body: { detail: expect.stringMatching(/^The event is not stored: .*\(events\.spool, events\.spool_bytes\)\.$/) },
  })
  await redis.startAgain()
  await until(async () => (await post(server, 3)).status === 200, 'it takes events again')
  const events = await stream.sees('event', 3)
  expect(events.map(numberOf).filter((n) => n !== 3)).toEqual([0, 1])
})

it('what waits outlives the node: it gets into the log in its order when the node is started again', async () => {
  const redis = await TestRedis.start()
  const folder = temporaryFolder()
  const options = () => ({ spool: new SpoolThread(), config: { data_dir: folder, ...IMPATIENT.config } })
  const other = await startNode(redis)
  const stream = await follow(other)
  const node = await startNode(redis, options())
  await isThere(node)
  expect(await post(other, 0)).toMatchObject({ status: 200 })
  await stream.sees('event')
  redis.freeze()
  for (const n of [1, 2, 3]) expect(await post(node, n)).toMatchObject({ status: 202 })
  await node.close()
  redis.thaw()
  const again = await startNode(redis, options())
  await until(async () => (await post(again, 4)).status === 200, 'it takes events again')
  const numbers = (await stream.sees('event', 5)).map(numberOf)
  expect(numbers.filter((n) => n < 4)).toEqual([0, 1, 2, 3])
  expect(numbers.indexOf(4)).toBe(4)
})

it('a node that starts without Redis takes events, and shows what is in the log once Redis is there', async () => {
  const redis = await TestRedis.start(DURABLE)
  const other = await startNode(redis)
  expect(await post(other, 0)).toMatchObject({ status: 200 })
  await redis.kill()
  const node = await startNode(redis)
  const stream = await follow(node)
  expect(await post(node, 1)).toMatchObject({ status: 202 })
  expect(await ask(node, 'GET /events?after=1-0', { token: KEY })).toMatchObject({ status: 503 })
  await redis.startAgain()
  await until(async () => (await post(node, 2)).status === 200, 'it takes events again')
  const { events } = await must(node, `GET /events?types=${TYPE}&limit=10000`, { token: KEY })
  expect(new Set((events as Fields[]).map(numberOf))).toEqual(new Set([0, 1, 2]))
  expect(
    stream
      .all('event')
      .map(numberOf)
      .filter((n) => n === 1),
  ).toEqual([1])
})

it.each([
  ['a wrong password', ['--requirepass', 'right'], { 'redis.password': 'wrong' }, /does not accept the password/],
  [
    'a user who may not read streams',
    '--user ann on >pw ~* +@all -xread'.split(' '),
    { 'redis.username': 'ann', 'redis.password': 'pw' },
    /xread/,
  ],
])('%s is told of in the answer, and events wait', async (_what, settings, config, reason) => {
  const redis = await TestRedis.start(settings)
  const server = await startNode(redis, { config })
  await until(async () => {
    const { status, body } = await post(server, 0)
    return status === 202 && reason.test(String(body.detail))
  }, 'the reason is told')
})

it('a key of another type in the place of the log is told of, and what waits gets into the log once it is gone', async () => {
  const redis = await TestRedis.start()
  const client = await redis.client()
  await client.sendCommand(['SET', 'belvedere:events', 'something else'])
  const server = await startNode(redis)
  const stream = await follow(server)
  expect(await post(server, 0)).toMatchObject({
    status: 202,
    body: { detail: expect.stringMatching(/holds something else than a stream/) },
  })
  await client.sendCommand(['DEL', 'belvedere:events'])
  await until(async () => (await post(server, 1)).status === 200, 'it takes events again')
  expect((await stream.sees('event', 2)).map(numberOf).slice(0, 2)).toEqual([0, 1])
  const page = await must(server, `GET /events?types=${TYPE}&limit=10000`, { token: KEY })
  expect(numberOf(listOf(page, 'events')[0] ?? {})).toBe(0)
})
