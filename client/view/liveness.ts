import { SILENT_FOR_LONG } from '../../src/core/stream.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import type { LiveState } from '../codes.ts'
import type { LiveFrame } from '../live-frame.ts'

/**
 * How live a displayed picture is. `waiting`: no picture yet. `live`: current. `late`: pictures arrive, but older than
 * they should be. `idle`: an on-demand stream without viewers. `starting`: its source is starting. `stopped`: the
 * source sends nothing. `undecodable`: what comes cannot be decoded. `disconnected`: no connection to the server. `gone`: the stream does not exist.
 */
export interface Liveness {
  readonly kind: 'waiting' | 'live' | 'late' | 'idle' | 'starting' | 'stopped' | 'undecodable' | 'disconnected' | 'gone'
  /** The time of the last picture by the server's clock, ms since 1970, if it is not live. */
  readonly since?: number | undefined
  /** The server's message on what is wrong with the source, if it knows. */
  readonly reason?: string | undefined
}

/** The inputs of `livenessOf`. */
export interface LivenessFacts {
  /** undefined: unknown to the server, or not listed yet. */
  readonly stream: LiveStream | undefined
  /** Whether the server has listed all streams. */
  readonly isComplete: boolean
  readonly connection: { readonly state: LiveState }
  /** The displayed picture; undefined before the first. */
  readonly shown: { readonly receivedAt: number; readonly interval: number | undefined } | undefined
  /** When the newest picture that could not be decoded here was received; undefined or left out: all could. */
  readonly failedAt?: number | undefined
  /** ms since 1970 by the server's clock. */
  readonly now: number
}

/** A stream is late when its picture is older than this, ms, whatever state the server reports … */
const LATE_AFTER_MS = 2000
/** … and older than this many frame intervals: a stream of one picture a minute is not late after two seconds. */
const LATE_AFTER_INTERVALS = 3

/** Determines the liveness. A frozen picture is never reported as live, whatever the cause. */
export function livenessOf({ stream, isComplete, connection, shown, failedAt, now }: LivenessFacts): Liveness {
  const since = shown?.receivedAt ?? stream?.last_frame_at
  if (connection.state !== 'connected') return shown ? { kind: 'disconnected', since } : { kind: 'waiting' }
  if (!stream) return { kind: isComplete ? 'gone' : 'waiting', since }
  if (stream.state === 'idle' || stream.state === 'starting') return { kind: stream.state }
  if (stream.state !== 'live')
    return { kind: 'stopped', since: stream.last_frame_at ?? since, reason: whatIsWrong(stream) }
  const undecodableAt = Math.max(failedAt ?? 0, stream.undecodable?.since ?? 0)
  if (undecodableAt > (shown?.receivedAt ?? 0)) return { kind: 'undecodable', since: shown?.receivedAt }
  if (!shown) return { kind: 'waiting' }
  const interval = shown.interval ?? stream.interval ?? 0
  const patience = Math.max(LATE_AFTER_MS, LATE_AFTER_INTERVALS * interval)
  return now - shown.receivedAt > patience ? { kind: 'late', since } : { kind: 'live' }
}

function whatIsWrong({ state, reason }: LiveStream): string | undefined {
  return state === 'offline' && reason !== SILENT_FOR_LONG ? reason : undefined
}

/**
 * The stream's frame interval, ms, skipped frames taken into account.
 * @param last the picture before; undefined if there was none
 */
export function intervalBetween(last: FrameTime | undefined, frame: FrameTime): number | undefined {
  if (!last || frame.sequence <= last.sequence) return undefined
  return (frame.receivedAt - last.receivedAt) / (frame.sequence - last.sequence)
}

type FrameTime = Pick<LiveFrame, 'sequence' | 'receivedAt'>
