import type { FrameInput } from '../core/frame.ts'
import { type FrameId, nextFrameId } from '../core/frame-id.ts'
import { type StreamName, streamId } from '../core/names.ts'
import type { FrameStore } from '../core/store.ts'

/** The store of a server that stands alone: gives ids; the frames themselves live in the hub. */
export class MemoryStore implements FrameStore {
  readonly #last = new Map<string, FrameId>()

  async append(input: FrameInput, receivedAt: number): Promise<FrameId> {
    const stream = streamId(input.stream)
    const id = nextFrameId(this.#last.get(stream), receivedAt)
    this.#last.set(stream, id)
    return id
  }

  forget(stream: StreamName): void {
    this.#last.delete(streamId(stream))
  }
}
