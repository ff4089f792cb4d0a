import { randomBytes } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { Refusal } from '../../core/errors.ts'
import type { FrameInput } from '../../core/frame.ts'
import { type FrameId, isAfter, nextFrameId } from '../../core/frame-id.ts'
import type { FrameStore, StoreListener } from '../../core/frame-store.ts'
import type { Log } from '../../core/log.ts'
import { LogLimit } from '../../core/log-limit.ts'
import type { FedStream } from '../../core/node-state.ts'
import type { EncodedImage } from '../../core/payload.ts'
import type { StoreHealth } from '../../core/store-health.ts'
import { type StreamName, streamId } from '../../core/stream-name.ts'
import { TokenBucket } from '../../core/token-bucket.ts'
import { type EntryLimits, nameOfRedisKey } from '../../wire/redis-frame.ts'
import { EntryListener } from './entry-listener.ts'
import { FrameReader, lowestAfter } from './frame-reader.ts'
import { FrameWriter } from './frame-writer.ts'
import { RedisClock } from './redis-clock.ts'
import type { RedisConnection } from './redis-connection.ts'
import { RedisFailure } from './redis-failure.ts'
import { newestOf, possibleKeys, type StoredStream, StoredStreams, silenceOf } from './stored-stream.ts'
import { StreamScan } from './stream-scan.ts'

/** What the store needs. */
export interface RedisFrameStoreParts {
  readonly clock: Clock
  readonly log: Log
  readonly commands: RedisConnection
  /** A connection of its own, on which reading blocks. */
  readonly reading: RedisConnection
  /** One of its own for `StreamScan`, on which Redis says what is modified. */
  readonly searching: RedisConnection
  /** The limits of entries that others write. */
  readonly limits: EntryLimits
  readonly rules: RedisFrameStoreRules
}

/** Settings of the store. Times in ms. */
export interface RedisFrameStoreRules {
  /** How long Redis may take to answer. */
  readonly commandTimeout: number
  /** How long after one search for streams the next begins, and how many keys it goes through. */
  readonly scanPeriod: number
  readonly scanKeys: number
  /** A stream that has been silent for longer is not listed. */
  readonly forgetAfter: number
  /** How many bytes of frames may wait for Redis to take them. */
  readonly waitingBytes: number
}

/** Frames in Redis, shared with other servers and with programs that read and write it (`wire/redis-frame.ts`). */
export class RedisFrameStore implements FrameStore {
  readonly #parts: RedisFrameStoreParts
  readonly #streams = new StoredStreams()
  readonly #warnings: LogLimit
  readonly #redisClock: RedisClock
  readonly #entries: EntryListener
  readonly #reader: FrameReader
  readonly #scan: StreamScan
  readonly #writer: FrameWriter
  /** The ids of the newest frames that are not stored, by `streamId`. */
  readonly #unstored = new Map<string, FrameId>()
  readonly #lookUpRate: TokenBucket
  readonly #lookUps = new Map<string, Promise<void>>()
  /** What sources of other servers feed, by `streamId`. */
  #fed: ReadonlyMap<string, FedStream> = new Map()
  #listener: StoreListener | undefined
  #check: Promise<unknown> | undefined

  constructor(parts: RedisFrameStoreParts) {
    const { clock, commands, reading, searching, limits, rules } = parts
    this.#parts = parts
    this.#warnings = new LogLimit(parts)
    this.#redisClock = new RedisClock(clock)
    this.#lookUpRate = new TokenBucket({ perSecond: LOOK_UPS_PER_S, capacity: LOOK_UPS_PER_S }, clock.monotonic())
    const node = randomBytes(9).toString('base64url')
    const shared = { clock, commands, redisClock: this.#redisClock, warnings: this.#warnings }
    this.#entries = new EntryListener({ ...shared, limits, node, listener: () => this.#listener })
    this.#reader = new FrameReader({
      ...shared,
      reading,
      entries: this.#entries,
      commandTimeout: rules.commandTimeout,
    })
    this.#scan = new StreamScan({
      ...shared,
      searching,
      streams: this.#streams,
      period: rules.scanPeriod,
      maxKeys: rules.scanKeys,
      looked: (stream) => this.#settle(stream),
    })
    this.#writer = new FrameWriter({
      ...shared,
      streams: this.#streams,
      node,
      waitingBytes: rules.waitingBytes,
      saw: (stream) => this.#scan.saw(stream),
    })
    commands.onDown((failure) => this.#failed(failure))
  }

  /** Arrays are not stored, as no program that reads from Redis expects any: they get an id, and are shown here. */
  append(input: FrameInput, receivedAt: number): FrameId | Promise<FrameId> {
    if (isPicture(input)) return this.#writer.append(input, receivedAt)
    const stream = streamId(input.stream)
    const id = nextFrameId(this.#unstored.get(stream), this.#redisClock.at(receivedAt))
    this.#unstored.set(stream, id)
    return id
  }

  subscribe(listener: StoreListener): () => void {
    this.#listener = listener
    this.#scan.start()
    return () => {
      this.#listener = undefined
    }
  }

  async lookUp(name: StreamName): Promise<void> {
    const id = streamId(name)
    const underWay = this.#lookUps.get(id)
    if (underWay) return underWay
    const lookUp = refusing(this.#lookUp(name)).finally(() => this.#lookUps.delete(id))
    this.#lookUps.set(id, lookUp)
    return lookUp
  }

  health(): StoreHealth {
    return this.#parts.commands.health()
  }

  check(): Promise<void> {
    // All who ask at the same time share one question.
    this.#check ??= this.#parts.commands.send(['PING']).finally(() => {
      this.#check = undefined
    })
    return refusing(this.#check.then(() => {}))
  }

  /**
   * The streams that sources of other servers feed, all of them, by `streamId`: they are listed before they have a frame,
   * and are as those servers say.
   */
  announce(fed: ReadonlyMap<string, FedStream>): void {
    const before = this.#fed
    this.#fed = fed
    for (const { name } of fed.values()) {
      const [key = ''] = possibleKeys(name)
      this.#settle(this.#streams.add(name, key))
    }
    for (const [id, { name }] of before) {
      const stream = fed.has(id) ? undefined : this.#streams.get(name)
      stream?.declaration?.reported(undefined)
      // It was only announced, and has never had a frame.
      if (stream && stream.lastId === undefined && stream.passedId === undefined) this.#unlist(stream)
    }
  }

  forget(name: StreamName): void {
    this.#unstored.delete(streamId(name))
    const stream = this.#streams.get(name)
    if (!stream) return
    stream.declaration = undefined
    stream.removedAt = newestOf(stream, this.#redisClock)
    // The next look tells whether there is a later one, not only that it goes on.
    stream.sinceLook = 'unknown'
    this.#reader.unwatch(stream)
  }

  async close(): Promise<void> {
    this.#listener = undefined
    await this.#writer.settled()
    // In this order: the others are told when commands are lost, and would log it.
    this.#parts.reading.close()
    this.#parts.searching.close()
    this.#parts.commands.close()
  }

  async #lookUp(name: StreamName): Promise<void> {
    const { commands } = this.#parts
    const stream = this.#streams.get(name) ?? (await this.#find(name))
    if (!stream) return
    // It is listed before a frame of it is passed on; the search may have found it, and be about to look.
    if (!stream.wasLookedUp) {
      await this.#scan.look([stream])
      this.#settle(stream)
    }
    const from = lowestAfter(stream.passedId)
    this.#entries.pass(stream, await commands.send(['XREVRANGE', stream.key, '+', from, 'COUNT', '1']))
  }

  /** Looks for a stream that the search has not found yet. */
  async #find(name: StreamName): Promise<StoredStream | undefined> {
    const { clock } = this.#parts
    if (this.#lookUpRate.wait(clock.monotonic()) > 0) return undefined
    this.#lookUpRate.take(1, clock.monotonic())
    for (const key of possibleKeys(name)) {
      const found = this.#streams.get(name) ?? (await this.#findAt(name, key))
      if (found) return found
    }
    return undefined
  }

  async #findAt(name: StreamName, key: string): Promise<StoredStream | undefined> {
    if ((await this.#parts.commands.send(['EXISTS', key])) !== 1) return undefined
    // In the spelling of who wrote it.
    const stream = this.#streams.add(nameOfRedisKey(key) ?? name, key)
    this.#scan.saw(stream)
    return stream
  }

  /** Lists a stream here or no longer, and says how it is doing. */
  #settle(stream: StoredStream): void {
    const { lastId } = stream
    if (stream.declaration?.isWithdrawn) {
      stream.declaration = undefined
      this.#reader.unwatch(stream)
    }
    const fed = this.#fed.get(streamId(stream.name))
    if (fed) {
      stream.declaration ??= this.#declare(stream)
      // Without Redis nobody knows how it is now.
      if (!this.#parts.commands.failure) stream.declaration?.reported(fed.condition)
      return
    }
    if (lastId === undefined || !isAfter(lastId, stream.removedAt)) return
    const silence = silenceOf(lastId, stream, { clock: this.#parts.clock, redisClock: this.#redisClock })
    if (silence >= this.#parts.rules.forgetAfter) {
      this.#unlist(stream)
      return
    }
    stream.declaration ??= this.#declare(stream)
    stream.declaration?.heard(silence, stream.interval.value)
  }

  #unlist(stream: StoredStream): void {
    const { declaration } = stream
    stream.declaration = undefined
    declaration?.withdraw()
    this.#reader.unwatch(stream)
  }

  #declare(stream: StoredStream) {
    try {
      return this.#listener?.streamFound(stream.name, {
        demandChanged: ({ viewers }) => {
          if (viewers > 0) this.#reader.watch(stream)
          else this.#reader.unwatch(stream)
        },
      })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.#warnings.warn('declare', { key: stream.key }, `a stream in Redis is not listed: ${error.message}`)
      return undefined
    }
  }

  #failed(failure: RedisFailure): void {
    // All go to the same Redis; the others would notice later.
    this.#parts.reading.drop(failure)
    this.#parts.searching.drop(failure)
    for (const { declaration } of this.#streams.all()) declaration?.failed(failure.message)
  }
}

function isPicture(input: FrameInput): input is FrameInput<EncodedImage> {
  return input.payload.kind === 'image'
}

/** What the store rejects with, as a refusal. */
async function refusing(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof RedisFailure)) throw error
    // An answer is one, whatever it says.
    if (error.kind === 'refused') return
    const code = error.kind === 'timed_out' ? 'timed_out' : 'unavailable'
    throw new Refusal(code, `${error.message}.`, { retryAfter: 1 })
  }
}

/** How many names that are not known are looked up each second; more are left to the search. */
const LOOK_UPS_PER_S = 200
