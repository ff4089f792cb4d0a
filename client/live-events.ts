import type { LiveStream } from '../src/wire/live-messages.ts'
import type { StateReason } from './codes.ts'
import type { Watch } from './watch.ts'

/** What a LiveClient tells its listeners. */
export interface LiveClientEvents {
  /** It connects, or an attempt has failed and another will follow. Codes: `CONNECTING`. */
  connecting: StateReason
  /** The server has greeted, and the watches are asked for. */
  connected: LiveConnected
  /** It will not connect by itself any more. Codes: `DISCONNECTED`. */
  disconnected: StateReason
  /** A watched stream: there at the start, joined, or changed. */
  stream: LiveStream
  /** A watched stream is not there any more. Nothing is told of streams whose last watch was ended. */
  left: LiveStream
  /** A watch was answered: all its streams have been told by `stream` and `left`. Once on each connection, and after each change. */
  watching: LiveWatching
  /** The clock was set anew. */
  clock: LiveClock
  /** Something failed that does not end the connection. */
  error: LiveError
}

export interface LiveConnected {
  /** The server's version. */
  readonly version: string
  /** False the first time; true: what was watched before is watched again. */
  readonly isReconnected: boolean
}

export interface LiveWatching {
  readonly watch: Watch
  /** All that match it now. */
  readonly streams: readonly LiveStream[]
}

export interface LiveClock {
  /** ms to add to this machine's clock to get the server's. */
  readonly offset: number
  /** ms; the offset is wrong by half of it at most. */
  readonly roundTrip: number
}

export interface LiveError {
  /** The server's code ("invalid", "exhausted" …), "garbled": a message that is not of the protocol, "listener": a listener or an `onFrame` threw. */
  readonly code: string
  readonly message: string
  /** What it is about, if it is about one watch. */
  readonly watch?: Watch
}
