import type { FrameInput } from './frame.ts'
import type { FrameId } from './frame-id.ts'
import type { StreamName } from './names.ts'

/**
 * Where published frames go first, and what gives them their ids. What a store brings from elsewhere (other nodes,
 * programs that write to it directly, echoes of our own) it hands to `Hub.accept`, as any source does.
 */
export interface FrameStore {
  /**
   * Stores a frame.
   * @returns its id, above all others of its stream
   * @throws when it could not be stored; the frame is then shown live all the same
   */
  append(input: FrameInput, receivedAt: number): Promise<FrameId>
  /** Lets go of a stream that is forgotten. */
  forget(stream: StreamName): void
}
