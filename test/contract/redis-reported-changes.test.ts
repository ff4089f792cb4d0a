import { expect, it, onTestFinished } from 'vitest'
import { ALL, type Grant } from '../../src/core/authorization.ts'
import type { ObservedChange } from '../../src/core/event.ts'
import type { EventStore } from '../../src/core/event-store.ts'
import { newEvent } from '../support/event-stores.ts'
import { openRedisEvents } from '../support/redis-events.ts'
import { TestRedis } from '../support/redis-server.ts'
import { until } from '../support/until.ts'

const everything: readonly Grant[] = [{ actions: ['view'], scope: ALL }]
const redis = TestRedis.ofFile()
let logs = 0

/** Servers that share a log of events. */
async function servers(count: number) {
  const name = `changes:${++logs}`
  const server = await redis()
  const stores: EventStore[] = []
  for (let i = 0; i < count; i++) {
    const store = await openRedisEvents(server, { name })
    onTestFinished(() => store.close())
    stores.push(store)
  }
  return { stores, name, client: await server.client() }
}

/** A change of a stream, as a server sees it. @param age see `ObservedChange` */
const seen = (to: ObservedChange['to'], age: number, of = '', key = 'gate') =>
  newEvent(0, { label: 'site', key, source: 'server', type: to, timestamp: Date.now(), change: { of, to, age } })

const typesIn = async (store: EventStore) =>
  (await store.read({ grants: everything, limit: 100 })).events.map(({ type }) => type)

async function expectTypes(stores: readonly EventStore[], types: readonly string[]) {
  for (const store of stores)
    await until(async () => (await typesIn(store)).length >= types.length, `there are ${types.length}`)
  for (const store of stores) expect(await typesIn(store)).toEqual(types)
}

it('a change that all servers see is in the log once, whoever says it', async () => {
  const { stores } = await servers(3)
  const changes = [
    ['live', 0],
    ['stale', 5000],
    ['offline', 5000],
  ] as const
  for (const [to, age] of changes) {
    const appended = await Promise.all(stores.map((store) => store.append(seen(to, age))))
    expect(appended.map(({ isStored }) => isStored)).toEqual([true, true, true])
    expect(appended.filter(({ event }) => event.id !== undefined)).toHaveLength(1)
  }
  await Promise.all(stores.map((store) => store.append(seen('live', 0))))
  await expectTypes(stores, ['live', 'stale', 'offline', 'live'])
  for (const store of stores) expect(store.health()).toEqual({ isHealthy: true })
})

it('who is behind reports neither the silence that is over nor what it sees late', async () => {
  const { stores } = await servers(2)
  const [a, b] = stores
  await a?.append(seen('stale', 9000))
  await a?.append(seen('live', 0))
  await b?.append(seen('stale', 60_000))
  await b?.append(seen('offline', 60_000))
  await a?.append(seen('offline', 0))
  await b?.append(seen('live', 60_000))
  await b?.append(seen('stale', 0))
  await expectTypes(stores, ['stale', 'live', 'offline'])
})

it('what one server does not report since it ended another one does', async () => {
  const { stores } = await servers(2)
  const [a, b] = stores
  await a?.append(seen('live', 0))
  await b?.append(seen('live', 0))
  await a?.close()
  await b?.append(seen('offline', 0))
  await expectTypes(stores.slice(1), ['live', 'offline'])
})

it('a server reports its own changes however fast they follow each other', async () => {
  const { stores } = await servers(1)
  for (const to of ['live', 'offline', 'live', 'offline'] as const) await stores[0]?.append(seen(to, 0))
  await expectTypes(stores, ['live', 'offline', 'live', 'offline'])
})

it('warnings and streams are told apart', async () => {
  const { stores } = await servers(2)
  for (const store of stores) {
    await store.append(seen('live', 0))
    await store.append(seen('live', 0, '', 'yard'))
    await store.append(seen('raised', 0, 'no hardhat'))
    await store.append(seen('raised', 0, '1'))
  }
  for (const store of stores) await store.append(seen('cleared', 0, 'no hardhat'))
  await expectTypes(stores, ['live', 'live', 'raised', 'raised', 'cleared'])
})

it('what waited at several servers while Redis was away is in the log once, and waits no longer', async () => {
  const own = await TestRedis.start()
  const name = `changes:${++logs}`
  const stores = await Promise.all([openRedisEvents(own, { name }), openRedisEvents(own, { name })])
  for (const store of stores) onTestFinished(() => store.close())
  await stores[0]?.append(seen('live', 0))
  await own.kill()
  for (const store of stores) await until(() => !store.health().isHealthy, 'it is away')
  for (const store of stores) {
    const { event } = await store.append(seen('offline', 0))
    expect(event.receipt).toBeDefined()
    const page = await store.read({ grants: everything, limit: 10, spooledAfter: 0 })
    expect(page.spooled?.events.map(({ type }) => type)).toEqual(['offline'])
  }
  await own.startAgain()
  for (const store of stores) await until(() => store.health().isHealthy, 'it is back')
  await expectTypes(stores, ['offline'])
  for (const store of stores)
    await until(async () => {
      const page = await store.read({ grants: everything, limit: 10, spooledAfter: 0 })
      return (page.spooled?.events ?? []).length === 0
    }, 'nothing waits')
})

it('what is known of a stream is short, expires, and garbage in its place is overwritten', async () => {
  const { stores, name, client } = await servers(1)
  const key = `${name}:reported:c2l0ZQ==|Z2F0ZQ==`
  const garbage = [
    ['SET', key, 'no JSON'],
    ['SET', key, '[1, null]'],
    ['SET', key, '{"": {"to": 7, "at": "x"}, "w": null}'],
    ['HSET', key, 'another', 'type'],
  ]
  for (const command of garbage) {
    await client.sendCommand(['DEL', key])
    await client.sendCommand(command)
    await stores[0]?.append(seen('live', 0))
  }
  await expectTypes(
    stores,
    garbage.map(() => 'live'),
  )
  for (let i = 0; i < 100; i++) await stores[0]?.append(seen('raised', 0, `line ${i}`))
  const kept = Object.keys(JSON.parse(String(await client.sendCommand(['GET', key]))))
  expect(kept).toHaveLength(40)
  expect(kept).toContain('')
  expect(kept).toContain('line 99')
  const ttl = Number(await client.sendCommand(['TTL', key]))
  expect([ttl > 0, ttl <= 86_400]).toEqual([true, true])
})

it('what is known no longer, as it was long ago, is news once more, to one of them', async () => {
  const { stores, name, client } = await servers(2)
  for (const store of stores) await store.append(seen('raised', 0, 'fire'))
  await client.sendCommand(['DEL', `${name}:reported:c2l0ZQ==|Z2F0ZQ==`])
  for (const store of stores) await store.append(seen('cleared', 2000, 'fire'))
  await expectTypes(stores, ['raised', 'cleared'])
})
