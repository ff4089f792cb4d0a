import { FairQueue } from './fair-queue.ts'

/**
 * Divides the turns of the event loop among all who have work of one kind, such as sockets that are read, or viewers of
 * large pictures: some milliseconds of it are done in a turn. Who comes later waits for the next turns, in which clients
 * are served one after another: so however much work somebody makes, everybody else is served between.
 */
export class EventLoopTurns {
  readonly #inNextTurn: (action: () => void) => void
  #current = 0
  /** How long work was done in this turn, ms. */
  #spent = 0
  readonly #waiting = new FairQueue<() => void>()
  #waitingCount = 0
  #isScheduled = false

  /** @param inNextTurn calls something in the next turn: `setImmediate` */
  constructor(inNextTurn: (action: () => void) => void) {
    this.#inNextTurn = inNextTurn
  }

  /** The number of this turn. */
  get current(): number {
    this.#schedule()
    return this.#current
  }

  /** Whether nothing more may be done in this turn. */
  get isOver(): boolean {
    return this.#spent >= TURN_MS
  }

  /** Notes how long work was done, ms. */
  spend(ms: number): void {
    this.#spent += ms
    this.#schedule()
  }

  /**
   * Notes work that is done later in this turn, by what it is done with. A picture takes less than is assumed for its
   * bytes, JSON of many small values up to three times as much.
   */
  spendFor(bytes: number): void {
    if (bytes >= FEW_BYTES) this.spend(bytes * MS_PER_BYTE)
  }

  /** Calls `action`, which handles so many bytes, now or in a later turn. @param client who is served */
  handle(client: string, bytes: number, action: () => void): void {
    const run = () => {
      this.spendFor(bytes)
      action()
    }
    if (bytes >= FEW_BYTES && this.isOver) this.after(client, run)
    else run()
  }

  /**
   * Resolves now or in a later turn, for work that is done then.
   * @param client who is served
   * @param ms how long it takes, about
   */
  turnFor(client: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const begin = () => {
        this.spend(ms)
        resolve()
      }
      if (this.isOver) this.after(client, begin)
      else begin()
    })
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
    this.#inNextTurn(() => this.#begin())
  }

  #begin(): void {
    this.#isScheduled = false
    this.#current++
    this.#spent = 0
    try {
      // Those that are added meanwhile wait for the next turn.
      for (let left = this.#waitingCount; left > 0 && !this.isOver; left--) {
        const action = this.#waiting.next(() => false)
        if (!action) break
        this.#waitingCount--
        action()
      }
    } finally {
      if (this.#waitingCount > 0) this.#schedule()
    }
  }
}

/** How long work is done in one turn, ms. */
const TURN_MS = 5
/** Fewer bytes than this are handled so fast that they are not noted. */
const FEW_BYTES = 16_384
const MS_PER_BYTE = 20e-6
