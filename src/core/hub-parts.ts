import type { Clock } from './clock.ts'
import type { Counters } from './counters.ts'
import type { ViewerDemand } from './demand.ts'
import type { FrameMemoryRules } from './frame-memory.ts'
import type { FrameStore } from './frame-store.ts'
import type { QuotaRules } from './quota.ts'
import type { Stream, StreamRules } from './stream.ts'

/** What the hub is made of. */
export interface HubParts {
  readonly clock: Clock
  readonly store: FrameStore
  readonly counters: Counters
  readonly rules: HubRules
  /** If left out, everybody gets the originals. */
  readonly renditions?: Renditions
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

/** Derives streams of smaller pictures, or of pictures made from arrays, from the hub's streams. */
export interface Renditions {
  /**
   * The stream that serves a demand, if it is not the watched one: a `Stream` outside the hub whose frames keep the
   * name, id, sequence, times and size of the originals. When the answer changes, `Hub.reroute` is to be called.
   */
  sourceFor(stream: Stream, demand: ViewerDemand): Stream | undefined
}
