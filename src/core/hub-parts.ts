import type { PieceOrder } from './array-piece.ts'
import type { Clock } from './clock.ts'
import type { Counters } from './counters.ts'
import type { PictureWish, ViewerDemand, WatchDemand } from './demand.ts'
import type { Frame, ImageFrame } from './frame.ts'
import type { FrameMemoryRules } from './frame-memory.ts'
import type { FrameStore } from './frame-store.ts'
import type { BarePicture } from './pictures-only.ts'
import type { QuotaRules } from './quota.ts'
import type { QuotaClient } from './quota-client.ts'
import type { Stream, StreamRules } from './stream.ts'

/** What the hub is made of. */
export interface HubParts {
  readonly clock: Clock
  readonly store: FrameStore
  readonly counters: Counters
  readonly rules: HubRules
  /** For who sees pictures only (`pictures-only.ts`). */
  readonly bareOf: BarePicture
}

/** Settings of the hub. */
export interface HubRules extends StreamRules {
  /** How many streams there may be, and how many one publisher may open. */
  readonly streams: QuotaRules
  /** How much memory the recent frames of all streams may take, and those of one publisher's streams. */
  readonly frameMemory: FrameMemoryRules
  /** How long to wait for the store, ms, before a frame is shown without being stored. */
  readonly storeTimeout: number
}

/** Makes smaller pictures of the hub's frames, and of arrays pictures, converted values or texts: `Hub.takeRenditionsFrom`. */
export interface Renditions {
  /**
   * The stream that serves a demand, if it is not the watched one: a `Stream` outside the hub whose frames keep the
   * name, id, sequence, times and size of the originals; its newest frame is shown at once, so it is not to be outdated.
   * The caller subscribes to it. When the answer changes, `Hub.reroute` is to be called.
   * @param client in whose share of the renditions it counts
   */
  sourceFor(stream: Stream, demand: ViewerDemand, client: QuotaClient): Stream | undefined
  /**
   * Whether a rendition that may be needed for the demand could be made now.
   * @throws Refusal `exhausted` or `limited` when there are too many
   */
  checkRoom(stream: Stream, demand: WatchDemand, client: QuotaClient): void
  /**
   * The picture of one frame that a wish asks for, in a frame that is otherwise the same; the frame itself if its
   * picture is right already. Made in its turn.
   * @param signal ends the waiting
   * @throws Refusal `invalid` when the picture cannot be decoded, or the array not drawn; `exhausted` or `limited` when too many are waiting
   */
  pictureOf(frame: Frame, wish: PictureWish, client: QuotaClient, signal?: AbortSignal): Promise<ImageFrame>
  /** The newest picture that viewers with that wish get of the stream; undefined if there is none, or there are no viewers. */
  newestPicture(stream: Stream, wish: PictureWish): ImageFrame | undefined
  /**
   * Writes values of an array, in its turn.
   * @param signal ends the waiting
   * @throws Refusal `invalid` when they are damaged; `unavailable` when it was not done; the signal's reason
   */
  written(order: PieceOrder, client: QuotaClient, signal: AbortSignal): Promise<Uint8Array>
}
