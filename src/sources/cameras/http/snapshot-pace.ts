/**
 * How often a camera is asked for single pictures: as often as they are wanted, but only as often as it can easily give
 * them. It gets rest for as long as it took, and five a second are enough unless it is quick.
 */
export class SnapshotPace {
  #took: number | undefined

  /** @param ms how long the camera took for a picture, from the question to its last byte */
  took(ms: number): void {
    // Of late: an exponential average, in which one slow answer is soon forgotten.
    this.#took = this.#took === undefined ? ms : this.#took + (ms - this.#took) / 4
  }

  /**
   * The time from one question to the next, ms.
   * @param wantedRate pictures a second; 0: none are wanted, and it is only seen whether the camera is still there
   */
  interval(wantedRate: number): number {
    if (wantedRate <= 0) return SIGN_OF_LIFE_MS
    const took = this.#took ?? 0
    const least = 2 * took <= QUICK_MS ? Math.max(2 * took, MIN_MS) : Math.max(2 * took, USUAL_MS)
    return Math.max(1_000 / wantedRate, least)
  }
}

const SIGN_OF_LIFE_MS = 10_000
/** Five a second. */
const USUAL_MS = 200
/** A camera that takes half of this is asked more often … */
const QUICK_MS = 80
/** … up to 25 times a second. */
const MIN_MS = 40
