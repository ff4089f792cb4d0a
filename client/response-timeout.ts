/**
 * A response timeout (dead peer detection): notices that the peer is gone although the connection was not closed,
 * because nothing is received after a request. The time counts from the first request after the last message.
 */
export class ResponseTimeout {
  readonly #maxSilence: number
  readonly #now: () => number
  readonly #timedOut: () => void
  readonly #askAgain: () => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #due = 0

  /**
   * @param maxSilence the timeout, ms
   * @param now the wall clock, ms; may jump
   * @param timedOut called once on timeout
   * @param askAgain repeats the request after the machine was suspended; must not call `asked`
   */
  constructor(maxSilence: number, now: () => number, timedOut: () => void, askAgain: () => void = () => {}) {
    this.#maxSilence = maxSilence
    this.#now = now
    this.#timedOut = timedOut
    this.#askAgain = askAgain
  }

  /** A request was sent. */
  asked(): void {
    if (this.#timer === undefined) this.#wait(() => this.#expired())
  }

  /** A message was received. */
  heard(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Stops waiting. */
  stop(): void {
    this.heard()
  }

  #wait(action: () => void): void {
    this.#due = this.#now() + this.#maxSilence
    this.#timer = setTimeout(action, this.#maxSilence)
  }

  #expired(): void {
    // The laptop was asleep or the tab frozen: messages received meanwhile could not be handled yet.
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

/** The delay of a timer that is normal on a busy page, ms. */
const LATE_MS = 1000
