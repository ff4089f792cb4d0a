import { expect, it, onTestFinished } from 'vitest'
import { RedisConnection } from '../../src/store/redis/redis-connection.ts'
import { newestOf, StoredStreams } from '../../src/store/redis/stored-stream.ts'
import { StreamLook } from '../../src/store/redis/stream-look.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { redisKeyOf } from '../../src/wire/redis-frame.ts'
import { jpeg } from '../support/pictures.ts'
import { addEntry } from '../support/redis-frames.ts'
import { TestRedis } from '../support/redis-server.ts'

const shared = TestRedis.ofFile()
let streams = 0

async function setUp(redis = shared()) {
  const { server, client } = await redis.then(async (each) => ({ server: each.server, client: await each.client() }))
  const log = { error() {}, warn() {}, info() {} }
  const commands = await RedisConnection.open({
    ...{ server, log, clock: systemClock, commandTimeout: 30_000 },
    ...{ purpose: 'streams are looked at', use: 'commands' },
  })
  onTestFinished(() => commands.close())
  const name = { label: 'site', key: `cam ${++streams}` }
  const stream = new StoredStreams().add(name, redisKeyOf(name))
  const refusals: string[] = []
  const look = new StreamLook({
    ...{ clock: systemClock, commands, period: 2000 },
    refused: (_stream, reason) => refusals.push(reason),
  })
  return {
    client,
    refusals,
    stream,
    look: () => look.look([stream]),
    /** @param bytes of its picture */
    add: (bytes: number) => addEntry(client, name.label, name.key, { frame: jpeg(8, 8, bytes) }),
    /** How often Redis was asked for an entry. */
    entriesRead: async () => {
      const stats = String(await client.sendCommand(['INFO', 'commandstats']))
      return Number(/^cmdstat_xrevrange:calls=(\d+)/m.exec(stats)?.[1] ?? 0)
    },
  }
}

it('a stream that goes on is not asked for its entries, and its newest id is known when it has stopped', async () => {
  const { stream, look, add, entriesRead } = await setUp()
  const first = await add(5000)
  await look()
  expect(stream).toMatchObject({ lastId: first, changedAt: undefined })
  const before = await entriesRead()
  let last = first
  for (const bytes of [5100, 5300, 5200]) {
    last = await add(bytes)
    await look()
    expect(stream).toMatchObject({ lastId: first, changedAt: expect.any(Number) })
  }
  expect(await entriesRead()).toBe(before)
  await look()
  expect(stream).toMatchObject({ lastId: last, changedAt: undefined, interval: 0 })
  await look()
  await look()
  expect(stream).toMatchObject({ lastId: last, changedAt: undefined, memoryUsage: 0 })
})

it('entries of the same size are seen too', async () => {
  const { stream, look, add } = await setUp()
  // From the eleventh on the oldest makes room, and the memory usage stays the same (but for the tree of the ids).
  for (let i = 0; i < 10; i++) await add(5000)
  for (let i = 0; i < 3; i++) {
    const id = await add(5000)
    await look()
    expect(stream.lastId === id || stream.changedAt !== undefined).toBe(true)
  }
})

it('a stream that goes on is known by its ids where the ACL does not allow to ask for its memory usage', async () => {
  const { client, stream, refusals, look, add } = await setUp(
    TestRedis.start('--user default on nopass ~* +@all -memory|usage'.split(' ')),
  )
  for (const bytes of [5000, 5100, 5300]) {
    const id = await add(bytes)
    await look()
    expect(stream).toMatchObject({ lastId: id, changedAt: undefined })
  }
  expect(refusals).toEqual([])
  const [refused] = Object(await client.sendCommand(['ACL', 'LOG']))
  expect(refused.slice(0, 2).map(String)).toEqual(['count', '1'])
})

it('a key that is gone, or has become something else, does not go on', async () => {
  const { client, stream, refusals, look, add } = await setUp()
  const id = await add(5000)
  await look()
  await client.sendCommand(['DEL', stream.key])
  await look()
  expect(stream).toMatchObject({ lastId: id, changedAt: undefined, memoryUsage: 0 })
  await client.sendCommand(['SET', stream.key, 'a text'])
  await look()
  expect(refusals).toEqual([expect.stringMatching(/^WRONGTYPE/)])
})

it('of a stream that goes on, whatever is there by now counts as known', async () => {
  const { stream, look, add } = await setUp()
  await add(5000)
  await look()
  const redisClock = { now: () => Date.now() + 60_000 }
  expect(newestOf(stream, redisClock)).toBe(stream.lastId)
  await add(5100)
  await look()
  expect(Number(newestOf(stream, redisClock)?.split('-')[0])).toBeGreaterThan(Date.now() + 30_000)
})
