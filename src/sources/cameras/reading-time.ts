import type { Clock } from '../../core/clock.ts'

/**
 * Bounds how much of the server's time is spent on what one connection to a camera brings: one that sends as fast as it can
 * must not keep the server from everything else. Cameras that send video take a few hundredths of it.
 */
export class ReadingTime {
  readonly #clock: Pick<Clock, 'monotonic'>
  #periodBegin = Number.NEGATIVE_INFINITY
  #spent = 0

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /**
   * Does what is to be done with what has come.
   * @returns for how long nothing more is to be read, ms; 0: go on
   * @throws what `work` throws
   */
  spend(work: () => void): number {
    const begin = this.#clock.monotonic()
    if (begin - this.#periodBegin >= PERIOD_MS) {
      this.#periodBegin = begin
      this.#spent = 0
    }
    work()
    const end = this.#clock.monotonic()
    this.#spent += end - begin
    return this.#spent < MOST_MS ? 0 : Math.max(0, this.#periodBegin + PERIOD_MS - end)
  }
}

const PERIOD_MS = 100
/** Of each period. */
const MOST_MS = 40
