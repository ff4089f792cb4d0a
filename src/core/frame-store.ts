import type { Declaration, StreamProvider } from './declared-stream.ts'
import type { FrameInput } from './frame.ts'
import type { FrameId } from './frame-id.ts'
import type { StoreHealth } from './store-health.ts'
import type { StreamName } from './stream-name.ts'

/** Receives what others stored: other nodes, programs that write to the store directly, echoes of our own writes. */
export interface StoreListener {
  /**
   * Others publish a stream of that name: declares it here, on demand, so that it can be watched. Its frames make it live
   * even while nobody is watching here.
   * @param provider told when to read it: a stream that nobody watches here need not be read
   * @returns undefined if a source of this server feeds a stream of that name already
   * @throws Refusal `exhausted` when there are too many streams
   */
  streamFound(stream: StreamName, provider: StreamProvider): Declaration | undefined
  /**
   * A frame was read from the store.
   * @param id assigned by the store; a frame whose id is not above the stream's newest is ignored
   * @param receivedAt ms since 1970, by the clock of the server that received it
   * @returns false if it is ignored
   * @throws Refusal `exhausted` when there are too many streams: the frame is not shown, and the store goes on
   */
  frameStored(input: FrameInput, id: FrameId, receivedAt: number): boolean
}

/**
 * Stores published frames first and assigns their ids. Frames that others stored are passed to its listener, which
 * shows them as any frame.
 */
export interface FrameStore {
  /**
   * Stores a frame.
   * @param receivedAt ms since 1970
   * @returns its id, above all others of its stream; at once from a store that need not wait
   * @throws when it could not be stored; the frame is then still shown live
   */
  append(input: FrameInput, receivedAt: number): FrameId | Promise<FrameId>
  /**
   * Notifies the listener of streams that others publish, and passes it the frames of those that are in demand.
   * @returns unsubscribes
   */
  subscribe(listener: StoreListener): () => void
  /**
   * Looks a stream up that may be in the store: tells the listener of it, and passes its newest frame if it has not yet.
   * For those that nobody watches yet; how often it really looks is limited.
   * @throws Refusal `unavailable` when the store cannot be reached, `timed_out` when it does not answer
   */
  lookUp(stream: StreamName): Promise<void>
  /** Whether the store works, for operators. */
  health(): StoreHealth
  /** Asks the store whether it is there. @throws Refusal as `lookUp` */
  check(): Promise<void>
  /** Releases what belongs to a stream that is forgotten. Must not throw. */
  forget(stream: StreamName): void
  /** Finishes pending work and releases its connections. */
  close(): Promise<void>
}
