import type { Json, Metadata } from '../core/frame.ts'
import type { FrameId } from '../core/frame-id.ts'
import type { ImageType } from '../core/payload.ts'
import type { StreamState } from '../core/stream.ts'

/*
 * The messages of `/ws/live`, both ways; docs/wire.md tells how they play together. Texts are JSON objects with a
 * `type`; pictures come as binary messages in the form of img-message.ts with a LiveFrameHeader.
 * All times are ms since 1970 by the server's clock unless said otherwise.
 */

/** What a client may send. */
export type LiveRequest =
  /** Starts or changes the watch `id`, an integer of the client's choosing. */
  | {
      readonly type: 'watch'
      readonly id: number
      /** All labels if left out. */
      readonly label?: string | undefined
      /** All streams of the label, as they come and go, if left out. */
      readonly key?: string | undefined
      /** Frames a second, 0 to 1000; 0: news only, no pictures. */
      readonly max_fps?: number | undefined
      /** Pixels across that the client can use, 1 to 16384: a wish. */
      readonly width?: number | undefined
    }
  | { readonly type: 'unwatch'; readonly id: number }
  /** The picture `n` and all before it are decoded and drawn (or given up): there is room for more. */
  | { readonly type: 'credit'; readonly n: number }
  /** Asks what time it is; `t0` (any number) comes back. */
  | { readonly type: 'clock'; readonly t0: number }

/** What the server sends as text. */
export type LiveNotice =
  | { readonly type: 'hello'; readonly protocol: 1; readonly version: string; readonly now: number }
  /** The answer to a watch: the streams that match it now. */
  | { readonly type: 'watching'; readonly id: number; readonly streams: readonly LiveStream[] }
  | { readonly type: 'unwatched'; readonly id: number }
  /** A watched stream came, went, or changed its state or its warnings. */
  | { readonly type: 'stream'; readonly event: 'joined' | 'left' | 'state'; readonly stream: LiveStream }
  /** `t1`: when the question came, `t2`: when this answer left. */
  | { readonly type: 'clock'; readonly t0: number; readonly t1: number; readonly t2: number }
  /** A message that was not understood or not allowed; the socket stays open. */
  | { readonly type: 'error'; readonly code: string; readonly message: string; readonly id?: number }

/** A stream in a notice. */
export interface LiveStream {
  readonly label: string
  readonly key: string
  readonly state: StreamState
  /** Why it is in that state, in words for people; left out while it is live. */
  readonly reason?: string | undefined
  /** When the state last changed. */
  readonly since: number
  /** When its newest frame was received. */
  readonly last_frame_at?: number | undefined
  /** Its usual time between two frames, ms; left out before it is known. */
  readonly interval?: number | undefined
  /** The names of what it warns of now, at most 20: "no_hardhat", or the detector's line. Left out if of nothing. */
  readonly warnings?: readonly string[] | undefined
}

/** The header of a picture. */
export interface LiveFrameHeader {
  /** To give back in a credit, as it is: on one connection these come in no order. */
  readonly n: number
  readonly label: string
  readonly key: string
  readonly id: FrameId
  /** Counts the stream's frames: a gap tells how many were skipped. */
  readonly sequence: number
  readonly received_at: number
  /** By the source's clock. */
  readonly captured_at?: number | undefined
  readonly media_type: ImageType
  /** Pixels of the original picture, to which coordinates refer unless the annotations name another size. */
  readonly width: number
  readonly height: number
  /** What the detector drew: JSON where its text was JSON, else the text; left out if it sent nothing. */
  readonly annotations?: {
    readonly warnings?: Json
    readonly cone_polygons?: Json
    readonly pole_polygons?: Json
    readonly detection_items?: Json
    /** Pixels of the picture that its coordinates refer to; left out: the picture's own. */
    readonly width?: number
    readonly height?: number
  }
  /** Left out if empty. */
  readonly metadata?: Metadata
}
