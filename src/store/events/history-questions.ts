import { messageOf, Refusal } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { QuotaRules } from '../../core/quota.ts'
import type { QuotaClient } from '../../core/quota-client.ts'
import { WorkerUnusable } from '../worker-calls.ts'
import type { EventHistory } from './event-history.ts'
import { HistoryTurns } from './history-turns.ts'

/** What asking the history needs. */
export interface HistoryQuestionParts {
  readonly history: EventHistory
  readonly log: Log
  /** How many may wait. */
  readonly reads: QuotaRules
  /** Why it cannot be asked; undefined while it can. */
  readonly problem: () => string | undefined
  /** Called when the history has to be opened again. */
  readonly unusable: (error: WorkerUnusable) => void
}

/** What readers ask the history: in turn, and refused while it does not answer. */
export class HistoryQuestions {
  readonly #parts: HistoryQuestionParts
  readonly #turns: HistoryTurns
  /** Whether the last question was in vain. */
  #isFailing = false

  constructor(parts: HistoryQuestionParts) {
    this.#parts = parts
    this.#turns = new HistoryTurns(parts.reads)
  }

  /**
   * Asks when it is the client's turn. That something cannot be read does not say that nothing can be stored.
   * @throws Refusal `unavailable` when there is no answer; as `HistoryTurns.ask`; those that the question throws
   */
  ask<Answer>(client: QuotaClient, question: (history: EventHistory) => Promise<Answer>): Promise<Answer> {
    const { history, problem } = this.#parts
    return this.#turns.ask(client, async () => {
      const known = problem()
      if (known !== undefined) throw new Refusal('unavailable', known)
      try {
        const answer = await question(history)
        this.#isFailing = false
        return answer
      } catch (error) {
        if (error instanceof Refusal) throw error
        this.#failed(error)
        throw new Refusal('unavailable', problem() ?? `Events cannot be read: ${messageOf(error)}.`)
      }
    })
  }

  #failed(error: unknown): void {
    const { log, unusable } = this.#parts
    if (error instanceof WorkerUnusable) unusable(error)
    else if (!this.#isFailing) log.error({ err: error }, 'events cannot be read')
    this.#isFailing = true
  }
}
