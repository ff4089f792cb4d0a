import { join } from 'node:path'
import { KeyFile } from './access/key-file.ts'
import type { Config } from './config/all-settings.ts'
import { type Clock, DAY_MS } from './core/clock.ts'
import type { Counters } from './core/counters.ts'
import type { EventPictures } from './core/event-pictures.ts'
import type { EventStore } from './core/event-store.ts'
import type { Log } from './core/log.ts'
import { atMostHalf } from './core/quota.ts'
import { connectRedis, usesRedis } from './open-redis.ts'
import { CameraVault } from './store/camera-vault.ts'
import { DurableEventStore } from './store/events/durable-event-store.ts'
import type { EventHistory } from './store/events/event-history.ts'
import type { EventSpool } from './store/events/event-spool.ts'
import { EventThread } from './store/events/event-thread.ts'
import { SpoolThread } from './store/events/spool-thread.ts'
import { EventPictureFiles } from './store/files/event-pictures.ts'
import { RedisEventStore } from './store/redis/redis-event-store.ts'
import { openSqlite } from './store/sql/sqlite.ts'
import { type Stores, storesIn } from './store/sql/stores.ts'
import { barePicture } from './wire/bare-picture.ts'

/** The path of an installation's SQLite database. */
export function databaseFile({ data_dir }: Pick<Config, 'data_dir'>): string {
  return join(data_dir, 'belvedere.db')
}

/**
 * Opens the persistent stores (SQLite in `data_dir`), for the server and for the command line.
 * @throws DatabaseError when the database cannot be opened
 */
export async function openStores(config: Pick<Config, 'data_dir'>, clock: Clock): Promise<Stores> {
  const vault = new CameraVault(new KeyFile(join(config.data_dir, 'cameras.key')))
  return storesIn(await openSqlite(databaseFile(config), clock, vault))
}

/** What `openEvents` needs. */
export interface EventStoreParts {
  readonly config: Pick<Config, 'data_dir' | 'events' | 'limits' | 'streaming' | 'store' | 'redis'>
  readonly clock: Clock
  readonly log: Log
  /** Where events are stored; default: a SQLite file, in a thread of its own. */
  readonly history?: EventHistory | undefined
  /** Where they wait for Redis; default: a SQLite file, in a thread of its own. */
  readonly spool?: EventSpool | undefined
}

/**
 * Opens the event store: in Redis, if the settings say where that is, else in a file. It never fails: without its log it
 * works in memory or in the spool, and says so.
 * @throws ConfigError as `redisServer`
 */
export async function openEvents({
  config,
  history = new EventThread(),
  spool = new SpoolThread(),
  clock,
  log,
}: EventStoreParts): Promise<EventStore> {
  const { keep, keep_bytes, keep_days, buffer_bytes, spool: size, spool_bytes } = config.events
  const { buffer_size } = config.streaming
  const { event_reads, event_reads_per_client, event_reads_reserved } = config.limits
  const parts = {
    clock,
    log,
    limits: { size: keep, bytes: keep_bytes, age: keep_days * DAY_MS },
    recent: { size: Math.min(buffer_size, keep), bytes: Math.min(buffer_bytes, keep_bytes) },
    reads: {
      max: event_reads,
      share: event_reads_per_client,
      reserved: atMostHalf(event_reads_reserved, event_reads),
    },
  }
  if (!usesRedis(config)) return DurableEventStore.open({ ...parts, history, path: join(config.data_dir, 'events.db') })
  const [commands, reading] = await Promise.all([
    connectRedis(config, { clock, log, purpose: 'events are stored', use: 'commands' }),
    connectRedis(config, { clock, log, purpose: 'events are read', use: 'blocking' }),
  ])
  return RedisEventStore.open({
    ...parts,
    connections: { commands, reading },
    spool,
    spoolPath: join(config.data_dir, 'event-spool.db'),
    spoolLimits: { size, bytes: spool_bytes },
  })
}

/** What `openEventPictures` needs. */
export interface EventPictureStoreParts extends Pick<EventStoreParts, 'config' | 'clock' | 'log'> {
  readonly counters: Pick<Counters, 'limited'>
}

/**
 * Opens the store of the pictures of events. It never fails: where it does not work, events go without. Whoever may see an
 * event gets the same picture, share links included: so none has more in its file than what is seen.
 */
export function openEventPictures({ config, ...parts }: EventPictureStoreParts): EventPictures {
  const { picture_bytes, picture_waiting_bytes, disk_free_bytes, keep_days } = config.events
  const files = new EventPictureFiles({
    ...parts,
    rules: {
      folder: join(config.data_dir, 'event-pictures'),
      bytes: picture_bytes,
      age: keep_days * DAY_MS,
      waitingBytes: picture_waiting_bytes,
      freeBytes: disk_free_bytes,
    },
  })
  return {
    save: (image, owner) => files.save(barePicture(image), owner),
    find: (picture) => files.find(picture),
    close: () => files.close(),
  }
}
