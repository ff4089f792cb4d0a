import type { LiveStream } from '../src/wire/live-messages.ts'
import type { StateReason } from './codes.ts'
import type { EventSubscription } from './event-subscription.ts'
import type { Watch } from './watch.ts'

/** The events of a LiveClient. */
export interface LiveClientEvents {
  /** Connecting has begun, or an attempt has failed and another will follow. Codes: `CONNECTING`. */
  connecting: StateReason
  /** The server has sent "hello", and all watches and subscriptions were requested. */
  connected: LiveConnected
  /** It will not reconnect by itself any more. Codes: `DISCONNECTED`. */
  disconnected: StateReason
  /** A watched stream: present at the start, added, or changed. */
  stream: LiveStream
  /** A watched stream was removed. Not emitted for streams whose last watch was ended. */
  left: LiveStream
  /**
   * The server has answered a watch: all its streams were reported by `stream` and `left` before. Once on each
   * connection, and after each change of the watch.
   */
  watching: LiveWatching
  /** The estimate of the server's clock was updated. */
  clock: LiveClock
  /** An error that does not end the connection. */
  error: LiveError
}

/** The payload of `connected`. */
export interface LiveConnected {
  /** The server's version. */
  readonly version: string
  /** False the first time; true when it has reconnected and restored its watches. */
  readonly isReconnected: boolean
}

/** The payload of `watching`. */
export interface LiveWatching {
  readonly watch: Watch
  /** All streams that match it now. */
  readonly streams: readonly LiveStream[]
}

/** The payload of `clock`: an estimate of the server's clock. */
export interface LiveClock {
  /** ms to add to this machine's clock to get the server's. */
  readonly offset: number
  /** ms; the offset's error is at most half of it. */
  readonly roundTrip: number
}

/** The payload of `error`. */
export interface LiveError {
  /**
   * The server's code ("invalid", "exhausted" …); "garbled": a malformed message; "listener": a listener or an
   * `onFrame` threw.
   */
  readonly code: string
  readonly message: string
  /** The watch concerned, if the error is about one. */
  readonly watch?: Watch
  /** The subscription to events concerned, if the error is about one. */
  readonly subscription?: EventSubscription
}
