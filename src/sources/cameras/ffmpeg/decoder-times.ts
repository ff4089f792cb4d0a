/** What the first packet's time is written as, µs: so much earlier may those be that are shown before it. */
const FIRST = 10_000_000
/** How far the time of a packet may be before the latest one, µs: packets come in the order of decoding, not of showing. */
const MOST_BACK = 5_000_000

/** The times of a video as they are written for FFmpeg, which takes none below 0. */
export class DecoderTimes {
  /** What is added to a time. */
  #offset: number | undefined
  #latest = Number.NEGATIVE_INFINITY

  /** What the time of the next packet is written as; undefined if times have jumped back. */
  next(pts: number): number | undefined {
    const written = this.written(pts)
    if (written < 0 || written < this.#latest - MOST_BACK) return undefined
    this.#latest = Math.max(this.#latest, written)
    return written
  }

  /** What a time is written as; the first one that is asked for is the beginning. */
  written(pts: number): number {
    this.#offset ??= FIRST - pts
    return pts + this.#offset
  }

  /** The time that was written as this. */
  original(written: number): number {
    return written - (this.#offset ?? 0)
  }
}
