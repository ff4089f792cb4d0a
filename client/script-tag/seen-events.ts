import { type FrameId, isAfter, isFrameId } from '../../src/core/frame-id.ts'
import { LruMap } from '../../src/core/lru-map.ts'

/** What an event is known by, as the server sends it. */
export interface EventName {
  readonly event_id?: unknown
  readonly receipt?: unknown
}

/**
 * Knows which events of a log were given out already, so that none is given out twice after a reconnect, or once it has
 * its id.
 */
export class SeenEvents {
  #newest: FrameId | undefined
  /** Events that came without an id, by receipt. */
  readonly #waiting = new LruMap<string, true>(MOST_WAITING)

  /** The id of the newest event that was seen. */
  get newest(): FrameId | undefined {
    return this.#newest
  }

  /** Notes an event. @returns whether it is new; one that has neither an id nor a receipt always is */
  add({ event_id: id, receipt }: EventName): boolean {
    const hasId = typeof id === 'string' && isFrameId(id)
    if (hasId && !isAfter(id, this.#newest)) return false
    if (hasId) this.#newest = id
    if (typeof receipt !== 'string') return true
    if (this.#waiting.has(receipt)) return false
    if (!hasId) this.#waiting.set(receipt, true)
    return true
  }

  /** After a gap: the log may be another one, whose ids are lower. */
  forget(): void {
    this.#newest = undefined
  }
}

/** Of how many events that came without an id is known that they came. */
const MOST_WAITING = 10_000
