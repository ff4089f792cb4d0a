import type { Clock } from '../../core/clock.ts'
import { isCaptureTime } from '../capture-time.ts'

/** When something came and, by the camera's clock, was captured; ms since 1970. */
interface Times {
  readonly arrivedAt: number
  readonly capturedAt?: number | undefined
}

/**
 * Whether the times that a camera says can be believed. Many cameras have a clock that nobody has set, and ages by it would
 * be wrong by hours. One that is right is never ahead of ours, and of its pictures some arrive soon, however bad the
 * network is: so it is judged by the shortest delay of late.
 */
export class CameraClock {
  readonly #clock: Pick<Clock, 'monotonic'>
  /** The shortest delay of this period and of the one before, ms. */
  #shortest = Number.POSITIVE_INFINITY
  #shortestBefore = Number.POSITIVE_INFINITY
  #periodEnd = Number.NEGATIVE_INFINITY
  #source: 'camera' | 'arrival' | undefined

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** Whose clock the last picture's time was by; undefined before the first one. */
  get source(): 'camera' | 'arrival' | undefined {
    return this.#source
  }

  /** How far its clock seems to be off, ms, ahead positive; undefined if it says no times. */
  get offset(): number | undefined {
    const delay = Math.min(this.#shortest, this.#shortestBefore)
    return Number.isFinite(delay) ? -delay : undefined
  }

  /**
   * @param longestDelay how late the soonest pictures may be, ms: with HLS they always are late
   * @returns when it was captured, never after it arrived; undefined if that is not known, or not to be believed
   */
  captureTime({ arrivedAt, capturedAt }: Times, longestDelay = LONGEST_DELAY_MS): number | undefined {
    if (capturedAt === undefined || !isCaptureTime(capturedAt)) {
      this.#source = 'arrival'
      return undefined
    }
    const now = this.#clock.monotonic()
    if (now >= this.#periodEnd) {
      // After a long pause neither says anything.
      this.#shortestBefore = now < this.#periodEnd + PERIOD_MS ? this.#shortest : Number.POSITIVE_INFINITY
      this.#shortest = Number.POSITIVE_INFINITY
      this.#periodEnd = now + PERIOD_MS
    }
    this.#shortest = Math.min(this.#shortest, arrivedAt - capturedAt)
    const delay = Math.min(this.#shortest, this.#shortestBefore)
    const isRight = delay >= -MOST_AHEAD_MS && delay <= longestDelay
    this.#source = isRight ? 'camera' : 'arrival'
    return isRight ? Math.min(capturedAt, arrivedAt) : undefined
  }
}

const PERIOD_MS = 30_000
/** Clocks that are set by NTP agree better than that, ms. */
const MOST_AHEAD_MS = 250
/** The longest that a camera, its encoder and a network that works take, ms. */
const LONGEST_DELAY_MS = 2000
