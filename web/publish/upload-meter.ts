import { SlidingWindow } from '../time/sliding-window.ts'

/** What was sent in the last seconds. */
export interface UploadRate {
  /** Pictures a second. */
  readonly rate: number
  /** Of a picture, on average. */
  readonly bytes: number
  readonly bitsPerSecond: number
}

/** Measures what is sent (frame rate and bit rate), over the last three seconds. */
export class UploadMeter {
  readonly #sent = new SlidingWindow(SPAN_MS)
  #since: number | undefined
  #last = 0

  /** A picture was sent at `now` (ms, of a clock that does not go back). */
  add(now: number, bytes: number): void {
    this.#since ??= now
    this.#last = now
    this.#sent.add(now, bytes)
  }

  /** As of `now`; undefined before there is anything to tell. */
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
