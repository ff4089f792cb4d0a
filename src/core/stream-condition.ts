/**
 * `idle`: on demand, and nobody is watching. `starting`: somebody is, and the first frame has not come yet. `live`:
 * frames are coming. `stale`: none came for longer than usual. `offline`: none for a long time, or its source has
 * failed.
 */
export type StreamState = (typeof STREAM_STATES)[number]

/** All states, in the order of a stream's life cycle. */
export const STREAM_STATES = ['idle', 'starting', 'live', 'stale', 'offline'] as const

/**
 * The reason of an offline stream if nothing more is known. The page translates this one; it shows all others as they
 * are.
 */
export const SILENT_FOR_LONG = 'no frame for a long time'

/** The reason of a stream that is only remembered; the page translates it too. */
export const NOT_SEEN_SINCE_START = 'not seen since the server started'

/**
 * What somebody who comes to a stream gets first. `newest`: its newest frame, at once and with its age. `next`: the first
 * one after that, and none from before, by whatever way; nothing of such a stream is kept for who comes later, or given to
 * the store that servers share.
 */
export type StreamStart = (typeof STREAM_STARTS)[number]

/** Both. */
export const STREAM_STARTS = ['newest', 'next'] as const

/** That the pictures of a stream cannot be decoded, as the last attempt to make a smaller one of them has shown. */
export interface Undecodable {
  /** For people. */
  readonly reason: string
  /** When the first of them in a row was received, ms since 1970. */
  readonly since: number
}

/**
 * What an attempt to decode the pictures of a stream has shown. `untried`: nobody decodes any, so nothing is known of those
 * that come.
 */
export type DecodingResult = Undecodable | 'decodable' | 'untried'

/** The state of a stream and why it is in it, for people. */
export interface StreamCondition {
  readonly state: StreamState
  readonly reason: string
}
