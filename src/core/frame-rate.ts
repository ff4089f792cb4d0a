import { KEPT_INTERVALS, MedianInterval } from './median-interval.ts'

/** Frame rate and bit rate of a stream, measured over its last few frames. Times are monotonic ms. */
export class FrameRate {
  readonly #times: number[] = []
  readonly #interval = new MedianInterval()
  readonly #bytes: number[] = []

  /** Records a frame of so many bytes. @param at when it came; not before the last one */
  add(at: number, bytes: number): void {
    const last = this.#times.at(-1)
    const time = Math.max(at, last ?? at)
    if (last !== undefined) this.#interval.add(time - last)
    this.#times.push(time)
    this.#bytes.push(bytes)
    if (this.#times.length <= KEPT) return
    this.#times.shift()
    this.#bytes.shift()
  }

  /** Discards the history, after a pause that must not count. */
  restart(): void {
    this.#times.length = 0
    this.#bytes.length = 0
    this.#interval.restart()
  }

  /** ms since the last frame; Infinity before the first one. */
  silence(now: number): number {
    return now - (this.#times.at(-1) ?? Number.NEGATIVE_INFINITY)
  }

  /** The median interval between frames in ms; undefined before the third frame. */
  get medianInterval(): number | undefined {
    return this.#interval.value
  }

  /**
   * The mean interval between the last few frames in ms; undefined before the third one. Unlike the median it is right where
   * frames come in bursts, and wrong after a pause.
   */
  get meanInterval(): number | undefined {
    const [first = 0, , third] = this.#times
    if (third === undefined) return undefined
    return ((this.#times.at(-1) ?? first) - first) / (this.#times.length - 1)
  }

  /**
   * Frames and bytes a second over the last few seconds, or of fewer than one a second as their median interval says; both
   * fall to 0 while the stream is silent.
   */
  rate(now: number): { fps: number; bytesPerSecond: number } {
    const interval = this.medianInterval
    return interval !== undefined && interval > SLOW_MS ? this.#slowRate(now, interval) : this.#rateInWindow(now)
  }

  #slowRate(now: number, interval: number): { fps: number; bytesPerSecond: number } {
    if (this.silence(now) >= SILENT_INTERVALS * interval) return NO_RATE
    const bytes = this.#bytes.reduce((sum, size) => sum + size, 0) / this.#bytes.length
    return { fps: 1000 / interval, bytesPerSecond: (bytes * 1000) / interval }
  }

  #rateInWindow(now: number): { fps: number; bytesPerSecond: number } {
    const first = this.#times.findIndex((time) => now - time <= WINDOW_MS)
    const count = this.#times.length - 1 - first
    const begin = this.#times[first]
    const end = this.#times.at(-1)
    if (first < 0 || count < 1 || begin === undefined || end === undefined) return NO_RATE
    // While frames come regularly, the window ends at the last one; once they are late, at now.
    const usual = (end - begin) / count
    const seconds = (Math.max(end, now - 2 * usual) - begin) / 1000
    if (seconds <= 0) return NO_RATE
    const bytes = this.#bytes.slice(first + 1).reduce((sum, size) => sum + size, 0)
    return { fps: count / seconds, bytesPerSecond: bytes / seconds }
  }
}

/** Enough for a median that one late frame does not move, and for the rate of 10 frames a second over 3 s. */
const KEPT = KEPT_INTERVALS + 1
const WINDOW_MS = 5000
/** From this interval on a window would hold too few frames, ms … */
const SLOW_MS = 1000
/** … and the stream is silent after so many of them without a frame. */
const SILENT_INTERVALS = 3
const NO_RATE = { fps: 0, bytesPerSecond: 0 }
