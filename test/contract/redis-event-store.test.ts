import { expect, it, onTestFinished } from 'vitest'
import { ALL, type Grant } from '../../src/core/authorization.ts'
import type { EventStore } from '../../src/core/event-store.ts'
import { APPEND, READ_EVENTS, READ_INDEX } from '../../src/store/redis/event-scripts.ts'
import type { RedisReply } from '../../src/store/redis/redis-connection.ts'
import { RedisEventLog } from '../../src/store/redis/redis-event-log.ts'
import { RedisFailure } from '../../src/store/redis/redis-failure.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { appendTo, newEvent, shown } from '../support/event-stores.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { MemorySpool } from '../support/memory-spool.ts'
import { openConnection } from '../support/redis-connection.ts'
import { openRedisEvents, type RedisEventOptions } from '../support/redis-events.ts'
import { TestRedis } from '../support/redis-server.ts'
import { until } from '../support/until.ts'

const everything: readonly Grant[] = [{ actions: ['view', 'administer'], scope: ALL }]
const redis = TestRedis.ofFile()
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)
let logs = 0

/** Stores of nodes that share a log. */
async function nodes(count: number, options: RedisEventOptions = {}) {
  const name = `shared:${++logs}`
  const server = await redis()
  const open = async (more: RedisEventOptions = {}) => {
    const store = await openRedisEvents(server, { name, ...options, ...more })
    onTestFinished(() => store.close())
    return store
  }
  const stores: EventStore[] = []
  for (let i = 0; i < count; i++) stores.push(await open())
  return { stores, open, name, client: await server.client() }
}

const numbersIn = async (store: EventStore) => shown((await store.read({ grants: everything, limit: 100 })).events)

/** Waits until a store has the same newest event as another. */
const hasAll = (store: EventStore, numbers: readonly number[]) =>
  until(async () => JSON.stringify(await numbersIn(store)) === JSON.stringify(numbers), `it has ${numbers}`)

it('events that are appended again, since the answer was lost, are in the log once', async () => {
  const server = await redis()
  const parts = {
    server: server.server,
    clock: systemClock,
    log: { error() {}, warn() {}, info() {} },
    commandTimeout: 60_000,
  }
  const commands = await openConnection({ ...parts, purpose: 'test', use: 'commands' })
  onTestFinished(() => commands.close())
  const log = new RedisEventLog({ commands, reading: commands }, () => 1_800_000_000_000, `again:${++logs}`)
  const known = { epoch: '0-0', last: '0-0' } as const
  const out = (number: number) => ({ event: newEvent(number), receipt: { run: 'one', number } })
  const first = await log.append(known, 'one', [out(1), out(2)])
  const again = await log.append(known, 'one', [out(1), out(2), out(3)])
  const other = await log.append(known, 'two', [{ event: newEvent(4), receipt: { run: 'two', number: 1 } }])
  expect(again.epoch).toBe(first.epoch)
  expect([again.ids[0], again.ids[1]]).toEqual([undefined, undefined])
  const ids = [...first.ids, again.ids[2], ...other.ids].filter((id) => id !== undefined)
  expect(shown(await log.readEvents(ids))).toEqual([1, 2, 3, 4])
  expect((await log.readIndex('0-0')).index).toHaveLength(4)
})

it('an event whose answer is lost after it has come back from the log is stored, and shown once', async () => {
  let isLost = false
  const { stores } = await nodes(1, {
    breaks: (commands) => ({
      send: (...args) => commands.send(...args),
      close: () => commands.close(),
      async run(script, ...args) {
        const reply = await commands.run(script, ...args)
        if (script !== APPEND || !isLost) return reply
        isLost = false
        await until(() => (store?.readRecent({ grants: everything, limit: 9 })?.events.length ?? 0) > 1, 'it came back')
        throw new RedisFailure('timed_out', 'the answer is lost')
      },
    }),
  })
  const [store] = stores
  if (!store) throw new Error('there is no store')
  const first = await appendTo(store, newEvent(0))
  isLost = true
  const second = await appendTo(store, newEvent(1))
  const { epoch } = await store.read({ grants: everything, limit: 1 })
  const page = await store.read({ grants: everything, after: first.id, epoch, limit: 10, spooledAfter: 0 })
  expect(page.events).toEqual([second])
  expect(page.spooled?.events ?? []).toEqual([])
  await until(() => store.health().isHealthy, 'it goes on')
  expect(await numbersIn(store)).toEqual([0, 1])
})

it.each(['oldest', 'remove'] as const)(
  'what waits is not overtaken, and so not lost, where the disk fails while it is brought to the log (%s)',
  async (method) => {
    let [isFull, isDiskBroken, failures] = [false, false, 0]
    const spool = new MemorySpool()
    const work = spool[method]
    Object.assign(spool, {
      async [method](...args: never) {
        if (!isDiskBroken) return Reflect.apply(work, spool, args)
        failures++
        throw new Error('the disk is broken')
      },
    })
    const { stores } = await nodes(1, {
      size: 1000,
      spool,
      breaks: (commands) => ({
        send: (...args) => commands.send(...args),
        close: () => commands.close(),
        run: (script, ...args) =>
          isFull && script === APPEND
            ? Promise.reject(new RedisFailure('refused', 'Redis is full', 'OOM'))
            : commands.run(script, ...args),
      }),
    })
    const [store] = stores
    if (!store) throw new Error('there is no store')
    isFull = true
    const waiting = await Promise.all(upTo(150).map((n) => store.append(newEvent(n))))
    expect(waiting.map(({ event }) => event.id)).not.toContainEqual(expect.any(String))
    isDiskBroken = true
    isFull = false
    await until(() => failures > 0, 'it is tried')
    // What comes meanwhile waits behind the others.
    expect((await store.append(newEvent(150))).event.id).toBe(undefined)
    expect(store.health()).toMatchObject({ isHealthy: false })
    isDiskBroken = false
    await until(async () => (await numbersIn(store)).includes(150), 'all is in the log')
    const page = await store.read({ grants: everything, after: '1-0', limit: 1000 })
    expect(shown(page.events).slice(0, 151)).toEqual(upTo(151))
  },
)

it('where events make room the nodes agree on which, and one that comes later finds what they have', async () => {
  const { stores, open } = await nodes(2, { size: 6 })
  const [a, b] = stores
  if (!a || !b) throw new Error('there are not two stores')
  // The publisher that takes most loses the oldest of its largest label, so the first event of the other one stays.
  await appendTo(a, newEvent(0, { label: 'quiet', publisher: 'key:1' }))
  for (let n = 1; n < 12; n++) await appendTo(n % 2 === 0 ? a : b, newEvent(n, { label: 'loud', publisher: 'key:2' }))
  const kept = [0, 7, 8, 9, 10, 11]
  for (const store of stores) await hasAll(store, kept)
  const late = await open()
  await hasAll(late, kept)
  const start = { grants: everything, after: '1-0', limit: 1 }
  expect((await late.read(start)).gap).toEqual((await a.read(start)).gap)
})

it('an acknowledgement reaches what other nodes have in memory', async () => {
  const { stores } = await nodes(2)
  const [a, b] = stores
  if (!a || !b) throw new Error('there are not two stores')
  const { id } = await appendTo(a, newEvent(0))
  await until(async () => (await numbersIn(b)).length === 1, 'the other has it')
  const acknowledged = { by: 'Ann', at: 5 }
  expect(await a.acknowledge(id, acknowledged)).toMatchObject({ acknowledged })
  expect(await b.acknowledge(id, { by: 'Ben', at: 6 })).toMatchObject({ acknowledged })
  await until(
    () => b.readRecent({ grants: everything, limit: 1 })?.events[0]?.acknowledged?.by === 'Ann',
    'it is there',
  )
  expect(await a.acknowledge('1-1', acknowledged)).toBe(undefined)
  const mayNot = () => {
    throw new Error('not any more')
  }
  await expect(a.acknowledge(id, acknowledged, { check: mayNot })).rejects.toThrow()
})

it('an older state of Redis is another epoch: who stands behind it is told of a gap, and no id is given twice', async () => {
  const { stores, name, client } = await nodes(1)
  const [store] = stores
  if (!store) throw new Error('there is no store')
  const keys = [name, `${name}:log`]
  const first = await appendTo(store, newEvent(0))
  const older = await Promise.all(keys.map((key) => client.sendCommand(['DUMP', key])))
  const lost = await appendTo(store, newEvent(1))
  const { epoch } = await store.read({ grants: everything, limit: 1 })
  for (const [i, key] of keys.entries()) {
    const dump = older[i]
    if (dump instanceof Buffer) await client.sendCommand(['RESTORE', key, '0', dump, 'REPLACE'])
  }
  const next = await appendTo(store, newEvent(2, { timestamp: lost.timestamp }))
  expect(next.id).not.toBe(lost.id)
  await hasAll(store, [0, 2])
  const page = await store.read({ grants: everything, after: lost.id, epoch, limit: 10 })
  expect([page.epoch === epoch, page.gap?.missed_from, shown(page.events)]).toEqual([false, lost.id, [2]])
  expect(await store.find({ grants: everything }, first.id)).toMatchObject({ data: 0 })
})

it('an XREAD that Redis ends is asked again, and nothing is missed', async () => {
  const { stores, client } = await nodes(1)
  const [store] = stores
  if (!store) throw new Error('there is no store')
  const clients = String(await client.sendCommand(['CLIENT', 'LIST']))
  const blocked = clients.split('\n').filter((line) => line.includes(' flags=b'))
  for (const line of blocked)
    await client.sendCommand(['CLIENT', 'UNBLOCK', /^id=(\d+)/.exec(line)?.[1] ?? '', 'ERROR'])
  await appendTo(store, newEvent(0))
  expect(await numbersIn(store)).toEqual([0])
  expect(store.health()).toEqual({ isHealthy: true })
})

it('events that are too old are deleted, by a clock that has run for that long', async () => {
  const clock = new ManualClock()
  const { stores, name, client } = await nodes(1, {
    clock,
    limits: { size: 100, bytes: 1e6, age: 3 * 3_600_000 },
  })
  const [store] = stores
  if (!store) throw new Error('there is no store')
  await appendTo(store, newEvent(0))
  for (let hour = 0; hour < 5; hour++) clock.advance(3_600_000)
  await until(async () => Number(await client.sendCommand(['XLEN', name])) === 0, 'it is deleted')
  expect(await store.read({ grants: everything, after: '1-0', limit: 1 })).toMatchObject({ events: [], gap: {} })
})

it('a stream that Redis has evicted is another epoch', async () => {
  const { stores, name, client } = await nodes(1)
  const [store] = stores
  if (!store) throw new Error('there is no store')
  const { id } = await appendTo(store, newEvent(0))
  const { epoch } = await store.read({ grants: everything, limit: 1 })
  await client.sendCommand(['DEL', name])
  await appendTo(store, newEvent(1))
  await hasAll(store, [1])
  expect(await store.read({ grants: everything, after: id, epoch, limit: 10 })).toMatchObject({
    gap: { missed_from: id },
  })
})

it('an entry whose id is too high is told of, events wait, and nothing is asked again without a pause', async () => {
  const { stores, name, client } = await nodes(1)
  const [store] = stores
  if (!store) throw new Error('there is no store')
  await appendTo(store, newEvent(0))
  const last = /\d+-\d+/.exec(String(await client.sendCommand(['XINFO', 'STREAM', name])))?.[0] ?? ''
  await client.sendCommand(['XADD', name, '99999999999999999-0', 'type', 'x'])
  await until(() => store.health().isHealthy === false, 'it is told of')
  expect(store.health()).toMatchObject({ reason: expect.stringMatching(/has an id that is too high/) })
  expect((await store.append(newEvent(1))).event.id).toBe(undefined)
  let own = 0
  const commands = async () => commandsOf(await client.sendCommand(['INFO', 'stats'])) - ++own
  const [before, began] = [await commands(), performance.now()]
  await until(async () => (await commands()) > before + 8, 'it is asked again')
  // Without a pause so many take some milliseconds.
  expect(performance.now() - began).toBeGreaterThan(100)
  await client.sendCommand(['XDEL', name, '99999999999999999-0'])
  await client.sendCommand(['XSETID', name, last])
  await hasAll(store, [0, 1])
})

const commandsOf = (info: unknown) => Number(/total_commands_processed:(\d+)/.exec(String(info))?.[1])

it('a user who may not note what is there adds nothing again and again', async () => {
  const { name, client } = await nodes(0)
  const server = await redis()
  await client.sendCommand(['ACL', 'SETUSER', 'ann', 'on', '>pw', `~${name}*`, '+@all', '-set'])
  onTestFinished(async () => void (await client.sendCommand(['ACL', 'DELUSER', 'ann'])))
  const store = await openRedisEvents({ server: { ...server.server, username: 'ann', password: 'pw' } }, { name })
  onTestFinished(() => store.close())
  expect((await store.append(newEvent(0))).event.id).toBe(undefined)
  expect(store.health()).toMatchObject({ reason: expect.stringMatching(/can't run this command|not allow/) })
  expect(Number(await client.sendCommand(['XLEN', name]))).toBe(0)
  await client.sendCommand(['ACL', 'SETUSER', 'ann', '+set'])
  await until(async () => Number(await client.sendCommand(['XLEN', name])) === 1, 'it is there')
})

it('what makes room is deleted in parts, and stays where Redis is full until there is room', async () => {
  const { stores, name, client, open } = await nodes(1, { size: 1000 })
  const [store] = stores
  if (!store) throw new Error('there is no store')
  await Promise.all(upTo(500).map((n) => store.append(newEvent(n))))
  await client.sendCommand(['CONFIG', 'SET', 'maxmemory', '1'])
  onTestFinished(async () => void (await client.sendCommand(['CONFIG', 'SET', 'maxmemory', '0'])))
  const smaller = await open({ size: 10 })
  expect(await numbersIn(smaller)).toEqual(upTo(500).slice(-10))
  expect(Number(await client.sendCommand(['XLEN', name]))).toBe(500)
  await client.sendCommand(['CONFIG', 'SET', 'maxmemory', '0'])
  await until(async () => Number(await client.sendCommand(['XLEN', name])) === 10, 'they are deleted')
})

it('whoever follows before the log is found gets its newest events then, and is told of no gap', async () => {
  const { stores, open } = await nodes(1)
  const [other] = stores
  if (!other) throw new Error('there is no other store')
  for (const n of upTo(5)) await appendTo(other, newEvent(n))
  let isAway = true
  const store = await open({
    breaks: (commands) => ({
      send: (...args) => commands.send(...args),
      close: () => commands.close(),
      run: (...args) => (isAway ? Promise.reject(new RedisFailure('unreachable', 'away')) : commands.run(...args)),
    }),
  })
  await store.append(newEvent(5))
  const query = { grants: everything, limit: 3 }
  const before = await store.read({ ...query, spooledAfter: 0 })
  expect([before.events, before.spooled?.events.map(({ data }) => data)]).toEqual([[], [5]])
  isAway = false
  await hasAll(store, upTo(6))
  const { position: after, epoch, spooled } = before
  const page = await store.read({ ...query, after, epoch, spooledAfter: spooled?.place })
  expect([page.gap, shown(page.events), page.epoch]).toEqual([undefined, [3, 4], (await other.read(query)).epoch])
})

it('what leaves the memory, or gets into the log, while older events are read is not left out', async () => {
  let [isFull, whileRead] = [false, async () => {}]
  const { stores } = await nodes(1, {
    size: 300,
    breaks: (commands) => ({
      send: (...args) => commands.send(...args),
      close: () => commands.close(),
      async run(script, ...args) {
        if (script === READ_EVENTS) await whileRead()
        if (script === APPEND && isFull) throw new RedisFailure('refused', 'Redis is full', 'OOM')
        return commands.run(script, ...args)
      },
    }),
  })
  const [store] = stores
  if (!store) throw new Error('there is no store')
  const { id: after } = await appendTo(store, newEvent(0))
  await Promise.all(upTo(150).map((n) => store.append(newEvent(n + 1))))
  isFull = true
  await store.append(newEvent(151))
  whileRead = async () => {
    whileRead = async () => {}
    isFull = false
    await until(() => store.health().isHealthy, 'what waits is in the log')
    await Promise.all(upTo(100).map(() => store.append(newEvent(999))))
  }
  const query = { grants: everything, limit: 200 }
  const first = await store.read({ ...query, after, spooledAfter: 0 })
  expect(shown(first.events)).toEqual(upTo(151).slice(1))
  const { position, epoch, spooled } = first
  const second = await store.read({ ...query, after: position, epoch, spooledAfter: spooled?.place ?? 0 })
  expect([first.hasMore, shown(second.events)[0]]).toEqual([true, 151])
})

it('where somebody else has deleted events, readers are told of a gap', async () => {
  const { stores, name, client } = await nodes(1)
  const [store] = stores
  if (!store) throw new Error('there is no store')
  const events = []
  for (const n of upTo(50)) events.push(await appendTo(store, newEvent(n, { label: n < 40 ? 'a' : 'b' })))
  await client.sendCommand(['XTRIM', name, 'MAXLEN', '40'])
  const [after, gone] = [events[3]?.id ?? '', events[9]?.id ?? '']
  const page = await store.read({ grants: everything, after, limit: 100 })
  expect([page.gap, shown(page.events)]).toEqual([{ missed_from: after, missed_to: gone }, upTo(50).slice(10)])
  const grants: readonly Grant[] = [{ actions: ['view'], scope: { kind: 'labels', labels: ['b'] } }]
  expect((await store.read({ grants, after, limit: 100 })).gap).toBe(undefined)
})

it('everybody else has a turn between two parts of the log that is read at the start, however fast Redis answers', async () => {
  const { stores, open } = await nodes(1, { size: 2000 })
  await Promise.all(upTo(1000).map((n) => stores[0]?.append(newEvent(n))))
  const answers = new Map<string, Promise<RedisReply>>()
  const turns: number[] = []
  let turn = 0
  let immediate = setImmediate(function next() {
    turn++
    immediate = setImmediate(next)
  })
  onTestFinished(() => clearImmediate(immediate))
  const breaks: RedisEventOptions['breaks'] = (commands) => ({
    send: (...args) => commands.send(...args),
    close: () => commands.close(),
    run(script, keys, args) {
      if (script !== READ_INDEX) return commands.run(script, keys, args)
      turns.push(turn)
      const asked = args.join()
      const answer = answers.get(asked) ?? commands.run(script, keys, args)
      answers.set(asked, answer)
      return answer
    },
  })
  await open({ breaks })
  turns.length = 0
  // Now all answers are there already.
  await open({ breaks })
  expect(turns.length).toBeGreaterThan(4)
  expect(new Set(turns).size).toBe(turns.length)
})
