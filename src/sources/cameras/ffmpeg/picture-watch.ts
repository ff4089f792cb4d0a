import { type Clock, every } from '../../../core/clock.ts'

/** How much video FFmpeg may need before a picture comes out of it, µs: frames that are shown after others. */
const AHEAD_US = 1_000_000

/** Notices when a decoder that gets video gives no pictures for it: it hangs, or cannot decode it. */
export class PictureWatch {
  readonly #clock: Clock
  readonly #timeout: number
  readonly #interval: number
  readonly #hangs: () => void
  /** The time of the last picture, or of the first packet, µs. */
  #last: number | undefined
  /** Since when a picture is due, monotonic ms. */
  #dueSince: number | undefined
  #cancel = () => {}

  /**
   * @param timeout how long a picture may take that is due, ms
   * @param rate how many pictures a second are wanted; undefined: all
   */
  constructor(clock: Clock, timeout: number, rate: number | undefined, hangs: () => void) {
    this.#clock = clock
    this.#timeout = timeout
    this.#interval = rate === undefined ? 0 : 1e6 / rate
    this.#hangs = hangs
  }

  start(): void {
    this.#cancel = every(this.#clock, this.#timeout / 5, () => {
      if (this.#dueSince !== undefined && this.#clock.monotonic() - this.#dueSince > this.#timeout) this.#hangs()
    })
  }

  stop(): void {
    this.#cancel()
  }

  /** A packet of which a picture is wanted was given to it. @param pts µs */
  fed(pts: number): void {
    this.#last ??= pts
    if (pts > this.#last + this.#interval + AHEAD_US) this.#dueSince ??= this.#clock.monotonic()
  }

  /** It does not take more packets for now. */
  full(): void {
    this.#dueSince ??= this.#clock.monotonic()
  }

  /** A picture has come. @param pts µs */
  came(pts: number): void {
    this.#last = Math.max(this.#last ?? pts, pts)
    this.#dueSince = undefined
  }
}
