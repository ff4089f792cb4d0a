import { NutError } from './nut-error.ts'
import type { TimeBase } from './nut-headers.ts'

/**
 * A time in whole microseconds.
 * @throws NutError beyond 2⁵³
 */
export function microseconds(time: number, { num, den }: TimeBase): number {
  const ticks = time * num
  // Whole seconds apart, so that no product is beyond what a number can hold exactly.
  const seconds = Math.floor(ticks / den)
  const micros = seconds * 1e6 + Math.round(((ticks - seconds * den) * 1e6) / den)
  if (!Number.isSafeInteger(ticks) || !Number.isSafeInteger(micros)) throw new NutError('a time is too large')
  return micros
}

/** A time in another unit, rounded down. @throws NutError beyond 2⁵³ */
export function rescaled(time: number, from: TimeBase, to: TimeBase): number {
  const scaled = Number((BigInt(time) * BigInt(from.num) * BigInt(to.den)) / (BigInt(from.den) * BigInt(to.num)))
  if (!Number.isSafeInteger(scaled)) throw new NutError('a time is too large')
  return scaled
}

/** The time nearest to `last` whose lowest bits are these. */
export function nearest(lowest: number, last: number, bits: number): number {
  const range = 2 ** bits
  const least = last - Math.floor((range - 1) / 2)
  return least + ((((lowest - least) % range) + range) % range)
}

/**
 * Gives frames that come in the order of decoding, with nothing but the time when they are to be shown, the time when they
 * are to be decoded: never after they are shown, never falling. As many frames as may be decoded ahead (B-frames) the
 * smallest of the last times is it; where a stream announces too few, that is noticed at the first frame that is late.
 */
export class DecodeTimes {
  #delay: number
  /** The times of the last frames that were to be shown last, sorted; one more than the delay. */
  readonly #latest: number[] = []
  #last = Number.NEGATIVE_INFINITY

  /** @param delay how many frames a frame may be decoded before it is shown */
  constructor(delay: number) {
    this.#delay = delay
  }

  /** @param pts µs. @returns µs */
  next(pts: number): number {
    if (pts < this.#last && this.#delay < MOST_DELAY) this.#delay++
    const at = this.#latest.findIndex((each) => each > pts)
    this.#latest.splice(at === -1 ? this.#latest.length : at, 0, pts)
    const isFull = this.#latest.length > this.#delay
    const [smallest = pts] = this.#latest
    if (isFull) this.#latest.shift()
    // The first ones are before all that was shown, by what frames are apart.
    this.#last = isFull
      ? Math.max(this.#last, smallest)
      : Math.max(this.#last, smallest - (this.#delay - this.#latest.length + 1))
    return this.#last
  }
}

/** H.264 and H.265 allow 16 frames. */
const MOST_DELAY = 16
