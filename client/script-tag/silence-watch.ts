/** What a watch needs. */
export interface SilenceWatchOptions {
  /** How often the server sends something when nothing happens, until its own heartbeats have shown it, ms. */
  readonly interval: number
  /** Called once when nothing was heard for too long. */
  readonly timedOut: (ms: number) => void
}

/**
 * Notices that a connection is dead although nobody has said so, as after the machine has slept: nothing was heard for
 * two and a half heartbeats.
 */
export class SilenceWatch {
  readonly #timedOut: (ms: number) => void
  #interval: number
  #isLearnt = false
  /** The server's time in the last heartbeat, ms. */
  #beat: number | undefined
  #heardAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor({ interval, timedOut }: SilenceWatchOptions) {
    this.#interval = interval
    this.#timedOut = timedOut
  }

  /** Starts for a new connection. */
  start(): void {
    this.#beat = undefined
    this.heard()
  }

  /** Something was received. */
  heard(): void {
    this.#heardAt = Date.now()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#expired(), this.#limit)
  }

  /** A heartbeat was received. @param time the server's, ms: the interval does not depend on when they arrive */
  beat(time: number): void {
    const interval = this.#beat === undefined ? 0 : time - this.#beat
    this.#beat = time
    if (!(interval > 0)) return
    this.#interval = interval
    this.#isLearnt = true
    this.heard()
  }

  /** Whether it has been silent for too long, also if the timer is late, since the machine was asleep. */
  get isOver(): boolean {
    return Date.now() - this.#heardAt >= this.#limit
  }

  /** Stops waiting. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  #expired(): void {
    const limit = this.#limit
    // The server's heartbeats may be rarer than was assumed.
    if (!this.#isLearnt) this.#interval = Math.min(this.#interval * 2, LONGEST_INTERVAL)
    this.#timedOut(limit)
  }

  get #limit(): number {
    return Math.max(BEATS * this.#interval, LEAST_MS)
  }
}

/** How many heartbeats may be missed. */
const BEATS = 2.5
/** The shortest silence that means anything, ms. */
const LEAST_MS = 2000
/** The rarest heartbeats that a server can be set to, ms. */
const LONGEST_INTERVAL = 3_600_000
