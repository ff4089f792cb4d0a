import { expect, it, onTestFinished } from 'vitest'
import { newestOf, type StoredStream, StoredStreams } from '../../src/store/redis/stored-stream.ts'
import { StreamLook } from '../../src/store/redis/stream-look.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { redisKeyOf } from '../../src/wire/redis-frame.ts'
import { jpeg } from '../support/pictures.ts'
import { openConnection } from '../support/redis-connection.ts'
import { addEntry } from '../support/redis-frames.ts'
import { TestRedis } from '../support/redis-server.ts'
import { until } from '../support/until.ts'

const shared = TestRedis.ofFile()
let streams = 0

async function setUp(redis = shared()) {
  const { server, client } = await redis.then(async (each) => ({ server: each.server, client: await each.client() }))
  const name = { label: 'site', key: `cam ${++streams}` }
  const one = await openLook(server, name)
  return {
    client,
    ...one,
    /** The same stream, as another server looks at it. */
    another: () => openLook(server, name),
    /** @param bytes of its picture */
    add: (bytes: number) => addEntry(client, name.label, name.key, { frame: jpeg(8, 8, bytes) }),
    /** How often Redis was given a command. */
    calls: async (command: string) => {
      const stats = String(await client.sendCommand(['INFO', 'commandstats']))
      return Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm').exec(stats)?.[1] ?? 0)
    },
  }
}

async function openLook(server: TestRedis['server'], name: StoredStream['name']) {
  const lines: string[] = []
  const note = (_fields: object, sentence: string) => lines.push(sentence)
  let ahead = 0
  const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + ahead }
  const commands = await openConnection({
    ...{ server, log: { error: note, warn: note, info: note }, clock: systemClock, commandTimeout: 30_000 },
    ...{ purpose: 'streams are looked at', use: 'commands', wantsTracking: true },
  })
  onTestFinished(() => commands.close())
  const all = new StoredStreams()
  const stream = all.add(name, redisKeyOf(name))
  const refusals: string[] = []
  const look = new StreamLook({
    ...{ clock, searching: commands, streams: all, period: 2000 },
    refused: (_stream, reason) => refusals.push(reason),
  })
  return {
    ...{ commands, lines, refusals, stream },
    look: async () => {
      // What Redis has said of earlier modifications is here when it answers.
      await commands.send(['PING'])
      await look.look([stream])
    },
    /** Looks, and adds an entry right after Redis has. */
    lookAndAdd: async () => {
      await Promise.all([look.look([stream]), commands.send(['XADD', stream.key, '*', 'frame', 'right after'])])
    },
    later: (ms: number) => {
      ahead += ms
    },
  }
}

it('a stream that goes on is not asked for its entries, and its newest id is known when it has stopped', async () => {
  const { stream, look, add, calls } = await setUp()
  const first = await add(5000)
  await look()
  expect(stream).toMatchObject({ lastId: first, changedAt: undefined })
  const before = await calls('xrevrange')
  let last = first
  for (const bytes of [5000, 5000, 5300]) {
    last = await add(bytes)
    await look()
    expect(stream).toMatchObject({ lastId: first, changedAt: expect.any(Number) })
  }
  expect(await calls('xrevrange')).toBe(before)
  await look()
  expect(stream).toMatchObject({ lastId: last, changedAt: undefined, interval: { value: 0 } })
  await look()
  last = await add(5000)
  await look()
  expect(stream).toMatchObject({ lastId: last, changedAt: undefined })
})

it('a silent stream is not asked for', async () => {
  const { client, stream, look, add } = await setUp(TestRedis.start())
  const id = await add(5000)
  await look()
  await client.sendCommand(['CONFIG', 'RESETSTAT'])
  await look()
  await look()
  expect(stream).toMatchObject({ lastId: id, changedAt: undefined })
  const stats = String(await client.sendCommand(['INFO', 'commandstats']))
  expect([...stats.matchAll(/^cmdstat_(\S+?):/gm)].map(([, command]) => command).sort()).toEqual([
    'config|resetstat',
    'ping',
  ])
})

it('who looks at a stream that is being looked at for the first time gets to know its id too', async () => {
  const { stream, look, add } = await setUp()
  const id = await add(5000)
  const first = look()
  await look()
  expect(stream).toMatchObject({ wasLookedUp: true, lastId: id })
  await first
})

it('an entry that comes right after a look is seen with the next one', async () => {
  const { commands, stream, look, lookAndAdd, add } = await setUp()
  await add(5000)
  await look()
  for (let i = 0; i < 3; i++) {
    await add(5000)
    await commands.send(['PING'])
    await lookAndAdd()
    expect(stream.sinceLook).toBe('modified')
  }
  await look()
  expect(stream.changedAt).toEqual(expect.any(Number))
})

it('several servers look at a stream independently', async () => {
  const { stream, look, another, add } = await setUp()
  const other = await another()
  const first = await add(5000)
  await look()
  await other.look()
  await add(5000)
  await look()
  const last = await add(5000)
  await look()
  await other.look()
  expect([stream, other.stream]).toEqual([
    expect.objectContaining({ lastId: first, changedAt: expect.any(Number) }),
    expect.objectContaining({ lastId: first, changedAt: expect.any(Number) }),
  ])
  await other.look()
  expect(other.stream).toMatchObject({ lastId: last, changedAt: undefined })
})

it.each([
  [
    'the ACL does not allow tracking',
    '--user default on nopass ~* +@all -client|tracking',
    /not allow.*client\|tracking/,
  ],
  ['Redis has no RESP 3', '--rename-command HELLO nothing', /unknown command 'HELLO'/],
])('a stream that goes on is known by its ids where %s, and the log says so', async (_case, settings, reason) => {
  const { client, commands, lines, stream, refusals, look, add } = await setUp(TestRedis.start(settings.split(' ')))
  for (const bytes of [5000, 5100, 5300]) {
    const id = await add(bytes)
    await look()
    expect(stream).toMatchObject({ lastId: id, changedAt: undefined })
  }
  let ups = 0
  commands.onUp(() => ups++)
  await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
  await until(() => ups === 2, 'it is connected again')
  expect(refusals).toEqual([])
  expect(lines.filter((line) => reason.test(line))).toHaveLength(1)
})

it('what comes while there is no connection is seen afterwards', async () => {
  const { client, commands, stream, look, add } = await setUp()
  await add(5000)
  await look()
  await add(5000)
  await look()
  let ups = 0
  commands.onUp(() => ups++)
  const last = await add(5000)
  await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
  await until(() => ups === 2, 'it is connected again')
  await look()
  expect(stream).toMatchObject({ lastId: last, changedAt: undefined })
  await add(5000)
  await look()
  expect(stream.changedAt).toEqual(expect.any(Number))
})

it('a Redis that is emptied has no streams that go on, and new ones are seen', async () => {
  const { client, stream, look, add } = await setUp(TestRedis.start())
  const first = await add(5000)
  await look()
  await client.sendCommand(['FLUSHALL'])
  await look()
  await look()
  expect(stream).toMatchObject({ lastId: first, changedAt: undefined })
  const last = await add(5000)
  await look()
  expect(stream).toMatchObject({ lastId: last, changedAt: undefined })
})

it('a key that is gone, or has become something else, does not go on', async () => {
  const { client, stream, refusals, look, add } = await setUp()
  const id = await add(5000)
  await look()
  await client.sendCommand(['DEL', stream.key])
  await look()
  expect(stream).toMatchObject({ lastId: id, changedAt: undefined })
  await client.sendCommand(['SET', stream.key, 'a text'])
  await look()
  expect(refusals).toEqual([expect.stringMatching(/^WRONGTYPE/)])
  await client.sendCommand(['DEL', stream.key])
  const last = await add(5000)
  await look()
  expect(stream).toMatchObject({ lastId: last, changedAt: undefined })
})

it('a stream that is modified without new entries does not go on, or not for long', async () => {
  const { client, stream, look, add, later } = await setUp()
  await add(5000)
  const last = await add(5000)
  await look()
  await look()
  const touch = () => client.sendCommand(['EXPIRE', stream.key, '3600'])
  await touch()
  await look()
  expect(stream).toMatchObject({ lastId: last, changedAt: undefined })
  const newest = await add(5000)
  await look()
  await touch()
  await look()
  expect(stream).toMatchObject({ lastId: newest, changedAt: expect.any(Number) })
  later(3_600_000)
  await touch()
  await look()
  expect(stream).toMatchObject({ lastId: newest, changedAt: undefined })
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
