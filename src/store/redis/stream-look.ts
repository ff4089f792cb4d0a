import type { Clock } from '../../core/clock.ts'
import { isFrameId } from '../../core/frame-id.ts'
import { listIn } from './entry-listener.ts'
import { lowestAfter } from './frame-reader.ts'
import type { RedisConnection } from './redis-connection.ts'
import { RedisScript } from './redis-script.ts'
import { type StoredStream, type StoredStreams, timeOf } from './stored-stream.ts'

/** What looking needs. */
export interface StreamLookParts {
  readonly clock: Clock
  /** Where Redis says what is modified. What it has said before its last answer counts. */
  readonly searching: RedisConnection
  /** All that are looked at. */
  readonly streams: StoredStreams
  /** How long after one look the next one follows, ms. */
  readonly period: number
  /** A key cannot be looked at, for a reason that Redis gives. */
  readonly refused: (stream: StoredStream, reason: string) => void
}

/**
 * Finds out whether streams go on, and the ids of their newest entries, but never fetches entries. To get at an id, even
 * a script makes Redis copy the whole picture (80 µs for 50 KB). So Redis says itself when a stream is modified that it
 * was asked for (`CLIENT TRACKING`), once, until it is asked for it again:
 *
 * - Of which it has said nothing there is nothing new, and nothing is asked.
 * - One that had new entries before goes on. `EXISTS` for all such streams together has Redis tell of the next one.
 * - The id is asked for of one that begins, of one that has stopped, and now and then, as not every modification is a
 *   new entry (`XDEL`, a key of that name in another database).
 *
 * Where Redis does not track keys, ids are asked for each time.
 */
export class StreamLook {
  readonly #parts: StreamLookParts

  constructor(parts: StreamLookParts) {
    this.#parts = parts
    const { searching, streams } = parts
    // What was tracked over the connection before is not tracked over this one.
    searching.onUp(() => {
      for (const stream of streams.all()) stream.sinceLook = 'unknown'
    })
    searching.onModified((key) => {
      const modified = key === undefined ? streams.all() : [streams.at(key)]
      for (const stream of modified) if (stream?.sinceLook === 'nothing') stream.sinceLook = 'modified'
    })
  }

  /** Looks at some streams. @throws RedisFailure */
  async look(streams: readonly StoredStream[]): Promise<void> {
    const now = this.#parts.clock.monotonic()
    const toFollow: StoredStream[] = []
    const toLookUp: StoredStream[] = []
    for (const stream of streams) {
      const { wasLookedUp, sinceLook, hadNews, changedAt, lookUpBy } = stream
      if (wasLookedUp && sinceLook === 'nothing' && changedAt === undefined) stream.hadNews = false
      else if (sinceLook === 'modified' && hadNews && now < lookUpBy) toFollow.push(stream)
      else toLookUp.push(stream)
    }
    await Promise.all([this.#follow(toFollow), this.#lookUp(toLookUp)])
  }

  /** Streams that go on, if they still exist. */
  async #follow(streams: readonly StoredStream[]): Promise<void> {
    if (streams.length === 0) return
    const exist = await this.#track(streams, (keys) => this.#parts.searching.send(['EXISTS', ...keys]))
    if (exist !== streams.length) return this.#lookUp(streams)
    const now = this.#parts.clock.monotonic()
    for (const stream of streams) {
      stream.changedAt = now
      stream.interval.add(0)
    }
  }

  async #lookUp(streams: readonly StoredStream[]): Promise<void> {
    if (streams.length === 0) return
    const lowest = streams.map(({ lastId }) => lowestAfter(lastId))
    const ids = listIn(await this.#track(streams, (keys) => this.#parts.searching.run(NEWEST_IDS, keys, lowest)))
    for (const [i, stream] of streams.entries()) {
      stream.wasLookedUp = true
      this.#note(stream, String(ids[i] ?? ''))
    }
  }

  /** Reads keys of streams: from then on Redis says when they are modified, if it does at all. */
  async #track<Reply>(
    streams: readonly StoredStream[],
    read: (keys: readonly string[]) => Promise<Reply>,
  ): Promise<Reply> {
    // Before the answer is here: what is said after it may be passed on first.
    for (const stream of streams) stream.sinceLook = this.#parts.searching.isTracking ? 'nothing' : 'unknown'
    try {
      return await read(streams.map(({ key }) => key))
    } catch (error) {
      for (const stream of streams) stream.sinceLook = 'unknown'
      throw error
    }
  }

  /** @param answer the id of its newest entry, '' if that is known, else what Redis says is wrong */
  #note(stream: StoredStream, answer: string): void {
    const now = this.#parts.clock.monotonic()
    const wentOn = stream.changedAt
    stream.changedAt = undefined
    stream.hadNews = answer !== ''
    if (answer === '') return
    if (!isFrameId(answer)) {
      stream.hadNews = false
      stream.sinceLook = 'unknown'
      this.#parts.refused(stream, answer)
      return
    }
    if (stream.lastId !== undefined) {
      const between = wentOn === undefined ? timeOf(answer) - timeOf(stream.lastId) : 0
      // Of a shorter time it is not known how many entries there were within it.
      stream.interval.add(between > 2 * this.#parts.period ? between : 0)
    }
    if (answer !== stream.lastId) stream.lastSeenAt = now
    stream.lastId = answer
    // Not all at the same time.
    stream.lookUpBy = now + LOOK_UP_AGAIN_MS * (0.5 + Math.random())
  }
}

/** After how long, on average, the id of a stream that goes on is asked for again, ms. */
const LOOK_UP_AGAIN_MS = 300_000

/**
 * KEYS: streams. ARGV: for each the lowest id that is news. Answers the id of the newest entry of each, '' if there is no
 * news, else what Redis says is wrong.
 */
const NEWEST_IDS = new RedisScript(`
local ids = {}
for i, key in ipairs(KEYS) do
  local newest = redis.pcall('XREVRANGE', key, '+', ARGV[i], 'COUNT', 1)
  ids[i] = newest.err or newest[1] and newest[1][1] or ''
end
return ids
`)
