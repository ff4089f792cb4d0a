import type { GrantHolder } from '../../core/authorization.ts'
import type { EventId, LoggedEvent } from '../../core/event.ts'
import { type EventTarget, maySee } from '../../core/event.ts'
import type { EventFilter } from '../../core/event-filter.ts'
import { isAfter } from '../../core/frame-id.ts'
import { LruMap } from '../../core/lru-map.ts'
import { isSameName } from '../../core/stream-name.ts'

/** For how many streams and labels evictions are tracked individually. */
export const MOST_KINDS = 1000

/** What is recorded of one stream or label: which, as a text, and the newest id. */
export type EvictedEntry = readonly [kind: string, newest: EventId]

/** The kind that stands for all streams and labels. */
export const ALL_KINDS = ''

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

  /** Whether nothing was evicted. */
  get isEmpty(): boolean {
    return this.#newestOfAll === undefined
  }

  /** Records an evicted event. */
  add({ id, label, key, needs }: EventTarget & Pick<LoggedEvent, 'id'>): void {
    const kind = kindOf({ label, key, needs })
    // Of two publishers the one that takes most loses its events first, which may be the newer ones.
    const newest = later(this.#newest.get(kind)?.id, id)
    const evicted = this.#newest.set(kind, { id: newest, label, key, needs })
    if (evicted) this.#ofOthers = later(this.#ofOthers, evicted[1].id)
    this.#newestOfAll = later(this.#newestOfAll, id)
  }

  /**
   * The highest evicted id after a position that the reader may have been allowed to see, of the labels it wants;
   * undefined if there is none.
   */
  newestFor(reader: GrantHolder, after: EventId, { labels }: EventFilter = {}): EventId | undefined {
    if (this.#newestOfAll === undefined || !isAfter(this.#newestOfAll, after)) return undefined
    let newest = this.#ofOthers
    for (const event of this.#newest.values()) {
      const { label } = event
      const isWanted = !labels || (label !== undefined && labels.some((wanted) => isSameName(wanted, label)))
      if (isWanted && maySee(reader, event)) newest = later(newest, event.id)
    }
    return newest !== undefined && isAfter(newest, after) ? newest : undefined
  }

  /** Records that everything up to that event is gone, of whatever stream and label. */
  addAll(newest: EventId): void {
    this.#ofOthers = later(this.#ofOthers, newest)
    this.#newestOfAll = later(this.#newestOfAll, newest)
  }

  /** What is recorded, to be stored: see `restore`. */
  *entries(): Generator<EvictedEntry> {
    if (this.#ofOthers !== undefined) yield [ALL_KINDS, this.#ofOthers]
    for (const { id, ...target } of this.#newest.values()) yield [kindOf(target), id]
  }

  /** The entry of this event's stream or label; undefined if that is no longer tracked by itself. */
  entryOf(event: EventTarget): EvictedEntry | undefined {
    const kind = kindOf(event)
    const newest = this.#newest.get(kind)
    return newest && [kind, newest.id]
  }

  /** Adds one of the stored `entries`. @throws Error when it is not one */
  restore(kind: string, newest: EventId): void {
    if (kind === ALL_KINDS) this.addAll(newest)
    else this.add({ id: newest, ...targetOf(kind) })
  }

  /** Whether this id is known to be that of an evicted event. */
  has(id: string): boolean {
    if (id === this.#ofOthers) return true
    for (const event of this.#newest.values()) if (event.id === id) return true
    return false
  }
}

function kindOf({ label, key, needs }: EventTarget): string {
  return JSON.stringify([label, key, needs])
}

function targetOf(kind: string): EventTarget {
  const found: unknown = JSON.parse(kind)
  if (!Array.isArray(found)) throw new Error(`${kind} is not a kind of event`)
  const [label, key, needs] = found.map((each) => (typeof each === 'string' ? each : undefined))
  // What is not known is for admins only.
  return { label, key, needs: needs === undefined || needs === 'view' ? needs : 'administer' }
}

function later(one: EventId | undefined, other: EventId): EventId {
  return one !== undefined && isAfter(one, other) ? one : other
}
