import type { Declaration } from '../../core/declared-stream.ts'
import { type FrameId, parseFrameId } from '../../core/frame-id.ts'
import { type StreamName, streamId } from '../../core/stream-name.ts'
import { redisKeyOf } from '../../wire/redis-frame.ts'

/** A stream that is in Redis, as far as it is known here. */
export interface StoredStream {
  readonly name: StreamName
  /** Its key in Redis. */
  readonly key: string
  /** The id of its newest entry, as last looked up. */
  lastId: FrameId | undefined
  /** How long it was silent before that entry, ms; 0 if that is not known. */
  interval: number
  /** The id of the newest entry that was passed on or is known to be shown here. */
  passedId: FrameId | undefined
  /** The newest entry when the stream was removed here: it is not listed until there is another. */
  removedAt: FrameId | undefined
  /** Set while it is declared here. */
  declaration: Declaration | undefined
  /** In which search of all keys it was last found. */
  foundIn: number
  /** When the newest frame that was shown here was received, monotonic ms. */
  shownAt: number
}

/** All streams in Redis that are known here, by name and by key. */
export class StoredStreams {
  readonly #byName = new Map<string, StoredStream>()
  readonly #byKey = new Map<string, StoredStream>()

  get(name: StreamName): StoredStream | undefined {
    return this.#byName.get(streamId(normal(name)))
  }

  withKey(key: string): StoredStream | undefined {
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
      name: normal(name),
      key,
      lastId: undefined,
      interval: 0,
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

/** The keys that a stream may have in Redis, as other programs need not normalise names; the one that we choose first. */
export function possibleKeys(name: StreamName): readonly string[] {
  const forms = ['NFC', 'NFD'] as const
  return [...new Set(forms.map((form) => redisKeyOf(normalised(name, form))))]
}

/** When an entry was written, by its id: ms since 1970 by the clock of Redis. */
export function timeOf(id: FrameId): number {
  return parseFrameId(id)?.ms ?? 0
}

function normal(name: StreamName): StreamName {
  return normalised(name, 'NFC')
}

function normalised({ label, key }: StreamName, form: 'NFC' | 'NFD'): StreamName {
  return { label: label.normalize(form), key: key.normalize(form) }
}
