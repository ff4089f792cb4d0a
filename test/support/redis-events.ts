import { pino } from 'pino'
import { type Clock, DAY_MS } from '../../src/core/clock.ts'
import type { RedisConnection } from '../../src/store/redis/redis-connection.ts'
import type { RedisEventParts } from '../../src/store/redis/redis-event-parts.ts'
import { RedisEventStore } from '../../src/store/redis/redis-event-store.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { MemorySpool } from './memory-spool.ts'
import { openConnection } from './redis-connection.ts'
import type { TestRedis } from './redis-server.ts'

/** How a store in Redis is opened. */
export interface RedisEventOptions extends Partial<Omit<RedisEventParts, 'connections' | 'recent'>> {
  readonly clock?: Clock
  /** How many events are kept; a third of them is at hand in memory, so that readers meet both. */
  readonly size?: number
  readonly bytes?: number
  /** Makes the connection for commands one that the test breaks. */
  readonly breaks?: (commands: RedisConnection) => RedisEventParts['connections']['commands']
}

let logs = 0

/** A store of events in a real Redis, in a log of its own unless it has a name. */
export async function openRedisEvents(
  { server }: Pick<TestRedis, 'server'>,
  { size = 100, bytes = 1e6, breaks = (commands) => commands, ...options }: RedisEventOptions = {},
): Promise<RedisEventStore> {
  const log = pino({ level: 'silent' })
  const parts = { server, clock: systemClock, log, purpose: 'events', commandTimeout: 60_000 }
  return RedisEventStore.open({
    clock: systemClock,
    log,
    connections: {
      commands: breaks(await openConnection({ ...parts, use: 'commands' })),
      reading: await openConnection({ ...parts, use: 'blocking' }),
    },
    name: `test:${++logs}`,
    spool: new MemorySpool(),
    spoolPath: ':memory:',
    spoolLimits: { size: 1000, bytes: 1e6 },
    limits: { size, bytes, age: 90 * DAY_MS },
    recent: { size: Math.max(1, Math.floor(size / 3)), bytes },
    reads: { max: 1000, share: 1000 },
    ...options,
  })
}
