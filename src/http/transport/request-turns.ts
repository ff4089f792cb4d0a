import { FairQueue } from '../../core/fair-queue.ts'

/**
 * Starts so many HTTP requests and upgrades in a turn of the event loop. More of them wait for the next turns, in which
 * clients are served one after another: so thousands of requests that arrive at once hold up neither the frames nor the
 * one request of somebody else.
 */
export class RequestTurns {
  readonly #perTurn: number
  readonly #limited: (limit: string) => void
  readonly #waiting = new FairQueue<() => void>()
  #waitingCount = 0
  /** How many were started in this turn. */
  #started = 0
  #isScheduled = false

  /** @param limited called for each request that has to wait */
  constructor(perTurn: number, limited: (limit: string) => void) {
    this.#perTurn = perTurn
    this.#limited = limited
  }

  /** Calls `start` now, or in a later turn. @param client says whose request it is; only asked if it has to wait */
  take(client: () => string, start: () => void): void {
    this.#schedule()
    if (this.#waitingCount === 0 && this.#started < this.#perTurn) {
      this.#started++
      start()
      return
    }
    this.#limited('limits.requests_per_turn')
    this.#waitingCount++
    this.#waiting.add(client(), start)
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#serve()
    })
  }

  #serve(): void {
    this.#started = 0
    for (; this.#started < this.#perTurn; this.#started++) {
      const start = this.#waiting.next(() => false)
      if (!start) return
      this.#waitingCount--
      start()
    }
    this.#schedule()
  }
}
