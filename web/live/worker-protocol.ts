import type { OverlayChoice } from '../../client/overlay/overlay-choice.ts'
import type { ClassNames } from '../../src/core/class-names.ts'
import type { AppliedColouring, ColouringWish } from '../../src/core/colouring.ts'
import type { Metadata } from '../../src/core/frame.ts'
import type { Orientation } from '../../src/core/orientation.ts'
import type { Size } from '../../src/core/payload.ts'
import type { StreamName } from '../../src/core/stream-name.ts'
import type { LiveFrameHeader, LiveStream } from '../../src/wire/live-messages.ts'
import type { PulseFields } from '../../src/wire/pulse-fields.ts'
import type { Warning } from '../../src/wire/warnings.ts'
import type { ConnectionState } from '../access/connection-state.ts'
import type { Measurement } from './measurements.ts'

/*
 * The messages between the page and its worker. The worker holds the connection, decodes all pictures and draws those
 * of the wall; the page sends what is on the screen and is notified of what was drawn. All times are ms since 1970 by
 * the server's clock.
 */

/** The frame rate and size that a tile or the large view can use. */
export interface ViewDemand {
  /** Frames per second. */
  readonly fps: number
  /** The size of the view in device pixels. */
  readonly width: number
  readonly height: number
  /** Device pixels per CSS pixel. */
  readonly scale: number
  /** How arrays are to be drawn; what is left out is as the stream has it. */
  readonly colouring?: ColouringWish | undefined
}

/** Messages from the page to the worker. */
export type ToWorker =
  /** Must come first: the server's URL and the share link's token, if any. Does not connect. */
  | { readonly type: 'open'; readonly url: string; readonly token: string | undefined }
  /** Opens a tile of the wall, on whose canvas the worker draws. Nothing is sent before its first `demand`. */
  | { readonly type: 'tile'; readonly id: number; readonly canvas: OffscreenCanvas; readonly stream: StreamName }
  /** Opens a large view: its pictures are decoded and transferred to the page. */
  | { readonly type: 'follow'; readonly id: number; readonly stream: StreamName }
  /** What a tile or large view can use now; undefined: out of view. */
  | { readonly type: 'demand'; readonly id: number; readonly demand: ViewDemand | undefined }
  /** Closes a tile or large view. */
  | { readonly type: 'close'; readonly id: number }
  /** Acknowledges a transferred picture, drawn or not: the next may come. */
  | { readonly type: 'drawn'; readonly id: number; readonly n: number }
  /** Sets what is drawn over the pictures of the wall. */
  | { readonly type: 'overlays'; readonly choice: OverlayChoice; readonly classNames: readonly ClassNames[] }
  /** Whether the page is visible: while it is hidden no pictures are sent. */
  | { readonly type: 'visible'; readonly isVisible: boolean }
  /** Connects now: for the first time, or because the network or the access may be back. */
  | { readonly type: 'retry' }

/** A picture drawn on a tile. */
export interface ShownPicture {
  /** The tile's id. */
  readonly id: number
  readonly receivedAt: number
  /** As `LiveFrame.takenAt`. */
  readonly takenAt: number
  /** The stream's median interval, ms; undefined before the third picture. */
  readonly interval: number | undefined
  /** Pixels of the original. */
  readonly width: number
  readonly height: number
  readonly warnings: readonly Warning[]
  /** What was measured at its pulse; none unless it is of an instrument. */
  readonly measurements: readonly Measurement[]
}

/** A picture for a large view, with its annotations and metadata. */
export interface Picture {
  /** The picture's number in this worker, for `drawn`. */
  readonly n: number
  readonly stream: StreamName
  readonly frameId: string
  readonly sequence: number
  readonly receivedAt: number
  readonly capturedAt: number | undefined
  /** As `LiveFrame.takenAt`. */
  readonly takenAt: number
  /** The pulse that it belongs to, of an instrument. */
  readonly pulse: PulseFields | undefined
  /** Pixels of the original, to which coordinates refer unless the annotations name another size. */
  readonly width: number
  readonly height: number
  /** How the values were drawn, where it is of an array. */
  readonly colouring: AppliedColouring | undefined
  readonly annotations: LiveFrameHeader['annotations']
  readonly metadata: Metadata | undefined
  /** The encoded picture, as received: perhaps smaller than the original. */
  readonly blob: Blob
  /** How it is to be turned to be seen upright. */
  readonly orientation: Orientation
  /** Its size in pixels. */
  readonly blobSize: Size
  /** Whether `blob` is known to be the original, byte for byte. What a watch receives may be a rendition. */
  readonly isOriginal: boolean
  /** The number of frames skipped before this one. */
  readonly skipped: number
}

/** Messages from the worker to the page. */
export type FromWorker =
  | { readonly type: 'connection'; readonly connection: ConnectionState }
  /** Streams that were added or changed, and those removed. `isComplete` once the server has listed all. */
  | {
      readonly type: 'streams'
      readonly there: readonly LiveStream[]
      readonly left: readonly StreamName[]
      readonly isComplete: boolean
    }
  /** The pictures drawn on tiles since the last such message. */
  | { readonly type: 'shown'; readonly tiles: readonly ShownPicture[] }
  /** A picture of a tile or large view could not be decoded. */
  | { readonly type: 'undecodable'; readonly id: number; readonly receivedAt: number }
  /** The clock offset: ms to add to this machine's clock to get the server's. */
  | { readonly type: 'clock'; readonly offset: number }
  | { readonly type: 'picture'; readonly id: number; readonly picture: Picture; readonly bitmap: ImageBitmap }
  /** An error to report to the user. */
  | { readonly type: 'trouble'; readonly message: string }
