import type { GrantHolder } from '../../core/authorization.ts'
import type { EventId, LoggedEvent } from '../../core/event.ts'
import { type EventTarget, maySee } from '../../core/event.ts'
import { LruMap } from '../../core/lru-map.ts'

/** Of how many streams and labels it is known what left. */
export const MOST_KINDS = 1000

/**
 * What was evicted from a log, as far as readers must know: the newest id of each stream and label. So who may see
 * little is told of a gap only if something of theirs is gone.
 */
export class EvictedEvents {
  /** What left last is last. */
  readonly #newest = new LruMap<string, EventTarget & { readonly id: EventId }>(MOST_KINDS)
  /** The newest of the streams and labels that there was no room for. It counts for everybody. */
  #ofOthers: EventId | undefined

  /** An event leaves; events leave in the order of their ids. */
  add({ id, label, key, needs }: LoggedEvent): void {
    const kind = JSON.stringify([label, key, needs])
    const evicted = this.#newest.set(kind, { id, label, key, needs })
    if (evicted) this.#ofOthers = evicted[1].id
  }

  /** The newest id that the reader may have been allowed to see; undefined: nothing of theirs has left. */
  newestFor(reader: GrantHolder): EventId | undefined {
    let newest = this.#ofOthers
    for (const event of this.#newest.values()) if (maySee(reader, event)) newest = event.id
    return newest
  }

  /** Whether it is known that this id was one of those that left. */
  has(id: string): boolean {
    if (id === this.#ofOthers) return true
    for (const event of this.#newest.values()) if (event.id === id) return true
    return false
  }
}
