import type { IndexedEvent } from '../../core/event-buffer.ts'
import type { Log } from '../../core/log.ts'
import type { EvictedEntry } from '../events/evicted-events.ts'
import type { RedisEventLog } from './redis-event-log.ts'
import { RedisFailure } from './redis-failure.ts'

/** Events that make room for others, until Redis has deleted them. */
export class DroppedEvents {
  readonly #parts: { readonly events: Pick<RedisEventLog, 'drop'>; readonly log: Log }
  #waiting: IndexedEvent[] = []
  /** Why they cannot be deleted. */
  #refusal: string | undefined

  constructor(parts: { readonly events: Pick<RedisEventLog, 'drop'>; readonly log: Log }) {
    this.#parts = parts
  }

  add(events: readonly IndexedEvent[]): void {
    for (const event of events) this.#waiting.push(event)
  }

  /**
   * Deletes them, a part at a time, as Redis does nothing else meanwhile. Where it refuses that (full, or not allowed),
   * they wait for the next call.
   * @param goneEntries what is to be remembered of them
   * @throws RedisFailure when it cannot be reached
   */
  async delete(goneEntries: (events: readonly IndexedEvent[]) => readonly EvictedEntry[]): Promise<void> {
    const { events, log } = this.#parts
    while (this.#waiting.length > 0) {
      const part = this.#waiting.slice(0, PART)
      try {
        await events.drop(
          part.map(({ id }) => id),
          goneEntries(part),
        )
      } catch (error) {
        if (!(error instanceof RedisFailure) || error.kind !== 'refused') throw error
        if (error.message !== this.#refusal) log.error({}, `events that are too many stay in the log: ${error.message}`)
        this.#refusal = error.message
        return
      }
      this.#refusal = undefined
      this.#waiting = this.#waiting.slice(part.length)
    }
  }
}

/** How many are deleted at once: each takes about 5 µs. */
const PART = 200
