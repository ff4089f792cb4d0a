import type { CameraListener } from '../camera-input.ts'
import type { PipedFormat } from '../ffmpeg/copy-from.ts'
import type { ReadSegment } from './hls-segments.ts'
import { ProgramTimes } from './program-times.ts'
import { RunPace } from './run-pace.ts'

/** Segments that follow one another without a break, which are one video, shown at one pace. */
export class SegmentRun {
  readonly format: PipedFormat
  readonly #segments: AsyncIterator<ReadSegment, void>
  readonly #first: ReadSegment
  readonly #times = new ProgramTimes()
  readonly #pace = new RunPace()
  #next: SegmentRun | undefined
  #isOver = false

  /** The run that begins with the next segment; undefined if there is none. */
  static async begin(segments: AsyncIterator<ReadSegment, void>): Promise<SegmentRun | undefined> {
    const { value } = await segments.next()
    return value ? new SegmentRun(segments, value) : undefined
  }

  private constructor(segments: AsyncIterator<ReadSegment, void>, first: ReadSegment) {
    this.format = first.format
    this.#segments = segments
    this.#first = first
  }

  /** What follows once it is over; undefined if nothing does. */
  get next(): SegmentRun | undefined {
    return this.#next
  }

  /** Whether all its bytes were read. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** To be read once. */
  async *bytes(): AsyncGenerator<Uint8Array, void> {
    if (this.#first.map) yield this.#first.map
    for (let current = this.#first; ; ) {
      this.#times.begins(current.segment.startsAt)
      yield current.bytes
      const { value } = await this.#segments.next()
      if (!value || this.#pace.isLate || !follows(current, value)) {
        this.#next = value ? new SegmentRun(this.#segments, value) : undefined
        this.#isOver = true
        return
      }
      current = value
    }
  }

  /** A listener for its packets, which get the times that the playlist gives them. */
  timed(listener: CameraListener): CameraListener {
    return {
      track: (track) => listener.track(track),
      packet: (packet) => {
        this.#pace.packet(packet)
        listener.packet({ ...packet, capturedAt: this.#times.captureTime(packet) })
      },
      dropped: () => listener.dropped?.(),
      picture: (picture) => listener.picture(picture),
      wantedRate: () => listener.wantedRate(),
    }
  }
}

function follows(before: ReadSegment, { isContinuous, format, map, segment }: ReadSegment): boolean {
  const { startsAt, duration } = before.segment
  const jump =
    startsAt === undefined || segment.startsAt === undefined ? 0 : segment.startsAt - startsAt - duration * 1_000
  return isContinuous && format === before.format && map === before.map && Math.abs(jump) <= JUMP_MS
}

/** Lengths may be rounded to seconds; what is more is a clock that was set. */
const JUMP_MS = 1_500
