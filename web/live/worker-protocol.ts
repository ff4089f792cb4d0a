import type { ClassNames } from '../../src/core/class-names.ts'
import type { Metadata } from '../../src/core/frame.ts'
import type { StreamName } from '../../src/core/stream-name.ts'
import type { LiveFrameHeader, LiveStream } from '../../src/wire/live-messages.ts'
import type { Warning } from '../../src/wire/warnings.ts'
import type { ConnectionState } from '../access/connection-state.ts'
import type { OverlayChoice } from '../overlay/overlay-choice.ts'

/*
 * What the page and its worker say to each other. The worker holds the connection, decodes every picture and draws
 * those of the wall; the page tells it what is on the screen, and hears of what was drawn. All times are ms since 1970
 * by the server's clock.
 */

/** What a tile or the large view can use of its stream. */
export interface ViewDemand {
  /** Frames a second. */
  readonly fps: number
  /** Of the place, in device pixels. */
  readonly width: number
  readonly height: number
  /** Device pixels in a CSS pixel. */
  readonly scale: number
}

/** What the page tells the worker. */
export type ToWorker =
  /** First of all: where the server is, and the token of the share link that the page was opened with. Does not connect. */
  | { readonly type: 'open'; readonly url: string; readonly token: string | undefined }
  /** A tile of the wall, on whose canvas the worker draws. Nothing comes before it has a demand. */
  | { readonly type: 'tile'; readonly id: number; readonly canvas: OffscreenCanvas; readonly stream: StreamName }
  /** A large view: its pictures are decoded and handed over. */
  | { readonly type: 'follow'; readonly id: number; readonly stream: StreamName }
  /** What a tile or follower can use now; undefined: it is out of view, and costs nothing. */
  | { readonly type: 'demand'; readonly id: number; readonly demand: ViewDemand | undefined }
  /** A tile or follower is gone. */
  | { readonly type: 'close'; readonly id: number }
  /** A picture that was handed over is drawn (or given up): the next may come. */
  | { readonly type: 'drawn'; readonly id: number; readonly n: number }
  /** What is drawn over the pictures of the wall. */
  | { readonly type: 'overlays'; readonly choice: OverlayChoice; readonly classNames: readonly ClassNames[] }
  /** Whether anybody can see the page: while it is hidden no pictures come. */
  | { readonly type: 'visible'; readonly isVisible: boolean }
  /** Connect now: for the first time, or because the network or the right to may be back. */
  | { readonly type: 'retry' }

/** A picture that is on the screen now. */
export interface ShownPicture {
  /** The tile's id. */
  readonly id: number
  readonly receivedAt: number
  /** ms between its stream's last two pictures; undefined for the first. */
  readonly interval: number | undefined
  /** Pixels of the original. */
  readonly width: number
  readonly height: number
  readonly warnings: readonly Warning[]
}

/** A picture for a follower, with all that came with it. */
export interface Picture {
  /** Counts the pictures of this worker; to give back in `drawn`. */
  readonly n: number
  readonly stream: StreamName
  readonly frameId: string
  readonly sequence: number
  readonly receivedAt: number
  readonly capturedAt: number | undefined
  /** Pixels of the original, to which coordinates refer unless the annotations name another size. */
  readonly width: number
  readonly height: number
  readonly annotations: LiveFrameHeader['annotations']
  readonly metadata: Metadata | undefined
  /** The picture as it came. */
  readonly blob: Blob
  /** Frames that were skipped before this one. */
  readonly skipped: number
}

/** What the worker tells the page. */
export type FromWorker =
  | { readonly type: 'connection'; readonly connection: ConnectionState }
  /** Streams that are there, joined or changed, and those that left. `isComplete` once the server has listed all. */
  | {
      readonly type: 'streams'
      readonly there: readonly LiveStream[]
      readonly left: readonly StreamName[]
      readonly isComplete: boolean
    }
  /** What was drawn on the tiles since the last such message; at most some ten a second. */
  | { readonly type: 'shown'; readonly tiles: readonly ShownPicture[] }
  /** ms to add to this machine's clock to get the server's. */
  | { readonly type: 'clock'; readonly offset: number }
  | { readonly type: 'picture'; readonly id: number; readonly picture: Picture; readonly bitmap: ImageBitmap }
  /** Something went wrong that a person should know of. */
  | { readonly type: 'trouble'; readonly message: string }
