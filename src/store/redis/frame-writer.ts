import type { Clock } from '../../core/clock.ts'
import { type FrameInput, metadataWeightOf } from '../../core/frame.ts'
import { type FrameId, isAfter, isFrameId } from '../../core/frame-id.ts'
import type { LogLimit } from '../../core/log-limit.ts'
import type { EncodedImage } from '../../core/payload.ts'
import { type StreamName, streamId } from '../../core/stream-name.ts'
import { redisFieldsOf } from '../../wire/redis-frame.ts'
import type { RedisClock } from './redis-clock.ts'
import type { RedisConnection } from './redis-connection.ts'
import { RedisFailure } from './redis-failure.ts'
import { possibleKeys, type StoredStream, type StoredStreams } from './stored-stream.ts'

/** What writing frames needs. */
export interface FrameWriterParts {
  readonly clock: Clock
  readonly commands: RedisConnection
  readonly redisClock: RedisClock
  readonly warnings: LogLimit
  readonly streams: StoredStreams
  /** Which run of which server writes. */
  readonly node: string
  /** How many bytes of frames may wait for Redis to take them. */
  readonly waitingBytes: number
  /** Called when a stream was written. */
  readonly saw: (stream: StoredStream) => void
}

/** Writes the frames that are published at this server to Redis. */
export class FrameWriter {
  readonly #parts: FrameWriterParts
  /** The keys of streams that are being written for the first time, and may have been written in another form by others. */
  readonly #keys = new Map<string, Promise<string>>()
  readonly #appending = new Set<Promise<unknown>>()
  #waitingBytes = 0

  constructor(parts: FrameWriterParts) {
    this.#parts = parts
  }

  /** As `FrameStore.append`. @throws RedisFailure */
  async append(input: FrameInput<EncodedImage>, receivedAt: number): Promise<FrameId> {
    const length = input.payload.bytes.length + metadataWeightOf(input)
    const { waitingBytes } = this.#parts
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

  /** Resolves when what is under way is written, or was not. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#appending)
  }

  async #append(input: FrameInput<EncodedImage>, receivedAt: number): Promise<FrameId> {
    const { clock, commands, node, redisClock, saw, streams } = this.#parts
    const known = streams.get(input.stream)
    // It is shown here in any case: nothing older may replace it.
    if (known) known.shownAt = clock.monotonic()
    const key = known ? known.key : await this.#keyFor(input.stream)
    const fields = redisFieldsOf(input, { node, receivedAt: Math.round(redisClock.at(receivedAt)) })
    const args = fields.flatMap(([name, value]) => [name, typeof value === 'string' ? value : bufferOf(value)])
    const id = String(await commands.send(['XADD', key, 'MAXLEN', String(KEPT_ENTRIES), '*', ...args]))
    if (!isFrameId(id)) throw new Error(`Redis has given the frame the id ${id}, which cannot be used`)
    // Known from now on: nothing before it is to be shown, and if it is removed, it is not found as a new one.
    const stream = streams.add(input.stream, key)
    saw(stream)
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
    const kind = `append ${failure.code ?? failure.kind}`
    this.#parts.warnings.warn(kind, {}, `a frame was not stored: ${failure.message}`)
    return failure
  }
}

/** The same bytes as the client of Redis takes them. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** How many entries a stream in Redis keeps. */
const KEPT_ENTRIES = 10
