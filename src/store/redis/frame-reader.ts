import type { Clock } from '../../core/clock.ts'
import { type FrameId, nextFrameId } from '../../core/frame-id.ts'
import type { LogLimit } from '../../core/log-limit.ts'
import { type EntryListener, listIn } from './entry-listener.ts'
import type { RedisClock } from './redis-clock.ts'
import type { RedisConnection, RedisReply } from './redis-connection.ts'
import { RedisFailure } from './redis-failure.ts'
import { type StoredStream, timeOf } from './stored-stream.ts'

/** What reading needs. */
export interface FrameReaderParts {
  readonly clock: Clock
  readonly redisClock: RedisClock
  readonly warnings: LogLimit
  readonly entries: EntryListener
  /** A connection of its own, on which reading blocks. */
  readonly reading: RedisConnection
  /** Where Redis is told to end the block. */
  readonly commands: RedisConnection
  /** How long Redis may take to answer, ms. */
  readonly commandTimeout: number
}

/**
 * Reads the streams that are watched here, each once for all its viewers, by one blocking XREAD for all of them. When
 * the set changes, Redis is told to end the block (CLIENT UNBLOCK). A stream that is new, or behind, is brought to its
 * newest entry at once: nothing old is read on the way.
 */
export class FrameReader {
  readonly #parts: FrameReaderParts
  readonly #watched = new Map<string, Watched>()
  #changed = Promise.withResolvers<void>()
  /** Counts the connections: what goes on with an old one ends. */
  #run = 0
  /** The read that blocks now. */
  #blocked: { isOutdated: boolean } | undefined
  #clientId = ''
  /** Whether the ACL allows to end a block. */
  #canUnblock = true

  constructor(parts: FrameReaderParts) {
    this.#parts = parts
    parts.reading.onUp(() => void this.#readOn(++this.#run))
    parts.reading.onDown(() => {
      this.#run++
      this.#changed.resolve()
    })
  }

  /** Reads a stream from now on, beginning with its newest entry. */
  watch(stream: StoredStream): void {
    if (this.#watched.has(stream.key)) return
    this.#watched.set(stream.key, { stream, isCurrent: false, isBroken: false })
    this.#setChanged()
  }

  /** Reads it no longer. */
  unwatch(stream: StoredStream): void {
    if (this.#watched.delete(stream.key)) this.#setChanged()
  }

  async #readOn(run: number): Promise<void> {
    // Much may have come while there was no connection: of that only the newest counts.
    for (const watched of this.#watched.values()) watched.isCurrent = false
    this.#clientId = await this.#askClientId()
    while (run === this.#run) {
      try {
        await this.#readOnce(run)
      } catch (error) {
        await this.#failed(error)
      }
    }
  }

  /** What Redis calls the connection; '' if it does not say. */
  async #askClientId(): Promise<string> {
    try {
      return String(await this.#parts.reading.send(['CLIENT', 'ID']))
    } catch (error) {
      if (error instanceof RedisFailure) return ''
      throw error
    }
  }

  async #readOnce(run: number): Promise<void> {
    const all = [...this.#watched.values()].filter(({ isBroken }) => !isBroken)
    const behind = all.filter(({ isCurrent }) => !isCurrent).slice(0, SLICE)
    if (behind.length > 0) {
      await Promise.all(behind.map((watched) => this.#catchUp(watched)))
    } else if (all.length > 0) {
      await this.#readBlocking(all)
      const pause = Math.min(all.length / WATCHED_PER_MS, LONGEST_PAUSE_MS)
      if (pause >= 1 && run === this.#run) await this.#pause(pause)
    } else {
      this.#changed = Promise.withResolvers()
      await this.#changed.promise
    }
  }

  /** Reads the newest entry of a stream, if it is newer than the last one. */
  async #catchUp(watched: Watched): Promise<void> {
    const { reading, entries } = this.#parts
    const { stream } = watched
    try {
      const reply = await reading.send(['XREVRANGE', stream.key, '+', lowestAfter(stream.passedId), 'COUNT', '1'])
      watched.isCurrent = true
      if (!entries.pass(stream, reply)) this.#leave(watched)
    } catch (error) {
      if (!(error instanceof RedisFailure && error.code === 'WRONGTYPE')) throw error
      this.#setBroken(watched)
    }
  }

  async #readBlocking(all: readonly Watched[]): Promise<void> {
    const { reading, commandTimeout } = this.#parts
    const block = this.#canUnblock && this.#clientId !== '' ? BLOCK_MS : SHORT_BLOCK_MS
    const keys = all.map(({ stream }) => stream.key)
    const ids = all.map(({ stream }) => stream.passedId ?? '0-0')
    const blocked = { isOutdated: false }
    this.#blocked = blocked
    try {
      const timeout = block + commandTimeout
      const reply = await reading.send(
        ['XREAD', 'COUNT', '1', 'BLOCK', String(block), 'STREAMS', ...keys, ...ids],
        timeout,
      )
      for (const each of listIn(reply)) this.#pass(listIn(each))
    } catch (error) {
      if (!(error instanceof RedisFailure)) throw error
      // Redis ends a block so when its role changes, and may end it for other reasons.
      if (error.code === 'UNBLOCKED') return
      if (error.code !== 'WRONGTYPE') throw error
      await this.#findBroken(all)
    } finally {
      this.#blocked = undefined
    }
  }

  #pass([key, entries]: readonly RedisReply[]): void {
    const watched = this.#watched.get(String(key))
    if (!watched) return
    const { stream } = watched
    if (!this.#parts.entries.pass(stream, entries)) this.#leave(watched)
    // Redis hands out the oldest of what is new.
    if (stream.passedId && this.#parts.redisClock.age(timeOf(stream.passedId)) > BEHIND_MS) watched.isCurrent = false
  }

  /** Some key has become something else than a stream: which one, XREAD does not say. */
  async #findBroken(all: readonly Watched[]): Promise<void> {
    for (let i = 0; i < all.length; i += SLICE)
      await Promise.all(all.slice(i, i + SLICE).map((watched) => this.#checkType(watched)))
  }

  async #checkType(watched: Watched): Promise<void> {
    try {
      await this.#parts.reading.send(['XLEN', watched.stream.key])
    } catch (error) {
      if (!(error instanceof RedisFailure && error.code === 'WRONGTYPE')) throw error
      this.#setBroken(watched)
    }
  }

  #setBroken(watched: Watched): void {
    const fields = { key: watched.stream.key }
    const sentence = 'a key in Redis that is named like a stream of frames holds something else'
    this.#parts.warnings.warn('type', fields, sentence)
    this.#leave(watched)
  }

  /** Leaves a key alone that cannot be read; after a while it may be again. */
  #leave(watched: Watched): void {
    watched.isBroken = true
    this.#parts.clock.after(BROKEN_MS, () => {
      watched.isBroken = false
      watched.isCurrent = false
      if (this.#watched.get(watched.stream.key) === watched) this.#setChanged()
    })
  }

  #setChanged(): void {
    this.#changed.resolve()
    const blocked = this.#blocked
    if (!blocked || blocked.isOutdated) return
    blocked.isOutdated = true
    // All that changes in the same turn ends the block once.
    queueMicrotask(() => void this.#unblock(blocked))
  }

  async #unblock(blocked: object): Promise<void> {
    const { commands, clock, warnings } = this.#parts
    if (this.#blocked !== blocked || !this.#canUnblock || this.#clientId === '') return
    try {
      const ended = await commands.send(['CLIENT', 'UNBLOCK', this.#clientId])
      // It had not arrived yet, or is over.
      if (ended === 0) clock.after(UNBLOCK_AGAIN_MS, () => void this.#unblock(blocked))
    } catch (error) {
      // Else the block ends by itself, soon.
      if (!(error instanceof RedisFailure && error.code === 'NOPERM')) return
      this.#canUnblock = false
      warnings.warn('unblock', {}, `${error.message}: without it a stream shows up to ${SHORT_BLOCK_MS} ms later`)
    }
  }

  async #failed(error: unknown): Promise<void> {
    if (!(error instanceof RedisFailure)) throw error
    // Of a lost connection it is the connection that says so.
    if (error.kind !== 'refused') return this.#pause(LOST_MS)
    this.#parts.warnings.warn('read', {}, `frames in Redis cannot be read: ${error.message}`)
    return this.#pause(REFUSED_MS)
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#parts.clock.after(ms, resolve))
  }
}

/** A stream that is read. */
interface Watched {
  readonly stream: StoredStream
  /** Whether it is at its newest entry, or not far behind. */
  isCurrent: boolean
  /** Whether its key is no stream, or holds what cannot be read. */
  isBroken: boolean
}

/** The lower end of a range of ids that begins after one. */
export function lowestAfter(id: FrameId | undefined): string {
  return id === undefined ? '-' : nextFrameId(id, 0)
}

/** How long a read blocks, ms: a link on which nothing has come for longer than that is dead. */
const BLOCK_MS = 1000
/** The same where it cannot be ended. */
const SHORT_BLOCK_MS = 200
/** How many streams are looked at one by one at the same time. */
const SLICE = 16
/** An entry that is older when it is read, ms, is hardly the newest. */
const BEHIND_MS = 250
/** After each read there is a pause of 1 ms for so many streams, as each read names them all, but not more than … */
const WATCHED_PER_MS = 100
/** … this, ms. */
const LONGEST_PAUSE_MS = 5
const UNBLOCK_AGAIN_MS = 5
const BROKEN_MS = 2000
const REFUSED_MS = 1000
const LOST_MS = 20
