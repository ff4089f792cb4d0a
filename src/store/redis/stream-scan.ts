import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../../core/clock.ts'
import type { LogLimit } from '../../core/log-limit.ts'
import { LruMap } from '../../core/lru-map.ts'
import { nameOfRedisKey, STREAM_KEY_PREFIX } from '../../wire/redis-frame.ts'
import { listIn } from './entry-listener.ts'
import type { RedisClock } from './redis-clock.ts'
import type { RedisConnection } from './redis-connection.ts'
import { RedisFailure } from './redis-failure.ts'
import type { StoredStream, StoredStreams } from './stored-stream.ts'
import { StreamLook } from './stream-look.ts'

/** What the search needs. */
export interface StreamScanParts {
  readonly clock: Clock
  readonly redisClock: RedisClock
  readonly warnings: LogLimit
  readonly commands: RedisConnection
  /** A connection of its own, on which Redis says what is modified. */
  readonly searching: RedisConnection
  readonly streams: StoredStreams
  /** How long after one search the next begins, ms. */
  readonly period: number
  /** How many keys one search goes through. */
  readonly maxKeys: number
  /** It is known anew how a stream is doing. */
  readonly looked: (stream: StoredStream) => void
}

/**
 * Finds the streams that others write, and whether they go on: searches all keys of Redis in slices, and looks at each
 * stream that it knows (`StreamLook`).
 */
export class StreamScan {
  readonly #parts: StreamScanParts
  readonly #look: StreamLook
  /** Where the search goes on; "0" at the beginning. */
  #cursor = '0'
  /** Counts the searches that have gone through all keys. */
  #cycle = 1
  #run = 0
  /** Keys of which it was said why they are no streams, or not ones of their own. */
  readonly #refused = new LruMap<string, true>(MAX_REFUSED)

  constructor(parts: StreamScanParts) {
    this.#parts = parts
    this.#look = new StreamLook({
      ...parts,
      refused: ({ key }, reason) =>
        this.#refuse('look at', { key }, `a stream in Redis cannot be looked at: ${reason}`),
    })
  }

  /** Searches at once, and again and again, whenever there is a connection. */
  start(): void {
    const { searching } = this.#parts
    searching.onUp(() => void this.#goOn(++this.#run))
    searching.onDown(() => this.#run++)
  }

  /** Counts a stream as found, as this server has just written it or looked at it. */
  saw(stream: StoredStream): void {
    stream.foundIn = this.#cycle
  }

  /**
   * Looks at the newest entries of some streams. Where the ACL allows no scripts, streams of others that are not known yet
   * are not listed. @throws RedisFailure
   */
  async look(streams: readonly StoredStream[]): Promise<void> {
    try {
      await this.#look.look(streams)
    } catch (error) {
      if (!(error instanceof RedisFailure && error.kind === 'refused')) throw error
      this.#parts.warnings.warn('look', {}, `it is not known which streams in Redis go on: ${error.message}`)
    }
  }

  async #goOn(run: number): Promise<void> {
    while (run === this.#run) {
      try {
        await this.#round()
      } catch (error) {
        if (!(error instanceof RedisFailure)) throw error
        // Of a lost connection it is the connection that says so.
        if (error.kind === 'refused')
          this.#parts.warnings.warn('scan', {}, `streams in Redis cannot be searched: ${error.message}`)
      }
      if (run === this.#run)
        await new Promise<void>((resolve) => void this.#parts.clock.after(this.#parts.period, resolve))
    }
  }

  async #round(): Promise<void> {
    const { redisClock, commands, streams, looked, warnings } = this.#parts
    await redisClock.measure(commands).catch((error: unknown) => {
      if (!(error instanceof RedisFailure && error.kind === 'refused')) throw error
      warnings.warn('time', {}, `the clock of Redis is taken to be that of this machine: ${error.message}`)
    })
    await this.#search()
    const all = [...streams.all()]
    for (let i = 0; i < all.length; i += KEYS_PER_LOOK) {
      const slice = all.slice(i, i + KEYS_PER_LOOK)
      await this.look(slice)
      for (const stream of slice) looked(stream)
      await nextTurn()
    }
  }

  async #search(): Promise<void> {
    const { searching, maxKeys } = this.#parts
    for (let searched = 0; searched < maxKeys; searched += KEYS_PER_SLICE) {
      const args = ['SCAN', this.#cursor, 'MATCH', `${STREAM_KEY_PREFIX}*`, 'COUNT', String(KEYS_PER_SLICE)]
      const [cursor, keys] = listIn(await searching.send(args))
      for (const key of listIn(keys)) this.#found(String(key))
      this.#cursor = String(cursor)
      await nextTurn()
      if (this.#cursor !== '0') continue
      this.#forgetMissing()
      this.#cycle++
      return
    }
  }

  #found(key: string): void {
    const { streams } = this.#parts
    // Most are: names are not decoded again with every search.
    const usual = streams.at(key)
    if (usual) {
      this.saw(usual)
      return
    }
    const name = nameOfRedisKey(key)
    if (!name) {
      this.#refuse('name', { key }, 'a key in Redis is skipped, as it holds no label and key that are allowed')
      return
    }
    const known = streams.add(name, key)
    if (known.key === key) this.saw(known)
    else if (known.wasLookedUp && !known.declaration && known.removedAt === undefined) {
      // That key is one of long ago.
      streams.delete(known)
      this.saw(streams.add(name, key))
    } else this.#refuse('twice', { key, read: known.key }, 'two keys in Redis name the same stream; one is used')
  }

  /** Says what is wrong with a key, once. */
  #refuse(kind: string, fields: { readonly key: string; readonly read?: string }, sentence: string): void {
    if (this.#refused.has(fields.key)) return
    if (this.#parts.warnings.warn(kind, fields, sentence)) this.#refused.set(fields.key, true)
  }

  /** Forgets keys that are gone from Redis, unless their streams are still shown here: they grow old as others. */
  #forgetMissing(): void {
    for (const stream of this.#parts.streams.all())
      if (stream.foundIn < this.#cycle && !stream.declaration) this.#parts.streams.delete(stream)
  }
}

/** How many keys Redis looks at for one answer to the search. */
const KEYS_PER_SLICE = 1000
/** How many streams are looked up at once. */
const KEYS_PER_LOOK = 100
const MAX_REFUSED = 1000
