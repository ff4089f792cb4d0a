import { messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { ScalerFailure, UndecodablePicture } from './scaler.ts'

/**
 * Whether pictures can be made at all (a circuit breaker): not where threads fail again and again, as when their program
 * does not run on the machine.
 */
export class ScalerHealth {
  readonly #log: Log
  readonly #broke: () => void
  #failures = 0
  #isBroken = false
  #isLogged = false

  /** @param broke called when no pictures can be made any more */
  constructor(log: Log, broke: () => void) {
    this.#log = log
    this.#broke = broke
  }

  /** Whether no pictures can be made. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  /** A job was done. */
  worked(): void {
    this.#failures = 0
    this.#isBroken = false
    if (this.#isLogged) this.#log.info({}, 'smaller pictures are made again')
    this.#isLogged = false
  }

  /** A job failed. @param isStuck whether no thread is left, whatever was before */
  failed(error: unknown, isStuck: boolean): void {
    if (error instanceof UndecodablePicture) this.worked()
    if (!(error instanceof ScalerFailure)) return
    this.#failures++
    if ((this.#failures < FAILURES_IN_ROW && !isStuck) || this.#isBroken) return
    this.#isBroken = true
    if (!this.#isLogged)
      this.#log.error({ reason: messageOf(error) }, 'no smaller pictures can be made: viewers get the originals')
    this.#isLogged = true
    this.#broke()
  }

  /** It may be tried again; one more failure, and it is broken as before. @returns whether it was broken */
  retry(): boolean {
    const wasBroken = this.#isBroken
    this.#isBroken = false
    return wasBroken
  }
}

/** From so many on nothing works. */
const FAILURES_IN_ROW = 3
