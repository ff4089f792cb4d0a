import type { GrantHolder } from '../../core/authorization.ts'
import type { EventId, LoggedEvent } from '../../core/event.ts'
import { type EventTarget, maySee } from '../../core/event.ts'
import { isAfter } from '../../core/frame-id.ts'
import { LruMap } from '../../core/lru-map.ts'

/** For how many streams and labels evictions are tracked individually. */
export const MOST_KINDS = 1000

/**
 * Tracks evicted events as far as readers need to know: the newest evicted id for each stream and label. So a reader is
 * told of a gap only if an event that it could see is missing.
 */
export class EvictedEvents {
  /** The most recently evicted is last, which need not have the highest id. */
  readonly #newest = new LruMap<string, EventTarget & { readonly id: EventId }>(MOST_KINDS)
  /** The newest evicted event of the streams and labels that are no longer tracked. It counts for every reader. */
  #ofOthers: EventId | undefined

  /** The highest id of all evicted events. */
  #newestOfAll: EventId | undefined

  /** Records an evicted event. */
  add({ id, label, key, needs }: LoggedEvent): void {
    const kind = JSON.stringify([label, key, needs])
    // Of two publishers the one that takes most loses its events first, which may be the newer ones.
    const newest = later(this.#newest.get(kind)?.id, id)
    const evicted = this.#newest.set(kind, { id: newest, label, key, needs })
    if (evicted) this.#ofOthers = later(this.#ofOthers, evicted[1].id)
    this.#newestOfAll = later(this.#newestOfAll, id)
  }

  /** Whether any event after that position has been evicted. */
  isAnyAfter(position: EventId): boolean {
    return this.#newestOfAll !== undefined && isAfter(this.#newestOfAll, position)
  }

  /** The highest evicted id that the reader may have been allowed to see; undefined if there is none. */
  newestFor(reader: GrantHolder): EventId | undefined {
    let newest = this.#ofOthers
    for (const event of this.#newest.values()) if (maySee(reader, event)) newest = later(newest, event.id)
    return newest
  }

  /** Whether this id is known to be that of an evicted event. */
  has(id: string): boolean {
    if (id === this.#ofOthers) return true
    for (const event of this.#newest.values()) if (event.id === id) return true
    return false
  }
}

function later(one: EventId | undefined, other: EventId): EventId {
  return one !== undefined && isAfter(one, other) ? one : other
}
