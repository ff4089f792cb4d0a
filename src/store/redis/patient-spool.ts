import { type Clock, inTime } from '../../core/clock.ts'
import { messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { EventSpool, SpoolLimits } from '../events/event-spool.ts'

/** What using a spool needs. */
export interface PatientSpoolParts {
  readonly clock: Clock
  readonly log: Log
  readonly spool: EventSpool
  /** The path of its file. */
  readonly spoolPath: string
  readonly spoolLimits: SpoolLimits
}

/** A spool that is opened when it is used, and again after it has failed; a disk that does not answer is a failure. */
export class PatientSpool {
  readonly #parts: PatientSpoolParts
  #isOpen = false
  #problem: string | undefined

  constructor(parts: PatientSpoolParts) {
    this.#parts = parts
  }

  /** Why its last use failed; undefined if it did not. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Does something with it. @throws Error when that cannot be done */
  async use<Result>(work: (spool: EventSpool) => Promise<Result>): Promise<Result> {
    const { clock, log } = this.#parts
    try {
      const result = await inTime(clock, PATIENCE_MS, this.#opened(work), () =>
        Promise.reject(new Error('the disk does not answer')),
      )
      this.#problem = undefined
      return result
    } catch (error) {
      this.#isOpen = false
      const problem = messageOf(error)
      if (problem !== this.#problem) log.error({ err: error }, 'the spool of events cannot be used')
      this.#problem = problem
      throw error
    }
  }

  close(): Promise<void> {
    return this.#parts.spool.close()
  }

  async #opened<Result>(work: (spool: EventSpool) => Promise<Result>): Promise<Result> {
    const { spool, spoolPath, spoolLimits } = this.#parts
    if (!this.#isOpen) await spool.open(spoolPath, spoolLimits)
    this.#isOpen = true
    return work(spool)
  }
}

/** How long the disk may take, ms. */
const PATIENCE_MS = 5000
