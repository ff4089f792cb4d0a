import { SlidingWindow } from '../time/sliding-window.ts'

/** The measured upload rate. */
export interface UploadRate {
  /** Pictures per second. */
  readonly rate: number
  /** The average size of a picture, bytes. */
  readonly bytes: number
  readonly bitsPerSecond: number
}

/** Measures the frame rate and average picture size of the upload, over the last three seconds. */
export class UploadMeter {
  readonly #sent = new SlidingWindow(SPAN_MS)
  #since: number | undefined
  #last = 0

  /** Adds a picture sent at `now` (monotonic, ms). */
  add(now: number, bytes: number): void {
    this.#since ??= now
    this.#last = now
    this.#sent.add(now, bytes)
  }

  /** The rate at `now`; undefined before there are enough pictures. */
  read(now: number): UploadRate | undefined {
    if (this.#since === undefined || now - this.#since < LEAST_MS) return undefined
    const rate = this.#rate(now)
    const bytes = this.#sent.size(now) / Math.max(1, this.#sent.count(now))
    return { rate, bytes, bitsPerSecond: rate * bytes * 8 }
  }

  #rate(now: number): number {
    const interval = this.#sent.interval(now)
    const isGoingOn = interval !== undefined && now - this.#last < 2 * interval
    return isGoingOn ? 1000 / interval : (this.#sent.count(now) * 1000) / SPAN_MS
  }
}

const SPAN_MS = 3000
const LEAST_MS = 1000
