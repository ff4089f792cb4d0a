import { levelsText } from '../core/colouring.ts'
import type { Counters } from '../core/counters.ts'
import type { PictureWish } from '../core/demand.ts'
import { type Frame, type ImageFrame, isImageFrame } from '../core/frame.ts'
import type { PictureAsker } from '../core/hub-pictures.ts'
import type { Principal } from '../core/principal.ts'
import { type FrameRequest, type FrameSearchParts, findFrame } from './frame-search.ts'

/** Which picture of a stream is requested. */
export interface SnapshotRequest extends FrameRequest {
  /** This very frame, which the client has been told of. */
  readonly frame?: Frame | undefined
  /** The tag (`tagOf`) of the picture that the client has already. */
  readonly seen?: string | undefined
  /** At which size; the original if left out. */
  readonly picture?: PictureWish | undefined
  /** The pictures that were made for that wish, by their originals: what is there is used, and what is made is added. */
  readonly made?: WeakMap<Frame, ImageFrame> | undefined
}

/** What tells a picture from others: the frame's id, and which picture of it. Without quotes, for an ETag. */
export function tagOf(id: string, { quality, width, colouring }: PictureWish = {}): string {
  const size = quality ?? width
  const sized = size === undefined ? id : `${id};${size}`
  if (!colouring) return sized
  const { colormap = '', levels, log } = colouring
  return `${sized};${colormap};${levels === undefined ? '' : levelsText(levels)};${log ?? ''}`
}

/** What a snapshot needs. */
export interface SnapshotParts extends FrameSearchParts {
  readonly counters: Counters
}

/**
 * Snapshot: one picture of a stream, with long polling for the next one. An on-demand stream is started and waited for; of
 * a stream that starts with the next picture that one is.
 * @param signal aborts the wait when the client has disconnected
 * @returns undefined if there is nothing newer than `seen`
 * @throws Refusal those of `findFrame` and `HubPictures.of`
 */
export async function snapshot(
  parts: SnapshotParts,
  principal: Principal,
  request: SnapshotRequest,
  signal: AbortSignal,
): Promise<ImageFrame | undefined> {
  const { picture } = request
  const original =
    request.frame ??
    (await findFrame(parts, principal, { ...request, seen: seenId(request), width: picture?.width }, signal))
  if (!original) return undefined
  const { client } = request
  const known = request.made?.get(original)
  const frame =
    known ??
    (picture || !isImageFrame(original)
      ? await pictureOf(parts, principal, original, picture, { client, signal })
      : original)
  if (!frame) return undefined
  if (frame !== original) request.made?.set(original, frame)
  const counter = parts.counters.out(request.stream, 'snapshot')
  counter.frames++
  counter.bytes += frame.byteLength
  return frame
}

/** The id of the frame that the client has at this size; no frame's id if it has another size of it. */
function seenId({ seen, picture }: SnapshotRequest): string | undefined {
  if (seen === undefined) return undefined
  const suffix = tagOf('', picture)
  return seen.endsWith(suffix) ? seen.slice(0, seen.length - suffix.length) : ''
}

/** @returns undefined if the client has gone */
async function pictureOf(
  { hub }: SnapshotParts,
  principal: Principal,
  frame: Frame,
  picture: PictureWish = {},
  asker: PictureAsker & { readonly signal: AbortSignal },
): Promise<ImageFrame | undefined> {
  try {
    return await hub.pictures.of(principal, frame, picture, asker)
  } catch (error) {
    if (asker.signal.aborted) return undefined
    throw error
  }
}
