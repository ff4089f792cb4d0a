import type { VideoPacket } from '../../../core/video.ts'

/**
 * When the packets of one run of HLS segments were captured: the playlist says it of the first picture of each segment
 * (`EXT-X-PROGRAM-DATE-TIME`), and segments begin with a key frame. What the playlist says of their lengths is rounded, so the
 * times in between are those of the packets.
 */
export class ProgramTimes {
  /** Of segments whose first packet has not come yet. */
  readonly #starts: number[] = []
  #isFirst = true
  /** A packet whose time is known. */
  #known: { readonly pts: number; readonly capturedAt: number } | undefined

  /** A segment follows. @param startsAt when its first picture was captured, ms since 1970; undefined if it is not known */
  begins(startsAt: number | undefined): void {
    // Without the first there is no telling which packet a later one belongs to.
    if (startsAt !== undefined && (this.#isFirst || this.#known || this.#starts.length > 0)) this.#starts.push(startsAt)
    this.#isFirst = false
  }

  /** When a packet was captured, ms since 1970; to be asked of each in turn. */
  captureTime({ pts, isKey }: VideoPacket): number | undefined {
    if (isKey) this.#adjust(pts)
    return this.#timeOf(pts)
  }

  /** The camera's clock and that of its pictures drift apart; a packet that is where a segment is to begin does begin it. */
  #adjust(pts: number): void {
    const time = this.#timeOf(pts) ?? this.#starts[0]
    if (time === undefined) return
    while ((this.#starts[0] ?? Infinity) < time - DRIFT_MS) this.#starts.shift()
    const [next] = this.#starts
    if (next === undefined || next > time + DRIFT_MS) return
    this.#starts.shift()
    this.#known = { pts, capturedAt: next }
  }

  #timeOf(pts: number): number | undefined {
    return this.#known && this.#known.capturedAt + (pts - this.#known.pts) / 1000
  }
}

/** More than clocks drift apart within a segment, and less than the shortest one. */
const DRIFT_MS = 250
