import type { Clock } from './clock.ts'
import type { Log } from './log.ts'

/**
 * A log for what may go wrong many times a second, each time for the same reason: of each kind at most one line a
 * second, with the number of those that it stands for.
 */
export class LogLimit {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #log: Log
  readonly #kinds = new Map<string, { loggedAt: number; unlogged: number }>()

  constructor({ clock, log }: { readonly clock: Pick<Clock, 'monotonic'>; readonly log: Log }) {
    this.#clock = clock
    this.#log = log
  }

  /**
   * Logs a warning, unless one of its kind was logged within the last second.
   * @param kind one of a few: never something that a stranger chose
   * @returns whether it was logged
   */
  warn(kind: string, fields: object, sentence: string): boolean {
    const now = this.#clock.monotonic()
    const known = this.#kinds.get(kind)
    if (known && now - known.loggedAt < PERIOD_MS) {
      known.unlogged++
      return false
    }
    const more = known && known.unlogged > 0 ? { ...fields, unlogged: known.unlogged } : fields
    this.#kinds.set(kind, { loggedAt: now, unlogged: 0 })
    this.#log.warn(more, sentence)
    return true
  }
}

const PERIOD_MS = 1000
