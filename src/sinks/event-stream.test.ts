import { expect, it, onTestFinished } from 'vitest'
import { happening, somebody } from '../../test/support/event-stores.ts'
import { FakeConnection } from '../../test/support/fake-connection.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { MemoryEventStore } from '../../test/support/memory-event-store.ts'
import { until } from '../../test/support/until.ts'
import { EventLog } from '../core/event-log.ts'
import { quotaClientOf } from '../core/quota-client.ts'
import { EventStreams } from './event-streams.ts'

const LOG = { error() {}, warn() {}, info() {} }

function make(size = 3) {
  const clock = new ManualClock()
  const store = new MemoryEventStore({ clock, size, bytes: 1e6 })
  const events = new EventLog({
    clock,
    log: LOG,
    store,
    inNextTurn: setImmediate,
    pageSize: 100,
    pageBytes: 1e6,
    eventsPerMinute: 1e6,
  })
  const { principal, end } = somebody()
  const limits: string[] = []
  const connection = new FakeConnection()
  const streams = new EventStreams({
    events,
    clock,
    log: LOG,
    counters: { limited: (limit) => limits.push(limit) },
    heartbeat: 10_000,
    retry: 3000,
    places: { max: 1, share: 1 },
    bufferSize: 100,
    inNextTurn: setImmediate,
  })
  streams.open(
    { principal, owner: quotaClientOf(principal), clientId: 'door', basePath: '', after: undefined, filter: {} },
    connection,
  )
  onTestFinished(() => connection.leave())
  const append = async (...numbers: number[]) => {
    for (const number of numbers) await events.append(principal, happening(number))
  }
  /** The types of what was written. */
  const types = () =>
    connection.written.flatMap(
      (bytes) =>
        Buffer.from(bytes)
          .toString()
          .match(/(?<=^event: )\S+$/gm) ?? [],
    )
  return { clock, connection, streams, append, types, limits, end }
}

it('writes nothing more to a client that does not read, and goes on when it does', async () => {
  const { connection, append, types, streams } = make()
  await append(1)
  await until(() => types().length === 2, 'the first')
  connection.stall()
  await append(2)
  await until(() => types().length === 3, 'the second')
  await append(3, 4)
  expect(types()).toEqual(['connected', 'event', 'event'])
  connection.drain()
  await until(() => types().length === 5, 'the rest')
  expect(types()).toEqual(['connected', 'event', 'event', 'event', 'event'])
  expect([connection.closing, streams.status.events_streamed]).toEqual([undefined, 4])
})

it('disconnects a client that falls behind what is at hand, says why, and counts it once', async () => {
  const { clock, connection, append, types, limits } = make(3)
  await append(1)
  await until(() => types().length === 2, 'the first')
  connection.stall()
  await append(2)
  await until(() => types().length === 3, 'the second')
  await append(3, 4, 5)
  clock.advance(900)
  expect(connection.closing).toBeUndefined()
  await append(6, 7)
  clock.advance(5000)
  expect(connection.closing).toEqual({
    code: 'failure',
    reason: expect.stringMatching(/^Too slow: .*\(streaming\.buffer_size\)/),
  })
  expect(limits).toEqual(['streaming.buffer_size'])
})

it('sends no heartbeat to a client that does not read', async () => {
  const { clock, connection, types, streams } = make()
  clock.advance(20_000)
  expect(types()).toEqual(['connected', 'heartbeat', 'heartbeat'])
  connection.stall()
  clock.advance(10_000)
  clock.advance(50_000)
  expect(types()).toEqual(['connected', 'heartbeat', 'heartbeat', 'heartbeat'])
  connection.leave()
  expect(streams.status.active_connections).toBe(0)
  connection.drain()
  clock.advance(50_000)
  expect(types()).toHaveLength(4)
})
