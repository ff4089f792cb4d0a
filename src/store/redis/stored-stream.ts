import type { Clock } from '../../core/clock.ts'
import type { Declaration } from '../../core/declared-stream.ts'
import { type FrameId, isAfter, nextFrameId, parseFrameId } from '../../core/frame-id.ts'
import { MedianInterval } from '../../core/median-interval.ts'
import { nameId, type StreamName, streamId } from '../../core/stream-name.ts'
import { redisKeyOf } from '../../wire/redis-frame.ts'
import type { RedisClock } from './redis-clock.ts'

/** A stream that is in Redis, as far as it is known here. */
export interface StoredStream {
  readonly name: StreamName
  /** Its key in Redis. */
  readonly key: string
  /** Whether its newest entry was looked up, if it has one. */
  wasLookedUp: boolean
  /** The id of its newest entry, as last looked up; while it goes on (`changedAt`) there are later ones. */
  lastId: FrameId | undefined
  /** When that entry was first looked up, monotonic ms. */
  lastSeenAt: number
  /** Whether there were new entries when it was last looked at. */
  hadNews: boolean
  /** What Redis has said of it since then: nothing, or that it was modified; `unknown` where Redis may not have said so. */
  sinceLook: 'nothing' | 'modified' | 'unknown'
  /** Until when that is enough while it goes on, monotonic ms; then its newest entry is looked up in any case. */
  lookUpBy: number
  /** When it was last looked at, monotonic ms, if that showed that there are entries after `lastId`, but not which. */
  changedAt: number | undefined
  /** The intervals between its entries; 0 for those that are shorter than looking can tell. */
  readonly interval: MedianInterval
  /** The id of the newest entry that was passed on or is known to be shown here. */
  passedId: FrameId | undefined
  /** The newest entry that was known when the stream was removed here: it is not listed until there is a later one. */
  removedAt: FrameId | undefined
  /** Set while it is declared here. */
  declaration: Declaration | undefined
  /** In which search of all keys it was last found. */
  foundIn: number
  /** When the newest frame that was shown here was received, monotonic ms. */
  shownAt: number
}

/** All streams in Redis that are known here. */
export class StoredStreams {
  readonly #byName = new Map<string, StoredStream>()
  readonly #byKey = new Map<string, StoredStream>()

  get(name: StreamName): StoredStream | undefined {
    return this.#byName.get(streamId(name))
  }

  /** The stream that is read from that key. */
  at(key: string): StoredStream | undefined {
    return this.#byKey.get(key)
  }

  all(): Iterable<StoredStream> {
    return this.#byName.values()
  }

  /** @returns the stream, which is the one that is known already where two keys name the same */
  add(name: StreamName, key: string): StoredStream {
    const known = this.get(name)
    if (known) return known
    const stream: StoredStream = {
      name,
      key,
      wasLookedUp: false,
      lastId: undefined,
      lastSeenAt: Number.POSITIVE_INFINITY,
      hadNews: false,
      sinceLook: 'unknown',
      lookUpBy: Number.NEGATIVE_INFINITY,
      changedAt: undefined,
      interval: new MedianInterval(),
      passedId: undefined,
      removedAt: undefined,
      declaration: undefined,
      foundIn: 0,
      shownAt: Number.NEGATIVE_INFINITY,
    }
    this.#byName.set(streamId(stream.name), stream)
    this.#byKey.set(key, stream)
    return stream
  }

  delete(stream: StoredStream): void {
    this.#byName.delete(streamId(stream.name))
    this.#byKey.delete(stream.key)
  }
}

/** The keys that a stream may have in Redis, as other programs may spell it otherwise; the one that we choose first. */
export function possibleKeys(name: StreamName): readonly string[] {
  const { label, key } = name
  const visible = { label: nameId(label), key: nameId(key) }
  const decomposed = { label: visible.label.normalize('NFD'), key: visible.key.normalize('NFD') }
  return [...new Set([name, visible, decomposed].map(redisKeyOf))]
}

/** When an entry was written, by its id: ms since 1970 by the clock of Redis. */
export function timeOf(id: FrameId): number {
  return parseFrameId(id)?.ms ?? 0
}

/**
 * How old an entry is, ms: by the clock of Redis, and at least as old as we have known it, as that clock may have been set
 * back since.
 */
export function ageOf(id: FrameId, { lastId, lastSeenAt }: StoredStream, { redisClock, clock }: Clocks): number {
  const known = id === lastId ? clock.monotonic() - lastSeenAt : 0
  return Math.max(redisClock.age(timeOf(id)), known)
}

/**
 * How long a stream has been silent whose entry `id` is the last that is known, ms. If it was seen to go on after that, no
 * longer than since then.
 */
export function silenceOf(id: FrameId, stream: StoredStream, clocks: Clocks): number {
  const age = ageOf(id, stream, clocks)
  return stream.changedAt === undefined ? age : Math.min(age, clocks.clock.monotonic() - stream.changedAt)
}

/** The newest entry of a stream as far as it is known; where it goes on, the id that one written now would have. */
export function newestOf(
  { lastId, passedId, changedAt }: StoredStream,
  redisClock: Pick<RedisClock, 'now'>,
): FrameId | undefined {
  const newest = passedId && isAfter(passedId, lastId) ? passedId : lastId
  return changedAt === undefined ? newest : nextFrameId(newest, redisClock.now())
}

interface Clocks {
  readonly clock: Clock
  readonly redisClock: RedisClock
}
