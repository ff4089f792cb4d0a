/**
 * A response timeout, as a heartbeat has one (dead peer detection): finds out that the other end is gone, though nobody
 * closed the connection, for it was asked something and nothing came for too long. The time counts from the first question
 * that nothing came after.
 */
export class ResponseTimeout {
  readonly #maxSilence: number
  readonly #now: () => number
  readonly #timedOut: () => void
  readonly #askAgain: () => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #due = 0

  /**
   * @param maxSilence ms
   * @param now ms; may jump
   * @param timedOut told, once, that nothing came
   * @param askAgain asks once more; must not call `asked`
   */
  constructor(maxSilence: number, now: () => number, timedOut: () => void, askAgain: () => void = () => {}) {
    this.#maxSilence = maxSilence
    this.#now = now
    this.#timedOut = timedOut
    this.#askAgain = askAgain
  }

  /** Something was sent that will be answered. */
  asked(): void {
    if (this.#timer === undefined) this.#wait(() => this.#expired())
  }

  /** Something came. */
  heard(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Nothing is waited for any more. */
  stop(): void {
    this.heard()
  }

  #wait(action: () => void): void {
    this.#due = this.#now() + this.#maxSilence
    this.#timer = setTimeout(action, this.#maxSilence)
  }

  #expired(): void {
    // The laptop slept, or the tab was frozen: what came meanwhile has had no chance to be heard.
    if (this.#now() - this.#due > LATE_MS) {
      this.#wait(() => this.#end())
      this.#askAgain()
    } else this.#end()
  }

  #end(): void {
    this.#timer = undefined
    this.#timedOut()
  }
}

/** What a timer of a busy page may be late, ms. */
const LATE_MS = 1000
