import type { Clock } from '../core/clock.ts'
import { levelsText } from '../core/colouring.ts'
import type { Counters } from '../core/counters.ts'
import type { PictureWish } from '../core/demand.ts'
import { Refusal } from '../core/errors.ts'
import { ANYTHING, type Frame, type ImageFrame, isImageFrame } from '../core/frame.ts'
import type { Hub } from '../core/hub.ts'
import { checkNotEnded, type Principal } from '../core/principal.ts'
import type { StreamName } from '../core/stream-name.ts'

/** Which picture of a stream is requested. */
export interface SnapshotRequest {
  readonly stream: StreamName
  /** The frame with this id; the newest if left out. */
  readonly id?: string | undefined
  /** This very frame, which the client has been told of. */
  readonly frame?: Frame | undefined
  /** Long polling: how many ms to wait for a picture newer than `seen` or, without it, than the newest one. */
  readonly wait?: number | undefined
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
export interface SnapshotParts {
  readonly hub: Hub
  readonly clock: Clock
  readonly counters: Counters
  /** How long to wait for a stream to start, at most, ms. */
  readonly maxStart: number
  /** How long to wait for the next picture of a stream that gives none from before, ms. */
  readonly nextWait: number
}

/**
 * Snapshot: one picture of a stream, with long polling for the next one. An on-demand stream is started and waited for; of
 * a stream that starts with the next picture that one is.
 * @param signal aborts the wait when the client has disconnected
 * @returns undefined if there is nothing newer than `seen`
 * @throws Refusal `unavailable` or `timed_out` if only the store may have it, which fails; `not_found` if there is no such stream or picture and no `wait`, or no next one comes of a stream that starts with it;
 *   `timed_out` if a next picture was
 *   requested and none came, or a stream that was started has no picture yet; `exhausted` when the server shuts down
 *   meanwhile; `unauthenticated` when the principal ends meanwhile; those of `HubPictures.of`
 */
export async function snapshot(
  parts: SnapshotParts,
  principal: Principal,
  request: SnapshotRequest,
  signal: AbortSignal,
): Promise<ImageFrame | undefined> {
  const { picture } = request
  const original = request.frame ?? (await find(parts, principal, { ...request, seen: seenId(request) }, signal))
  if (!original) return undefined
  const known = request.made?.get(original)
  const frame =
    known ??
    (picture || !isImageFrame(original) ? await pictureOf(parts, principal, original, picture, signal) : original)
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
  signal: AbortSignal,
): Promise<ImageFrame | undefined> {
  try {
    return await hub.pictures.of(principal, frame, picture, signal)
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

async function find(
  parts: SnapshotParts,
  principal: Principal,
  request: SnapshotRequest,
  signal: AbortSignal,
): Promise<Frame | undefined> {
  const { stream, id, wait, seen } = request
  const { hub } = parts
  const name = `"${stream.label}/${stream.key}"`
  if (wait !== undefined) {
    const frame = await nextFrame(parts, principal, request, wait, signal)
    if (frame || seen !== undefined) return frame
    throw new Refusal('timed_out', `No new frame of ${name} within ${wait / 1000} s`)
  }
  if (id === undefined && hub.directory.startOf(principal, stream) === 'next')
    return nextFrame(parts, principal, { stream }, parts.nextWait, signal, () => {
      const { state, reason } = hub.directory.condition(principal, stream)
      const missing = `No picture of ${name} came within ${parts.nextWait / 1000} s, and none from before can be had`
      throw new Refusal('not_found', state === 'live' ? `${missing}.` : `${missing}: ${reason}.`)
    })
  const lookUp = id === undefined ? hub.lookUp(principal, stream) : undefined
  if (lookUp) await lookUp
  const startTimeout = id === undefined ? hub.directory.startTimeout(principal, stream) : undefined
  if (startTimeout !== undefined) {
    const wait = Math.min(startTimeout, parts.maxStart)
    return nextFrame(parts, principal, { stream }, wait, signal, () => {
      // While it is still watched: its state afterwards says nothing.
      const { reason } = hub.directory.condition(principal, stream)
      throw new Refusal('timed_out', `There is no picture of ${name} yet: ${reason}.`)
    })
  }
  const frame = hub.directory.find(principal, stream, id)
  return frame.id === seen ? undefined : frame
}

/**
 * Watches as any viewer does, so that an on-demand stream starts.
 * @param onTimeout called on timeout; what it throws is the result
 */
function nextFrame(
  { hub, clock }: SnapshotParts,
  principal: Principal,
  { stream, seen }: SnapshotRequest,
  wait: number,
  signal: AbortSignal,
  onTimeout: () => void = () => {},
): Promise<Frame | undefined> {
  return new Promise((resolve, reject) => {
    let known = seen
    let isSettled = false
    const settle = (action: () => void) => {
      if (isSettled) return
      isSettled = true
      cancel()
      signal.removeEventListener('abort', stop)
      viewer.close()
      action()
    }
    const stop = () => settle(() => resolve(undefined))
    const take = () => {
      if (viewer.isClosed) return settle(() => reject(whyClosed(principal)))
      const due = viewer.next(clock.now())
      if (typeof due !== 'object') return
      if (known === undefined || due.frame.id === known) known = due.frame.id
      else settle(() => resolve(due.frame))
    }
    const viewer = hub.watch(principal, { dialect: 'snapshot', accepts: ANYTHING, wake: () => isReady && take() })
    let isReady = false
    const cancel = clock.after(wait, () => {
      try {
        onTimeout()
        stop()
      } catch (error) {
        settle(() => reject(error))
      }
    })
    signal.addEventListener('abort', stop)
    try {
      viewer.watch(0, stream)
    } catch (error) {
      settle(() => reject(error))
      return
    }
    isReady = true
    // What is there already counts as seen, unless the client says what it has.
    if (!viewer.isWaiting) known ??= 'nothing'
    take()
  })
}

function whyClosed(principal: Principal): unknown {
  try {
    checkNotEnded(principal)
  } catch (refusal) {
    return refusal
  }
  return new Refusal('exhausted', 'The server is going down.')
}
