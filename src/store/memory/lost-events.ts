import type { EventId, LoggedEvent } from '../../core/event.ts'
import { type EventTarget, maySee } from '../../core/event.ts'
import type { Holder } from '../../core/rights.ts'

/** Of how many streams and labels it is known what left. */
export const MOST_KINDS = 1000

/**
 * What has left a log, as far as readers must know: the newest id of each stream and label. So who may see little is told
 * of a gap only if something of theirs is gone.
 */
export class LostEvents {
  /** What left last is last. */
  readonly #newest = new Map<string, EventTarget & { readonly id: EventId }>()
  /** The newest of the streams and labels that there was no room for. It counts for everybody. */
  #ofOthers: EventId | undefined

  /** An event leaves; events leave in the order of their ids. */
  add({ id, label, key, needs }: LoggedEvent): void {
    const kind = JSON.stringify([label, key, needs])
    this.#newest.delete(kind)
    this.#newest.set(kind, { id, label, key, needs })
    if (this.#newest.size <= MOST_KINDS) return
    const [oldest] = this.#newest
    if (!oldest) return
    this.#newest.delete(oldest[0])
    this.#ofOthers = oldest[1].id
  }

  /** The newest id that the reader may have been allowed to see; undefined: nothing of theirs has left. */
  newestFor(reader: Holder): EventId | undefined {
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
