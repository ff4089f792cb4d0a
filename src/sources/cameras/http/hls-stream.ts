import { CameraFailure, type CameraListener, type InputParts } from '../camera-input.ts'
import type { CopyFrom } from '../ffmpeg/copy-from.ts'
import { followPlaylist } from './hls-playlists.ts'
import { oneAhead, readSegments } from './hls-segments.ts'
import type { HttpAnswer } from './http-answer.ts'
import type { HttpClient } from './http-client.ts'
import { SegmentRun } from './segment-run.ts'

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
      await copyFrom(run.bytes(), run.format, 'real-time', run.timed(listener), signal)
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
