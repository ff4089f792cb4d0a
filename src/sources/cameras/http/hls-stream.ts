import { CameraFailure, type CameraListener, type InputParts } from '../camera-input.ts'
import type { CopyFrom, PipedFormat } from '../ffmpeg/copy-from.ts'
import { followPlaylist } from './hls-playlists.ts'
import { oneAhead, type ReadSegment, readSegments } from './hls-segments.ts'
import type { HttpAnswer } from './http-answer.ts'
import type { HttpClient } from './http-client.ts'
import { ProgramTimes } from './program-times.ts'

/** What it takes to read HLS. */
export interface HlsParts extends Pick<InputParts, 'clock' | 'limits'> {
  readonly client: HttpClient
  readonly listener: CameraListener
  readonly signal: AbortSignal
}

/**
 * Reads HLS until it ends: segments that follow one another are one video; where one does not, a new video begins.
 * @param answer with the playlist
 * @throws CameraFailure always, as it is to have no end
 */
export async function readHls(answer: HttpAnswer, copyFrom: CopyFrom, parts: HlsParts): Promise<never> {
  const { client, clock, limits, listener, signal } = parts
  const { silenceTimeout, packetBytes } = limits
  const playlists = followPlaylist(answer, { client, clock, silenceTimeout, signal })
  const segments = oneAhead(readSegments(playlists, client, SEGMENT_PACKETS * packetBytes))
  try {
    let run = await SegmentRun.begin(segments)
    while (run) {
      const times = new ProgramTimes()
      await copyFrom(run.bytes(times), run.format, 'real-time', withTimes(listener, times), signal)
      if (!run.isOver) throw new CameraFailure('ffmpeg', 'FFmpeg has stopped reading the video of the camera.')
      run = run.next
    }
  } finally {
    // Not waited for: it may be waiting for the camera, until the signal is aborted.
    segments.return().catch(() => {})
  }
  throw new CameraFailure('no-video', 'The video of the camera has ended: its playlist says that nothing follows.')
}

/** How many of the largest packets a segment may be as large as. */
const SEGMENT_PACKETS = 2

/** Segments that follow one another without a break. */
class SegmentRun {
  readonly #segments: AsyncIterator<ReadSegment, void>
  readonly #first: ReadSegment
  /** What follows it; undefined if nothing does. */
  next: SegmentRun | undefined
  isOver = false

  static async begin(segments: AsyncIterator<ReadSegment, void>): Promise<SegmentRun | undefined> {
    const { value } = await segments.next()
    return value ? new SegmentRun(segments, value) : undefined
  }

  private constructor(segments: AsyncIterator<ReadSegment, void>, first: ReadSegment) {
    this.#segments = segments
    this.#first = first
  }

  get format(): PipedFormat {
    return this.#first.format
  }

  /** To be read once. @param times told of each segment */
  async *bytes(times: ProgramTimes): AsyncGenerator<Uint8Array, void> {
    if (this.#first.map) yield this.#first.map
    let current = this.#first
    for (;;) {
      times.begins(current.segment.startsAt)
      yield current.bytes
      const { value } = await this.#segments.next()
      if (!value || !follows(current, value)) {
        this.next = value ? new SegmentRun(this.#segments, value) : undefined
        this.isOver = true
        return
      }
      current = value
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

function withTimes(listener: CameraListener, times: ProgramTimes): CameraListener {
  return {
    track: (track) => listener.track(track),
    packet: (packet) => listener.packet({ ...packet, capturedAt: times.captureTime(packet) }),
    dropped: () => listener.dropped?.(),
    picture: (picture) => listener.picture(picture),
    wantedRate: () => listener.wantedRate(),
  }
}
