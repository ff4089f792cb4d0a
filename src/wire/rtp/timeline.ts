import { timestampDistance } from './rtp-packet.ts'

/** Makes times that go on for ever of time stamps of 32 bits, which begin again, and may jump. */
export class Timeline {
  readonly #clockRate: number
  /** Of the last picture: its time stamp, its time on the line in units of the clock, and when it came, monotonic ms. */
  #last: { readonly timestamp: number; readonly ticks: number; readonly at: number } | undefined

  constructor(clockRate: number) {
    this.#clockRate = clockRate
  }

  /**
   * The time of a picture, whole µs since the first one; less than that of the one before where pictures come in the order
   * of decoding. Where a time stamp jumps, or does not move, it is as much later as the picture came later.
   * @param at when it came, monotonic ms
   * @returns `jumped`: what was known of the time stamps before holds no more
   */
  place(timestamp: number, at: number): { readonly us: number; readonly jumped: boolean } {
    const { timestamp: before, ticks, at: lastAt } = this.#last ?? { timestamp, ticks: 0, at }
    const distance = timestampDistance(before, timestamp)
    const elapsed = ((at - lastAt) / 1000) * this.#clockRate
    const furthest = LONGEST_STEP * this.#clockRate
    const jumped = distance < -furthest || distance > elapsed + furthest
    const stands = distance === 0 && this.#last !== undefined
    const next = ticks + (jumped || stands ? Math.max(1, Math.round(elapsed)) : distance)
    this.#last = { timestamp, ticks: next, at }
    return { us: Math.round((next * 1_000_000) / this.#clockRate), jumped }
  }
}

/** A time stamp that is so many seconds earlier than the one before, or later than it can be, has jumped. */
const LONGEST_STEP = 10
