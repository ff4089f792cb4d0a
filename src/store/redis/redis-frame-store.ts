import { randomBytes } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { Refusal } from '../../core/errors.ts'
import { type FrameInput, metadataWeightOf } from '../../core/frame.ts'
import { type FrameId, isAfter, isFrameId } from '../../core/frame-id.ts'
import type { FrameStore, StoreListener } from '../../core/frame-store.ts'
import type { Log } from '../../core/log.ts'
import { LogLimit } from '../../core/log-limit.ts'
import type { FedStream } from '../../core/node-state.ts'
import type { EncodedImage, Payload } from '../../core/payload.ts'
import type { StoreHealth } from '../../core/store-health.ts'
import { type StreamName, streamId } from '../../core/stream-name.ts'
import { TokenBucket } from '../../core/token-bucket.ts'
import { type EntryLimits, redisFieldsOf } from '../../wire/redis-frame.ts'
import { EntryListener } from './entry-listener.ts'
import { FrameReader, lowestAfter } from './frame-reader.ts'
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
  readonly #node = randomBytes(9).toString('base64url')
  readonly #streams = new StoredStreams()
  readonly #warnings: LogLimit
  readonly #redisClock: RedisClock
  readonly #entries: EntryListener
  readonly #reader: FrameReader
  readonly #scan: StreamScan
  readonly #lookUpRate: TokenBucket
  readonly #lookUps = new Map<string, Promise<void>>()
  /** The keys of streams that are being written for the first time, and may have been written in another form by others. */
  readonly #keys = new Map<string, Promise<string>>()
  readonly #appending = new Set<Promise<unknown>>()
  /** What sources of other servers feed, by `streamId`. */
  #fed: ReadonlyMap<string, FedStream> = new Map()
  #waitingBytes = 0
  #listener: StoreListener | undefined
  #check: Promise<unknown> | undefined

  constructor(parts: RedisFrameStoreParts) {
    const { clock, commands, reading, limits, rules } = parts
    this.#parts = parts
    this.#warnings = new LogLimit(parts)
    this.#redisClock = new RedisClock(clock)
    this.#lookUpRate = new TokenBucket({ perSecond: LOOK_UPS_PER_S, capacity: LOOK_UPS_PER_S }, clock.monotonic())
    const shared = { clock, commands, redisClock: this.#redisClock, warnings: this.#warnings }
    this.#entries = new EntryListener({ ...shared, limits, node: this.#node, listener: () => this.#listener })
    this.#reader = new FrameReader({
      ...shared,
      reading,
      entries: this.#entries,
      commandTimeout: rules.commandTimeout,
    })
    this.#scan = new StreamScan({
      ...shared,
      streams: this.#streams,
      period: rules.scanPeriod,
      maxKeys: rules.scanKeys,
      looked: (stream) => this.#settle(stream),
    })
    commands.onDown((failure) => this.#failed(failure))
  }

  async append(input: FrameInput, receivedAt: number): Promise<FrameId> {
    if (!isPicture(input)) throw new Error('only pictures can be stored in Redis')
    const length = input.payload.bytes.length + metadataWeightOf(input)
    const { waitingBytes } = this.#parts.rules
    if (this.#waitingBytes > 0 && this.#waitingBytes + length > waitingBytes)
      throw this.#notStored(
        new RedisFailure('timed_out', `${waitingBytes} bytes wait for Redis already (redis.waiting_bytes)`),
      )
    this.#waitingBytes += length
    const appended = this.#append(input, receivedAt)
    this.#appending.add(appended)
    try {
      return await appended
    } catch (error) {
      throw error instanceof RedisFailure ? this.#notStored(error) : error
    } finally {
      this.#appending.delete(appended)
      this.#waitingBytes -= length
    }
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
    const stream = this.#streams.get(name)
    if (!stream) return
    stream.declaration = undefined
    stream.removedAt = newestOf(stream, this.#redisClock)
    // The next look tells whether there is a later one, not only that it goes on.
    stream.memoryUsage = 0
    this.#reader.unwatch(stream)
  }

  async close(): Promise<void> {
    this.#listener = undefined
    await Promise.allSettled(this.#appending)
    this.#parts.commands.close()
    this.#parts.reading.close()
  }

  async #append(input: FrameInput<EncodedImage>, receivedAt: number): Promise<FrameId> {
    const known = this.#streams.get(input.stream)
    // It is shown here in any case: nothing older may replace it.
    if (known) known.shownAt = this.#parts.clock.monotonic()
    const key = known ? known.key : await this.#keyFor(input.stream)
    const fields = redisFieldsOf(input, { node: this.#node, receivedAt: Math.round(this.#redisClock.at(receivedAt)) })
    const args = fields.flatMap(([name, value]) => [name, typeof value === 'string' ? value : bufferOf(value)])
    const id = String(await this.#parts.commands.send(['XADD', key, 'MAXLEN', String(KEPT_ENTRIES), '*', ...args]))
    if (!isFrameId(id)) throw new Error(`Redis has given the frame the id ${id}, which cannot be used`)
    // Known from now on: nothing before it is to be shown, and if it is removed, it is not found as a new one.
    const stream = this.#streams.add(input.stream, key)
    this.#scan.saw(stream)
    if (isAfter(id, stream.passedId)) stream.passedId = id
    return id
  }

  /** The key of a stream that is not known yet: of those that it may have the one that exists. */
  #keyFor(name: StreamName): string | Promise<string> {
    const keys = possibleKeys(name)
    const [usual = ''] = keys
    if (keys.length === 1) return usual
    const id = streamId(name)
    let key = this.#keys.get(id)
    if (!key) {
      key = this.#existing(keys, usual).finally(() => this.#keys.delete(id))
      this.#keys.set(id, key)
    }
    return key
  }

  async #existing(keys: readonly string[], usual: string): Promise<string> {
    const answers = await Promise.all(keys.map((key) => this.#parts.commands.send(['EXISTS', key])))
    return keys[answers.indexOf(1)] ?? usual
  }

  #notStored(failure: RedisFailure): RedisFailure {
    this.#warnings.warn(`append ${failure.code ?? failure.kind}`, {}, `a frame was not stored: ${failure.message}`)
    return failure
  }

  async #lookUp(name: StreamName): Promise<void> {
    const { commands } = this.#parts
    const stream = this.#streams.get(name) ?? (await this.#find(name))
    if (!stream) return
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
    const stream = this.#streams.add(name, key)
    this.#scan.saw(stream)
    await this.#scan.look([stream])
    this.#settle(stream)
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
    stream.declaration?.heard(silence, stream.interval)
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
    // Both connections go to the same Redis; the one that blocks would notice later.
    this.#parts.reading.drop(failure)
    for (const { declaration } of this.#streams.all()) declaration?.failed(failure.message)
  }
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

function isPicture(input: FrameInput<Payload>): input is FrameInput<EncodedImage> {
  return input.payload.kind === 'image'
}

/** The same bytes as the client of Redis takes them. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** How many entries a stream in Redis keeps. */
const KEPT_ENTRIES = 10
/** How many names that are not known are looked up each second; more are left to the search. */
const LOOK_UPS_PER_S = 200
