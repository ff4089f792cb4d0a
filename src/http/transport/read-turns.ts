import { FairQueue } from '../../core/fair-queue.ts'

/**
 * Divides the turns of the event loop among all sockets that are read: what they send is handled for a few milliseconds
 * in a turn. Who comes later waits for the next turns, in which clients are served one after another: so however many
 * sockets somebody floods, everybody else is served between.
 */
export class ReadTurns {
  #current = 0
  /** How long messages were handled in this turn, ms. */
  #spent = 0
  readonly #waiting = new FairQueue<() => void>()
  #waitingCount = 0
  #isScheduled = false

  /** The number of this turn. */
  get current(): number {
    this.#schedule()
    return this.#current
  }

  /** Whether nothing more may be handled in this turn. */
  get isOver(): boolean {
    return this.#spent >= TURN_MS
  }

  /** Notes how long messages were handled, ms. */
  spend(ms: number): void {
    this.#spent += ms
    this.#schedule()
  }

  /** Calls `action` in a later turn. @param client who is served */
  after(client: string, action: () => void): () => void {
    this.#waiting.add(client, action)
    this.#waitingCount++
    this.#schedule()
    return () => {
      if (this.#waiting.remove(client, action)) this.#waitingCount--
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#begin())
  }

  #begin(): void {
    this.#isScheduled = false
    this.#current++
    this.#spent = 0
    // Those that are added meanwhile wait for the next turn.
    for (let left = this.#waitingCount; left > 0 && !this.isOver; left--) {
      const action = this.#waiting.next(() => false)
      if (!action) break
      this.#waitingCount--
      action()
    }
    if (this.#waitingCount > 0) this.#schedule()
  }
}

/** How long messages are handled in one turn, ms. */
const TURN_MS = 5
