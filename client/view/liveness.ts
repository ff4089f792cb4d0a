import { type SilenceRules, stateInSilence } from '../../src/core/silence.ts'
import type { Stillness } from '../../src/core/stillness.ts'
import { SILENT_FOR_LONG } from '../../src/core/stream-condition.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import type { LiveState } from '../codes.ts'

/**
 * How live a displayed picture is. `waiting`: no picture yet. `live`: current. `late`: pictures arrive, but older than
 * they should be. `unchanged`: pictures arrive, but nothing in them changes. `idle`: an on-demand stream without viewers.
 * `starting`: its source is starting. `stopped`: the source sends nothing. `undecodable`: what comes cannot be decoded.
 * `disconnected`: no connection to the server. `gone`: the stream does not exist.
 */
export interface Liveness {
  readonly kind:
    | 'waiting'
    | 'live'
    | 'late'
    | 'unchanged'
    | 'idle'
    | 'starting'
    | 'stopped'
    | 'undecodable'
    | 'disconnected'
    | 'gone'
  /**
   * The time of the last picture by the server's clock, ms since 1970, if it is not live; of those that do not change that of
   * the first.
   */
  readonly since?: number | undefined
  /** What does not change. */
  readonly what?: Stillness['what'] | undefined
  /** The server's message on what is wrong with the source, if it knows. */
  readonly reason?: string | undefined
  /** Of one that has `stopped`: nobody knows yet how often its source sends, so the next picture may just not be due. */
  readonly isRateUnknown?: true
}

/** The inputs of `livenessOf`. */
export interface LivenessFacts {
  /** undefined: unknown to the server, or not listed yet. */
  readonly stream: LiveStream | undefined
  /** Whether the server has listed all streams. */
  readonly isComplete: boolean
  readonly connection: { readonly state: LiveState }
  /** The displayed picture, and the median interval of its stream as far as it was measured; undefined before the first. */
  readonly shown: { readonly receivedAt: number; readonly interval: number | undefined } | undefined
  /** When the newest picture that could not be decoded here was received; undefined or left out: all could. */
  readonly failedAt?: number | undefined
  /** ms since 1970 by the server's clock. */
  readonly now: number
}

/**
 * When a picture is late, whatever state the server reports: by the server's rule and its defaults. That a stream is offline
 * only the server can say.
 */
const LATE: SilenceRules = {
  staleAfter: 2000,
  staleAfterIntervals: 3,
  offlineAfter: Number.POSITIVE_INFINITY,
  firstOfflineAfter: Number.POSITIVE_INFINITY,
}

/** Determines the liveness. A frozen picture is never reported as live, whatever the cause. */
export function livenessOf({ stream, isComplete, connection, shown, failedAt, now }: LivenessFacts): Liveness {
  const since = shown?.receivedAt ?? stream?.last_frame_at
  if (connection.state !== 'connected') return shown ? { kind: 'disconnected', since } : { kind: 'waiting' }
  if (!stream) return { kind: isComplete ? 'gone' : 'waiting', since }
  if (stream.state === 'idle' || stream.state === 'starting') return { kind: stream.state }
  if (stream.state !== 'live') {
    const isRateUnknown = stream.state === 'stale' && stream.interval === undefined
    const stopped = { kind: 'stopped', since: stream.last_frame_at ?? since, reason: whatIsWrong(stream) } as const
    return isRateUnknown ? { ...stopped, isRateUnknown } : stopped
  }
  const undecodableAt = Math.max(failedAt ?? 0, stream.undecodable?.since ?? 0)
  if (undecodableAt > (shown?.receivedAt ?? 0)) return { kind: 'undecodable', since: shown?.receivedAt }
  if (!shown) return { kind: 'waiting' }
  const age = now - shown.receivedAt
  const isCurrent = stateInSilence(age, () => shown.interval ?? stream.interval, LATE) === 'live'
  if (!isCurrent) return { kind: 'late', since }
  return stream.unchanged ? { kind: 'unchanged', ...stream.unchanged } : { kind: 'live' }
}

function whatIsWrong({ state, reason }: LiveStream): string | undefined {
  return state === 'offline' && reason !== SILENT_FOR_LONG ? reason : undefined
}
