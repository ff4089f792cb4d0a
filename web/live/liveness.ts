import { SILENT_FOR_LONG } from '../../src/core/stream.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import type { ConnectionState } from '../access/connection-state.ts'

/**
 * How live what a place shows is. `waiting`: nothing was shown yet. `live`: what is seen is now. `late`: the stream goes
 * on and its pictures come, but older than they should. `idle`: it runs on demand, and the server knows of nobody who
 * watches. `starting`: its source was asked for it. `stopped`: nothing comes from the source. `disconnected`: the server
 * does not answer. `gone`: there is no such stream.
 */
export interface Liveness {
  readonly kind: 'waiting' | 'live' | 'late' | 'idle' | 'starting' | 'stopped' | 'disconnected' | 'gone'
  /** The time of the last picture by the server's clock, ms since 1970, where it stands still. */
  readonly since?: number | undefined
  /** What is wrong with the source, as the server says it, where it knows more than that nothing comes. */
  readonly reason?: string | undefined
}

/** What it follows from. */
export interface LivenessFacts {
  /** undefined: the server knows of none, or has not told yet */
  readonly stream: LiveStream | undefined
  /** Whether the server has told of all streams. */
  readonly isComplete: boolean
  readonly connection: ConnectionState
  /** The picture that is seen; undefined before the first. */
  readonly shown: { readonly receivedAt: number; readonly interval: number | undefined } | undefined
  /** ms since 1970 by the server's clock. */
  readonly now: number
}

/** A stream is late, whatever the server says of it, when the picture is older than this, ms … */
const LATE_AFTER_MS = 2000
/** … and than this many of its intervals: a stream of one picture a minute is not late after two seconds. */
const LATE_AFTER_INTERVALS = 3

/** Says how live a place is. A picture that stands still is never called live, whoever is to blame. */
export function livenessOf({ stream, isComplete, connection, shown, now }: LivenessFacts): Liveness {
  const since = shown?.receivedAt ?? stream?.last_frame_at
  if (connection.state !== 'connected') return shown ? { kind: 'disconnected', since } : { kind: 'waiting' }
  if (!stream) return { kind: isComplete ? 'gone' : 'waiting', since }
  if (stream.state === 'idle' || stream.state === 'starting') return { kind: stream.state }
  if (stream.state !== 'live')
    return { kind: 'stopped', since: stream.last_frame_at ?? since, reason: whatIsWrong(stream) }
  if (!shown) return { kind: 'waiting' }
  const interval = shown.interval ?? stream.interval ?? 0
  const patience = Math.max(LATE_AFTER_MS, LATE_AFTER_INTERVALS * interval)
  return now - shown.receivedAt > patience ? { kind: 'late', since } : { kind: 'live' }
}

function whatIsWrong({ state, reason }: LiveStream): string | undefined {
  return state === 'offline' && reason !== SILENT_FOR_LONG ? reason : undefined
}
