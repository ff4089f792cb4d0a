import { FairQueue } from '../core/fair-queue.ts'
import { Quota, type QuotaRules } from '../core/quota.ts'

/**
 * The turns of what takes long: so many at once, of each client so many, client by client. Whoever has to wait longer
 * than the command may take does not get a turn.
 */
export class CommandTurns {
  readonly #running: Quota
  readonly #waiting = new FairQueue<() => void>()

  /** @param rules how many may run at once, and how many of one client */
  constructor(rules: QuotaRules) {
    this.#running = new Quota(rules)
  }

  /**
   * Does something once it is the client's turn, which ends when it settles.
   * @throws the reason of the signal if that is aborted before
   */
  async run<Result>(client: string, signal: AbortSignal, deed: () => Promise<Result>): Promise<Result> {
    await this.#turn(client, signal)
    try {
      return await deed()
    } finally {
      this.#running.give(client, 1)
      this.#next()
    }
  }

  async #turn(client: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    // Nobody who could be served waits: `#next` has served them.
    if (this.#running.take(client, 1) === undefined) return
    await new Promise<void>((resolve, reject) => {
      const start = () => {
        signal.removeEventListener('abort', giveUp)
        this.#running.add(client, 1)
        resolve()
      }
      const giveUp = () => {
        this.#waiting.remove(client, start)
        reject(signal.reason)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiting.add(client, start)
    })
  }

  #next(): void {
    for (;;) {
      const start = this.#waiting.next((client) => this.#running.exceeds(client, 1) !== undefined)
      if (!start) return
      start()
    }
  }
}
