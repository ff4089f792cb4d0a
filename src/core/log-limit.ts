import type { Clock } from './clock.ts'
import type { Log } from './log.ts'

/**
 * A log for what may go wrong many times a second, each time for the same reason: of each kind at most one line in a
 * period, with the number of those that it stands for.
 */
export class LogLimit {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #log: Log
  readonly #period: number
  readonly #kinds = new Map<string, { loggedAt: number; unlogged: number }>()

  /** @param period ms; default: a second */
  constructor({ clock, log }: { readonly clock: Pick<Clock, 'monotonic'>; readonly log: Log }, period = SECOND_MS) {
    this.#clock = clock
    this.#log = log
    this.#period = period
  }

  /**
   * Logs a warning, unless one of its kind was logged within the last period.
   * @param kind one of a few: never something that a stranger chose
   * @returns whether it was logged
   */
  warn(kind: string, fields: object, sentence: string): boolean {
    const now = this.#clock.monotonic()
    const known = this.#kinds.get(kind)
    if (known && now - known.loggedAt < this.#period) {
      known.unlogged++
      return false
    }
    const more = known && known.unlogged > 0 ? { ...fields, unlogged: known.unlogged } : fields
    this.#kinds.set(kind, { loggedAt: now, unlogged: 0 })
    this.#log.warn(more, sentence)
    return true
  }
}

const SECOND_MS = 1000

/** The period for what a peer can make go wrong for days, such as a sender of garbage, ms. */
export const MINUTE_MS = 60_000
