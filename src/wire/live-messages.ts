import type { AppliedColouring } from '../core/colouring.ts'
import type { ValuesCompression, ValuesWish } from '../core/demand.ts'
import type { EventId, Priority } from '../core/event.ts'
import type { EventGap } from '../core/event-store.ts'
import type { CaptureClock, Metadata } from '../core/frame.ts'
import type { FrameId } from '../core/frame-id.ts'
import type { Json } from '../core/json.ts'
import type { ElementType, ImageType, PackedArray, Quantisation } from '../core/payload.ts'
import type { Stillness } from '../core/stillness.ts'
import type { StreamStart, StreamState, Undecodable } from '../core/stream.ts'
import type { EventJson, SpooledEventJson } from './event-json.ts'
import type { PulseFields } from './pulse-fields.ts'

/*
 * The messages of `/ws/live` in both directions; docs/wire.md describes the protocol. Text messages are JSON objects
 * with a `type`; pictures are binary messages in the format of img-message.ts, with a `LiveFrameHeader`. All times are
 * ms since 1970 by the server's clock unless stated otherwise.
 */

/** The messages of a client. */
export type LiveRequest =
  /** Starts or changes the watch `id`, an integer that the client chooses. */
  | {
      readonly type: 'watch'
      readonly id: number
      /** All labels, if left out. */
      readonly label?: string | undefined
      /** All streams of the label, as they come and go, if left out. */
      readonly key?: string | undefined
      /** Frames a second, 0 to 1000; with 0 only notices, no pictures. */
      readonly max_fps?: number | undefined
      /** The width that the client can use, 1 to 16384 pixels: pictures need not be wider. */
      readonly width?: number | undefined
      /** The colours of arrays, their levels (`auto`, `0,100`, `p1,p99`), and whether these are logarithmic. */
      readonly colormap?: string | undefined
      readonly levels?: string | undefined
      readonly log?: boolean | undefined
      /** The values of arrays in place of pictures. */
      readonly values?: ValuesWish | undefined
      /** How these are compressed; left out: `native` as they were received, others not at all. */
      readonly compression?: ValuesCompression | undefined
    }
  /** Ends the watch `id`. */
  | { readonly type: 'unwatch'; readonly id: number }
  /**
   * Follows the events that match, or changes what is followed under that `id`, an integer that the client chooses. An
   * `error` names only the `id`, so watches should have others.
   */
  | {
      readonly type: 'follow'
      readonly id: number
      /** Goes on after that event, or after the `position` of a page; if left out, begins with the newest events. */
      readonly after?: EventId | undefined
      /** The `epoch` that came with `after`, if it is known. */
      readonly epoch?: EventId | undefined
      /** Types, in any case; all, if left out. At most 100. */
      readonly types?: readonly string[] | undefined
      /** Exact labels; all, if left out. At most 100. */
      readonly labels?: readonly string[] | undefined
      /** The lowest priority. */
      readonly min_priority?: Priority | undefined
    }
  /** Follows no longer under that `id`. */
  | { readonly type: 'unfollow'; readonly id: number }
  /** The picture `n` and all before it have been decoded and drawn (or dropped): the server may send more. */
  | { readonly type: 'credit'; readonly n: number }
  /** Asks for the server's time, to measure the clock offset; `t0` (any number) is returned. */
  | { readonly type: 'clock'; readonly t0: number }

/** The text messages of the server. */
export type LiveNotice =
  /** The first message on a connection. `now`: the server's time. */
  | { readonly type: 'hello'; readonly protocol: 1; readonly version: string; readonly now: number }
  /** The response to `watch`: the streams that match it now. */
  | { readonly type: 'watching'; readonly id: number; readonly streams: readonly LiveStream[] }
  /** The response to `unwatch`. */
  | { readonly type: 'unwatched'; readonly id: number }
  /** The response to `follow`: the pages after it are of that request. */
  | { readonly type: 'following'; readonly id: number }
  | LiveEventPage
  /** The response to `unfollow`: no more pages come. */
  | { readonly type: 'unfollowed'; readonly id: number }
  /** A watched stream appeared, disappeared, or changed its state or warnings. */
  | { readonly type: 'stream'; readonly event: 'joined' | 'left' | 'state'; readonly stream: LiveStream }
  /** The response to `clock`. `t1`: when the request was received, `t2`: when this response was sent. */
  | { readonly type: 'clock'; readonly t0: number; readonly t1: number; readonly t2: number }
  /** A message was not understood or not allowed; the socket stays open. `id`: that of the request, if known. */
  | { readonly type: 'error'; readonly code: string; readonly message: string; readonly id?: number }

/** Events that are followed, in their order. The first page comes in any case, perhaps without events. */
export interface LiveEventPage {
  readonly type: 'events'
  readonly id: number
  /** Identifies the log: one that begins anew has another. */
  readonly epoch: EventId
  /** How far the server has looked. To go on exactly there, `follow` with it as `after` and with the `epoch`. */
  readonly position: EventId
  /** Events may be missing: before those of this page, or among them. */
  readonly gap?: EventGap | undefined
  /** Those without an `id`, at the end, wait for the log that the server shares with others. */
  readonly events: readonly (EventJson | SpooledEventJson)[]
}

/** A stream, as described in a notice. */
export interface LiveStream {
  readonly label: string
  readonly key: string
  readonly state: StreamState
  /** Why it is in that state, for people; left out while it is live. */
  readonly reason?: string | undefined
  /** When the state last changed. */
  readonly since: number
  /** That its pictures cannot be decoded, as the server has found; left out while they can, or it has not tried. */
  readonly undecodable?: Undecodable | undefined
  /** What a viewer gets first: with `next` no picture from before; left out: `newest`. */
  readonly start?: StreamStart | undefined
  /** When its newest frame was received, be it before the server started. */
  readonly last_frame_at?: number | undefined
  /** The median time between two frames, ms; left out while unknown. */
  readonly interval?: number | undefined
  /** What stands still though frames come; left out while nothing does, and while it is not live. */
  readonly unchanged?: Stillness | undefined
  /** The names of its active warnings, at most 20: "no_hardhat", or the detector's line. Left out if there are none. */
  readonly warnings?: readonly string[] | undefined
}

/** The media type of a binary message with values. */
export const VALUES_TYPE = 'application/octet-stream'

/** The JSON header of a binary message: a picture, or values. */
export interface LiveFrameHeader {
  /** To be returned in a `credit`. Not ascending: on one connection the numbers come in any order. */
  readonly n: number
  readonly label: string
  readonly key: string
  readonly id: FrameId
  /** Numbers the stream's frames: a gap tells how many were skipped. */
  readonly sequence: number
  /** When the server received the frame. */
  readonly received_at: number
  /** When the picture was taken, by the source's clock. */
  readonly captured_at?: number | undefined
  /** Of `captured_at`: `synchronised` if it agrees with the server's, so that the picture's age counts from then. */
  readonly capture_clock?: CaptureClock | undefined
  /** The pulse that it belongs to, of an instrument. */
  readonly pulse?: PulseFields
  /** Of a picture; of values `VALUES_TYPE`. */
  readonly media_type: ImageType | typeof VALUES_TYPE
  /** How the values are written, where the message has values. */
  readonly values?: {
    readonly type: ElementType
    /** The slowest dimension first: `[rows, columns]`. */
    readonly shape: readonly number[]
    readonly byte_order: PackedArray['byteOrder']
    readonly compression: PackedArray['compression']
    /** What they stand for, where they are quantised. */
    readonly quantisation?: Quantisation | undefined
  }
  /** Size in pixels of the original picture as it is seen, which coordinates refer to unless the annotations give another size. */
  readonly width: number
  readonly height: number
  /** How the values were drawn, where it is a picture of an array. */
  readonly colouring?: AppliedColouring | undefined
  /** The detector's annotations, parsed where they are JSON, else as text; left out if there are none. */
  readonly annotations?: {
    readonly warnings?: Json
    readonly cone_polygons?: Json
    readonly pole_polygons?: Json
    readonly detection_items?: Json
    /** The size in pixels that the coordinates refer to; left out: that of the picture. */
    readonly width?: number
    readonly height?: number
  }
  /** Left out if empty. */
  readonly metadata?: Metadata
}
