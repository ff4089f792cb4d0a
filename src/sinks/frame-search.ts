import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import type { EventLoopTurns } from '../core/event-loop-turns.ts'
import { ANYTHING, type Frame, shownWidthOf } from '../core/frame.ts'
import type { Hub } from '../core/hub.ts'
import { byteLengthOf } from '../core/payload.ts'
import { authorize, checkNotEnded, type Principal } from '../core/principal.ts'
import type { StreamName } from '../core/stream-name.ts'

/** Which frame of a stream is requested. */
export interface FrameRequest {
  /** Whose it is, as in `quotaClientOf`: clients take turns. */
  readonly client: string
  readonly stream: StreamName
  /** The frame with this id; the newest if left out. */
  readonly id?: string | undefined
  /** Long polling: how many ms to wait for a frame newer than `seen` or, without it, than the newest one. */
  readonly wait?: number | undefined
  /** The id of the frame that the client has already. */
  readonly seen?: string | undefined
  /** How wide a picture has to be, in pixels; left out: as wide as it can be had. Of a camera it may be decoded larger. */
  readonly width?: number | undefined
}

/** What the search needs. */
export interface FrameSearchParts {
  readonly hub: Hub
  readonly clock: Clock
  /** In which those who have waited for the next frame are answered. */
  readonly turns: EventLoopTurns
  /** How long to wait for a stream to start, at most, ms. */
  readonly maxStart: number
  /** How long to wait for the next frame of a stream that gives none from before, ms. */
  readonly nextWait: number
}

/**
 * A frame of a stream, or the next one (long polling). An on-demand stream is started and waited for; of a stream that starts
 * with the next frame that one is.
 * @param signal aborts the wait when the client has disconnected
 * @returns undefined if there is nothing newer than `seen`, or the client has gone
 * @throws Refusal `unavailable` or `timed_out` if only the store may have it, which fails; `not_found` if there is no such
 *   stream or frame and no `wait`, or no next one comes of a stream that starts with it; `timed_out` if a next frame was
 *   requested and none came, or a stream that was started has none yet; `exhausted` when the server shuts down meanwhile;
 *   `unauthenticated` when the principal ends meanwhile, `forbidden` when only its right does
 */
export async function findFrame(
  parts: FrameSearchParts,
  principal: Principal,
  request: FrameRequest,
  signal: AbortSignal,
): Promise<Frame | undefined> {
  const { client, stream, id, wait, seen } = request
  const { hub } = parts
  const name = `"${stream.label}/${stream.key}"`
  if (wait !== undefined) {
    const frame = await nextFrame(parts, principal, request, wait, signal)
    if (frame || seen !== undefined) return frame
    throw new Refusal('timed_out', `No new frame of ${name} within ${wait / 1000} s`)
  }
  if (id === undefined && hub.directory.startOf(principal, stream) === 'next')
    return nextFrame(parts, principal, { client, stream }, parts.nextWait, signal, () => {
      const { state, reason } = hub.directory.condition(principal, stream)
      const missing = `No picture of ${name} came within ${parts.nextWait / 1000} s, and none from before can be had`
      throw new Refusal('not_found', state === 'live' ? `${missing}.` : ended(`${missing}: ${reason}`))
    })
  const lookUp = id === undefined ? hub.lookUp(principal, stream) : undefined
  if (lookUp) await lookUp
  const startTimeout = id === undefined ? hub.directory.startTimeout(principal, stream) : undefined
  if (startTimeout !== undefined) {
    const wait = Math.min(startTimeout, parts.maxStart)
    return nextFrame(parts, principal, { client, stream }, wait, signal, () => {
      // While it is still watched: its state afterwards says nothing.
      const { reason } = hub.directory.condition(principal, stream)
      throw new Refusal('timed_out', ended(`There is no picture of ${name} yet: ${reason}`))
    })
  }
  const frame = hub.directory.find(principal, stream, id)
  if (frame.id === seen) return undefined
  return id === undefined && isTooSmall(frame, request) ? largerFrame(parts, principal, request, frame, signal) : frame
}

/** With a full stop, which some reasons have. */
function ended(sentence: string): string {
  return sentence.endsWith('.') ? sentence : `${sentence}.`
}

/** Whether its picture is smaller than it was captured, and than is wanted: what decodes it makes it as large as anybody wants. */
function isTooSmall(frame: Frame, { width = Number.POSITIVE_INFINITY }: FrameRequest): boolean {
  return shownWidthOf(frame) < Math.min(width, frame.size.width)
}

/** Watches until there is a picture that is large enough; the small one if none comes in time. */
async function largerFrame(
  parts: FrameSearchParts,
  principal: Principal,
  request: FrameRequest,
  frame: Frame,
  signal: AbortSignal,
): Promise<Frame | undefined> {
  if (!parts.hub.directory.isFedHere(principal, request.stream)) return frame
  const asked = { ...request, seen: frame.id }
  const larger = await nextFrame(
    parts,
    principal,
    asked,
    LARGER_MS,
    signal,
    undefined,
    (found) => !isTooSmall(found, request),
  )
  return larger ?? (signal.aborted ? undefined : frame)
}

/** Decoders take some tenths of a second to start, and show the next picture, ms. */
const LARGER_MS = 2000

/** Waits for the next frame, and then for a turn to be answered in: hundreds may have waited for the same one. */
async function nextFrame(
  parts: FrameSearchParts,
  principal: Principal,
  request: FrameRequest,
  wait: number,
  signal: AbortSignal,
  onTimeout?: () => void,
  isWanted?: (frame: Frame) => boolean,
): Promise<Frame | undefined> {
  const frame = await comingFrame(parts, principal, request, wait, signal, onTimeout, isWanted)
  if (!frame) return undefined
  await parts.turns.turnFor(request.client, ANSWER_MS + byteLengthOf(frame.payload) * WRITE_MS_PER_BYTE)
  authorize(principal, 'view', request.stream)
  return signal.aborted ? undefined : frame
}

/** What an answer takes, in ms: by itself, and for each byte of what the frame carries. */
const ANSWER_MS = 0.5
const WRITE_MS_PER_BYTE = 1e-6

/**
 * Watches as any viewer does, so that an on-demand stream starts.
 * @param onTimeout called on timeout; what it throws is the result
 * @param isWanted the frame to wait for; any if left out
 */
function comingFrame(
  { hub, clock }: FrameSearchParts,
  principal: Principal,
  { client, stream, seen }: FrameRequest,
  wait: number,
  signal: AbortSignal,
  onTimeout: () => void = () => {},
  isWanted: (frame: Frame) => boolean = () => true,
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
      if (known === undefined || due.frame.id === known || !isWanted(due.frame)) known = due.frame.id
      else settle(() => resolve(due.frame))
    }
    const viewer = hub.watch(principal, {
      ...{ client, dialect: 'snapshot', accepts: ANYTHING },
      wake: () => isReady && take(),
    })
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
