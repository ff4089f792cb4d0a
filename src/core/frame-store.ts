import type { Declaration } from './declared-stream.ts'
import type { Demand } from './demand.ts'
import type { FrameInput } from './frame.ts'
import type { FrameId } from './frame-id.ts'
import type { StoreHealth } from './store-health.ts'
import type { StreamName } from './stream-name.ts'

/** Who is told what others stored: other nodes, programs that write to the store directly, echoes of ours. */
export interface StoreListener {
  /**
   * Others publish a stream of that name: it exists here from now on, on demand, so that it can be watched and
   * `demandChanged` tells when it is to be read. Frames make it live also while nobody watches here.
   * @returns undefined if there is one already that a source of this server feeds
   * @throws Refusal `exhausted` when it would be one stream too many
   */
  streamFound(stream: StreamName): Declaration | undefined
  /**
   * @param id given by the store; a frame whose id is not above the stream's newest is ignored
   * @param receivedAt ms since 1970, by the clock of whoever took it in
   * @returns false if it is ignored
   * @throws Refusal `exhausted` when it would open one stream too many: it is not shown, and the store goes on
   */
  frameStored(input: FrameInput, id: FrameId, receivedAt: number): boolean
}

/**
 * Where published frames go first, and what gives them their ids. What it brings from elsewhere it hands to its
 * subscriber, which shows it as any frame.
 */
export interface FrameStore {
  /**
   * Stores a frame.
   * @returns its id, above all others of its stream
   * @throws when it could not be stored; the frame is then shown live all the same
   */
  append(input: FrameInput, receivedAt: number): Promise<FrameId>
  /**
   * Tells the listener of streams of others, and hands it their frames, of the streams that are demanded.
   * @returns ends that
   */
  subscribe(listener: StoreListener): () => void
  /** What is wanted of a stream has changed: a stream that nobody watches here need not be read. Must not throw. */
  demandChanged(stream: StreamName, demand: Demand): void
  health(): StoreHealth
  /** Lets go of a stream that is forgotten. Must not throw. */
  forget(stream: StreamName): void
  /** Finishes what it was given and lets go of its connections. */
  close(): Promise<void>
}
