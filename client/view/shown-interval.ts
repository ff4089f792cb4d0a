import { MedianInterval } from '../../src/core/median-interval.ts'
import type { LiveFrame } from '../live-frame.ts'

/** Measures how often a stream has frames from those of them that are shown: skipped ones are taken into account. */
export class ShownInterval {
  readonly #median = new MedianInterval()
  #last: FrameTime | undefined

  /**
   * A frame is shown; the same one again, in another size, changes nothing. A count that begins anew, since the server has,
   * tells no interval.
   */
  took(frame: FrameTime): void {
    const last = this.#last
    if (last?.sequence === frame.sequence) return
    this.#last = { sequence: frame.sequence, receivedAt: frame.receivedAt }
    if (last && frame.sequence > last.sequence)
      this.#median.add((frame.receivedAt - last.receivedAt) / (frame.sequence - last.sequence))
  }

  /** The median interval between two frames of the stream, ms; undefined before the third one. */
  get value(): number | undefined {
    return this.#median.value
  }
}

type FrameTime = Pick<LiveFrame, 'sequence' | 'receivedAt'>
