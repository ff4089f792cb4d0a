/** Frame rate and bit rate of a stream, measured over its last few frames. Times are monotonic ms. */
export class FrameRate {
  readonly #times: number[] = []
  readonly #bytes: number[] = []

  /** Records a frame of so many bytes. @param at when it came; not before the last one */
  add(at: number, bytes: number): void {
    this.#times.push(Math.max(at, this.#times.at(-1) ?? at))
    this.#bytes.push(bytes)
    if (this.#times.length <= KEPT) return
    this.#times.shift()
    this.#bytes.shift()
  }

  /** Discards the history, after a pause that must not count. */
  restart(): void {
    this.#times.length = 0
    this.#bytes.length = 0
  }

  /** ms since the last frame; Infinity before the first one. */
  silence(now: number): number {
    return now - (this.#times.at(-1) ?? Number.NEGATIVE_INFINITY)
  }

  /** The median interval between frames in ms; undefined before the third frame. */
  get medianInterval(): number | undefined {
    if (this.#times.length < 3) return undefined
    const intervals = this.#times.slice(1).map((time, i) => time - (this.#times[i] ?? time))
    intervals.sort((a, b) => a - b)
    return intervals[intervals.length >> 1]
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

  /** Frames and bytes a second over the last few seconds; both fall to 0 while the stream is silent. */
  rate(now: number): { fps: number; bytesPerSecond: number } {
    const first = this.#times.findIndex((time) => now - time <= WINDOW_MS)
    const count = this.#times.length - 1 - first
    const begin = this.#times[first]
    const end = this.#times.at(-1)
    if (first < 0 || count < 1 || begin === undefined || end === undefined) return { fps: 0, bytesPerSecond: 0 }
    // While frames come regularly, the window ends at the last one; once they are late, at now.
    const usual = (end - begin) / count
    const seconds = (Math.max(end, now - 2 * usual) - begin) / 1000
    if (seconds <= 0) return { fps: 0, bytesPerSecond: 0 }
    const bytes = this.#bytes.slice(first + 1).reduce((sum, size) => sum + size, 0)
    return { fps: count / seconds, bytesPerSecond: bytes / seconds }
  }
}

/** Enough for a median that one late frame does not move, and for the rate of 10 frames a second over 3 s. */
const KEPT = 32
const WINDOW_MS = 5000
