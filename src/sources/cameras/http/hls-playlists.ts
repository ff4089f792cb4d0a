import type { Clock } from '../../../core/clock.ts'
import { Refusal } from '../../../core/errors.ts'
import { type HlsSegment, type MasterPlaylist, type MediaPlaylist, readPlaylist } from '../../../wire/hls/playlist.ts'
import { bestVariant } from '../../../wire/hls/variant.ts'
import { CameraFailure } from '../camera-input.ts'
import { pause } from '../until-aborted.ts'
import type { HttpAnswer } from './http-answer.ts'
import { addressIn, type HttpClient } from './http-client.ts'
import { isPassing } from './http-failures.ts'

/** A list of segments, and what its addresses are relative to. */
export interface LoadedPlaylist {
  readonly playlist: MediaPlaylist
  readonly base: URL
}

/** A segment that is to be read next. */
export interface NextSegment {
  readonly segment: HlsSegment
  readonly base: URL
  /** Whether it goes on where the one before has ended. */
  readonly isContinuous: boolean
}

/** What it takes to follow a playlist. */
export interface PlaylistParts {
  readonly client: HttpClient
  readonly clock: Clock
  /** How long no new segment may come, ms, unless its segments are longer. */
  readonly silenceTimeout: number
  readonly signal: AbortSignal
}

/**
 * The segments of a playlist in their order. One that goes on is followed from near its end, for as long as it goes on, and
 * never far behind; one that has ended is read from its beginning.
 * @param answer with the playlist, or with one that lists several
 * @throws CameraFailure; the signal's reason
 */
export async function* followPlaylist(answer: HttpAnswer, parts: PlaylistParts): AsyncGenerator<NextSegment, void> {
  const { client, clock, silenceTimeout, signal } = parts
  const { url, first } = await open(answer, client)
  let { playlist, base } = first
  let next = startOf(playlist)
  let isContinuous = false
  let failures = 0
  let newAt = clock.monotonic()
  for (;;) {
    const loadedAt = clock.monotonic()
    // What was listed long ago may be gone: it is listed anew before it is asked for.
    while (playlist.isEnded || clock.monotonic() - loadedAt < pauseOf(playlist)) {
      const segment = playlist.segments.find(({ sequence }) => sequence >= next)
      if (!segment) break
      isContinuous &&= segment.sequence === next && !segment.isDiscontinuous
      next = segment.sequence + 1
      yield { segment, base, isContinuous }
      isContinuous = true
      newAt = clock.monotonic()
    }
    if (playlist.isEnded) return
    const silence = clock.monotonic() - newAt
    if (silence >= Math.max(silenceTimeout, 6 * pauseOf(playlist)))
      throw new CameraFailure(
        'silent',
        `The camera has listed no new segment of its video for ${Math.round(silence / 1000)} s.`,
      )
    await pause(clock, Math.max(0, loadedAt + pauseOf(playlist) - clock.monotonic()), signal)
    try {
      ;({ playlist, base } = await load(url, client))
      failures = 0
    } catch (error) {
      if (!isPassing(error) || ++failures === MOST_FAILURES) throw error
      continue
    }
    const rest = restOf(playlist, next)
    if (rest > MOST_BEHIND || rest < -MOST_BEHIND - playlist.segments.length) {
      // Too far behind, or the camera has begun to count anew.
      next = startOf(playlist)
      isContinuous = false
    }
  }
}

/** A target duration that makes us ask too often, or wait too long, is not followed. */
const MIN_PAUSE_MS = 500
const MAX_PAUSE_MS = 15_000
const MOST_FAILURES = 3
/** How many segments may wait to be read before the newest are read instead. */
const MOST_BEHIND = 2

/** How long a playlist is good for, ms: half its longest segment, as what is new should not be found late. */
function pauseOf({ targetDuration }: MediaPlaylist): number {
  return Math.min(Math.max(targetDuration * 500, MIN_PAUSE_MS), MAX_PAUSE_MS)
}

/** How many segments there are from this one on; negative if it is still to come. */
function restOf({ segments }: MediaPlaylist, next: number): number {
  const last = segments.at(-1)
  return last ? last.sequence + 1 - next : 0
}

/** Of one that goes on the last but one: there is just enough to show until the next comes. */
function startOf({ segments, isEnded }: MediaPlaylist): number {
  return (isEnded ? segments[0] : (segments.at(-2) ?? segments[0]))?.sequence ?? 0
}

async function open(
  answer: HttpAnswer,
  client: HttpClient,
): Promise<{ readonly url: URL; readonly first: LoadedPlaylist }> {
  const playlist = await readAnswer(answer)
  if (playlist.kind === 'media') return { url: answer.url, first: { playlist, base: answer.url } }
  const variant = bestVariant(playlist.variants)
  if (!variant) throw new CameraFailure('no-video', 'The playlist of the camera has sound only.')
  const url = addressIn(variant.uri, answer.url, 'A playlist')
  return { url, first: await load(url, client) }
}

async function load(url: URL, client: HttpClient): Promise<LoadedPlaylist> {
  const answer = await client.get(url)
  const playlist = await readAnswer(answer)
  if (playlist.kind === 'media') return { playlist, base: answer.url }
  throw new CameraFailure('protocol', 'The playlist of the camera lists playlists that list playlists.')
}

async function readAnswer(answer: HttpAnswer): Promise<MasterPlaylist | MediaPlaylist> {
  const text = Buffer.from(await answer.bytes(MAX_PLAYLIST_BYTES)).toString()
  try {
    return readPlaylist(text)
  } catch (error) {
    if (error instanceof Refusal)
      throw new CameraFailure('protocol', `What the camera sends cannot be read: ${error.message}.`)
    throw error
  }
}

/** A day of segments of two seconds. */
const MAX_PLAYLIST_BYTES = 4_000_000
