import { limited, Refusal } from '../../core/errors.ts'
import { FairQueue } from '../../core/fair-queue.ts'
import { Quota, type QuotaBound, type QuotaRules } from '../../core/quota.ts'
import type { QuotaClient } from '../../core/quota-client.ts'

/**
 * The turns of those who ask the history for something: one at a time, client by client. The history does one thing after
 * another, so what all of them want at once would keep new events waiting; like this there is at most one question ahead
 * of a commit.
 */
export class HistoryTurns {
  /** Everybody who waits or is served. */
  readonly #places: Quota
  readonly #waiting = new FairQueue<() => void>()
  #isBusy = false

  /** @param rules how many may wait at once */
  constructor(rules: QuotaRules) {
    this.#places = new Quota(rules)
  }

  /**
   * Asks once it is the client's turn.
   * @throws Refusal `limited` when too many questions of this client wait, `exhausted` when too many of all do; what the
   *   question throws
   */
  async ask<Answer>({ client, isPrivileged }: QuotaClient, question: () => Promise<Answer>): Promise<Answer> {
    const bound = this.#places.take(client, 1, isPrivileged)
    if (bound !== undefined) throw tooMany(bound)
    try {
      await this.#turn(client)
      return await question()
    } finally {
      this.#places.give(client, 1)
      this.#next()
    }
  }

  /** Resolves when it is the client's turn; those with priority count together. */
  async #turn(client = ''): Promise<void> {
    if (this.#isBusy) await new Promise<void>((start) => this.#waiting.add(client, start))
    this.#isBusy = true
  }

  #next(): void {
    const start = this.#waiting.next(() => false)
    if (start) start()
    else this.#isBusy = false
  }
}

function tooMany(bound: QuotaBound): Refusal {
  if (bound !== 'share') return new Refusal('exhausted', `Too many ${WAIT} (${READS}).`, { limit: READS })
  const again = (seconds: number) => `Too many of your ${WAIT} (${READS_OF_CLIENT}); try again in ${seconds} s.`
  return limited(RETRY_MS, again, READS_OF_CLIENT)
}

const WAIT = 'requests wait for the history of events'
const READS = 'limits.event_reads'
const READS_OF_CLIENT = 'limits.event_reads_per_client'
const RETRY_MS = 1000
