import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { Config } from './config/all-settings.ts'
import { ConfigError } from './config/config-error.ts'
import type { Clock } from './core/clock.ts'
import { messageOf } from './core/errors.ts'
import type { Log } from './core/log.ts'
import type { RedisServer } from './store/redis/redis-client.ts'
import { RedisConnection, type RedisConnectionParts } from './store/redis/redis-connection.ts'
import { RedisFrameStore } from './store/redis/redis-frame-store.ts'
import { RedisNodes, type RedisNodesParts } from './store/redis/redis-nodes.ts'

/** Whether frames and events are shared through Redis: as `store` says or, without it, where any setting says where Redis is. */
export function usesRedis({ store, redis }: Pick<Config, 'store' | 'redis'>): boolean {
  if (store !== undefined) return store === 'redis'
  return [redis.url, redis.host, redis.port, redis.password].some((given) => given !== undefined)
}

/**
 * Where Redis is, from the settings.
 * @throws ConfigError when `redis.url` is wrong, which may hold a password and is not repeated; or a file of `redis.tls`
 *   cannot be read
 */
export function redisServer({ redis }: Pick<Config, 'redis'>): RedisServer {
  const { url, host = '127.0.0.1', port = DEFAULT_PORT, username, password, db, tls } = redis
  const address = url === undefined ? { host, port, db, hasTls: tls.enabled } : parsed(url)
  const { hasTls, ...server } = { username, password, ...address }
  return { ...server, ...(hasTls && { tls: texts(tls) }) }
}

/**
 * Connects to the Redis of the settings.
 * @returns once there is a connection, or the first attempt has failed; then it goes on trying
 * @throws ConfigError as `redisServer`
 */
export function connectRedis(
  config: Pick<Config, 'redis'>,
  parts: Pick<RedisConnectionParts, 'clock' | 'log' | 'purpose' | 'use' | 'wantsTracking'>,
): Promise<RedisConnection> {
  return RedisConnection.open({
    ...parts,
    server: redisServer(config),
    commandTimeout: config.redis.command_timeout_ms,
  })
}

/**
 * Opens the store of frames in Redis. It never fails for want of Redis: it tries again and again.
 * @throws ConfigError as `redisServer`
 */
export async function openRedisFrames(
  config: Config,
  parts: { readonly clock: Clock; readonly log: Log },
): Promise<RedisFrameStore> {
  const [commands, reading, searching] = await Promise.all([
    connectRedis(config, { ...parts, purpose: 'frames are stored', use: 'commands' }),
    connectRedis(config, { ...parts, purpose: 'frames are read', use: 'blocking' }),
    connectRedis(config, { ...parts, purpose: 'streams are found', use: 'commands', wantsTracking: true }),
  ])
  parts.log.info({}, `frames are shared through Redis at ${commands.address}`)
  const { redis, frames, http, streams } = config
  return new RedisFrameStore({
    ...parts,
    commands,
    reading,
    searching,
    limits: {
      maxBytes: http.body_bytes,
      maxPixels: frames.max_megapixels * 1e6,
      crc32,
      maxTextBytes: frames.metadata_bytes,
      maxValues: frames.metadata_values,
    },
    rules: {
      commandTimeout: redis.command_timeout_ms,
      scanPeriod: redis.scan_s * 1000,
      scanKeys: redis.scan_keys,
      forgetAfter: streams.forget_after_s * 1000,
      waitingBytes: redis.waiting_bytes,
    },
  })
}

/**
 * Joins the other servers that use the same Redis. It never fails for want of Redis: it tries again and again.
 * @throws ConfigError as `redisServer`
 */
export async function joinRedisNodes(
  config: Pick<Config, 'redis'>,
  parts: Pick<RedisNodesParts, 'clock' | 'log' | 'state' | 'changed'>,
): Promise<RedisNodes> {
  const [commands, reading] = await Promise.all([
    connectRedis(config, { ...parts, purpose: 'other servers are told', use: 'commands' }),
    connectRedis(config, { ...parts, purpose: 'other servers are heard', use: 'blocking' }),
  ])
  return new RedisNodes({ ...parts, commands, reading, commandTimeout: config.redis.command_timeout_ms })
}

const DEFAULT_PORT = 6379

/** The parts of a URL (https://www.iana.org/assignments/uri-schemes/prov/redis); a user and password only if they are in it. */
function parsed(text: string) {
  const url = URL.parse(text)
  if (!url || url.hostname === '')
    throw wrong('no host can be read in it. Is a password in it percent-encoded? It can be given as redis.password too')
  const db = url.pathname.slice(1)
  if (!/^\d*$/.test(db)) throw wrong('what follows the host must be the number of a database: redis://host:6379/0')
  return {
    // An IPv6 address stands in brackets.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    db: Number(db),
    hasTls: url.protocol === 'rediss:',
    ...(url.username !== '' && { username: decoded(url.username) }),
    ...(url.password !== '' && { password: decoded(url.password) }),
  }
}

function wrong(reason: string): ConfigError {
  return new ConfigError([`redis.url cannot be used: ${reason}.`])
}

/** A part that is not percent-encoded as it should be is meant as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

type TlsFiles = Config['redis']['tls']

function texts({ ca, cert, key }: TlsFiles): NonNullable<RedisServer['tls']> {
  return {
    ...(ca !== undefined && { ca: read('redis.tls.ca', ca) }),
    ...(cert !== undefined && { cert: read('redis.tls.cert', cert) }),
    ...(key !== undefined && { key: read('redis.tls.key', key) }),
  }
}

function read(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError([`${setting} cannot be read: ${messageOf(error)}.`])
  }
}
