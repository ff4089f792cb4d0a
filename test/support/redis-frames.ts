import type { Log } from '../../src/core/log.ts'
import { RedisFrameStore, type RedisFrameStoreRules } from '../../src/store/redis/redis-frame-store.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { redisKeyOf } from '../../src/wire/redis-frame.ts'
import { openConnection } from './redis-connection.ts'
import type { PlainRedis, TestRedis } from './redis-server.ts'

const SILENT: Log = { error() {}, warn() {}, info() {} }

/** A frame store in a test's Redis, with short times. */
export async function openRedisStore(
  { server }: Pick<TestRedis, 'server'>,
  { log = SILENT, ...rules }: Partial<RedisFrameStoreRules> & { readonly log?: Log } = {},
): Promise<RedisFrameStore> {
  const commandTimeout = rules.commandTimeout ?? 30_000
  const shared = { server, log, clock: systemClock, commandTimeout }
  const [commands, reading, searching] = await Promise.all([
    openConnection({ ...shared, purpose: 'frames are stored', use: 'commands' }),
    openConnection({ ...shared, purpose: 'frames are read', use: 'blocking' }),
    openConnection({ ...shared, purpose: 'streams are found', use: 'commands', wantsTracking: true }),
  ])
  return new RedisFrameStore({
    clock: systemClock,
    log,
    commands,
    reading,
    searching,
    limits: { maxBytes: 1e6, maxPixels: 1e6, maxTextBytes: 10_000, maxValues: 1000 },
    rules: { commandTimeout, scanPeriod: 50, scanKeys: 10_000, forgetAfter: 3_600_000, waitingBytes: 1e6, ...rules },
  })
}

/** Adds an entry as Python programs do: with the fields of the detection hub alone. @returns its id */
export async function addEntry(
  client: PlainRedis,
  label: string,
  key: string,
  fields: Readonly<Record<string, string | Uint8Array>>,
  id = '*',
): Promise<string> {
  const flat = Object.entries(fields).flatMap(([name, value]) => [name, Buffer.from(value)])
  return String(await client.sendCommand(['XADD', redisKeyOf({ label, key }), 'MAXLEN', '~', '10', id, ...flat]))
}
