import type { Clock } from '../../core/clock.ts'
import { Refusal } from '../../core/errors.ts'
import { type FrameId, isAfter, isFrameId } from '../../core/frame-id.ts'
import type { StoreListener } from '../../core/frame-store.ts'
import type { LogLimit } from '../../core/log-limit.ts'
import { type EntryLimits, isWrittenBy, readRedisEntry } from '../../wire/redis-frame.ts'
import type { RedisClock } from './redis-clock.ts'
import type { RedisReply } from './redis-connection.ts'
import { ageOf, type StoredStream } from './stored-stream.ts'

/** What passing entries on needs. */
export interface EntryParts {
  readonly clock: Clock
  readonly redisClock: RedisClock
  readonly warnings: LogLimit
  readonly limits: EntryLimits
  /** This run of this server, which does not want its own frames back. */
  readonly node: string
  /** Who wants the frames. */
  readonly listener: () => StoreListener | undefined
}

/** Passes entries that were read from Redis on as frames; what is none is logged and skipped. */
export class EntryListener {
  readonly #parts: EntryParts

  constructor(parts: EntryParts) {
    this.#parts = parts
  }

  /**
   * Passes entries of a stream on, unless they were before.
   * @param entries as XRANGE and XREAD answer: `[[id, [field, value, …]], …]`
   * @returns false if there is one behind which nothing can be read
   */
  pass(stream: StoredStream, entries: RedisReply | undefined): boolean {
    for (const entry of listIn(entries)) {
      const [rawId, rawFields] = listIn(entry)
      const id = String(rawId)
      if (!isFrameId(id)) {
        this.#skip(stream, id, 'its id is too long')
        return false
      }
      if (!isAfter(id, stream.passedId)) continue
      stream.passedId = id
      this.#read(stream, id, fieldsIn(listIn(rawFields)))
    }
    return true
  }

  #read(stream: StoredStream, id: FrameId, fields: ReadonlyMap<string, Uint8Array>): void {
    const { clock, redisClock, limits, node, listener, warnings } = this.#parts
    // It was shown when it was published, whatever became of it in Redis.
    if (isWrittenBy(node, stream.name, fields)) return
    try {
      const { input, origin, leftOut } = readRedisEntry(stream.name, fields, limits)
      const age = Math.max(ageOf(id, stream, this.#parts), origin ? redisClock.age(origin.receivedAt) : 0)
      const at = clock.monotonic() - age
      // Redis took it late, when it could again; a newer one has been shown meanwhile.
      if (age > LATE_MS && at < stream.shownAt) return
      stream.shownAt = Math.max(stream.shownAt, at)
      for (const sentence of leftOut)
        warnings.warn('left out', where(stream, id), `left out of a frame in Redis: ${sentence}`)
      // The clock of Redis counts microseconds; readers expect whole milliseconds.
      listener()?.frameStored(input, id, Math.round(clock.now() - age))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.#skip(stream, id, error.message)
    }
  }

  #skip(stream: StoredStream, id: string, reason: string): void {
    this.#parts.warnings.warn('entry', where(stream, id), `an entry in Redis is skipped: ${reason}`)
  }
}

function where(stream: StoredStream, id: string) {
  return { stream: `${stream.name.label}/${stream.name.key}`, id }
}

function fieldsIn(flat: readonly RedisReply[]): Map<string, Uint8Array> {
  const fields = new Map<string, Uint8Array>()
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const value = flat[i + 1]
    if (Buffer.isBuffer(value)) fields.set(String(flat[i]), value)
  }
  return fields
}

/** The elements of an answer that should be a list; none if it is none. */
export function listIn(reply: RedisReply | undefined): readonly RedisReply[] {
  return Array.isArray(reply) ? reply : []
}

/** What is older when it is read was not stored at once, ms. */
const LATE_MS = 1000
