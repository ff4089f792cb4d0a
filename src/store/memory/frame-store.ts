import type { FrameInput } from '../../core/frame.ts'
import { type FrameId, nextFrameId } from '../../core/frame-id.ts'
import type { FrameStore } from '../../core/frame-store.ts'
import type { StoreHealth } from '../../core/store-health.ts'
import { type StreamName, streamId } from '../../core/stream-name.ts'

/**
 * In-memory frame store of a single server: only assigns ids. The frames themselves are kept by the hub, and there are
 * no other servers.
 */
export class MemoryFrameStore implements FrameStore {
  readonly #last = new Map<string, FrameId>()

  append(input: FrameInput, receivedAt: number): FrameId {
    const stream = streamId(input.stream)
    const id = nextFrameId(this.#last.get(stream), receivedAt)
    this.#last.set(stream, id)
    return id
  }

  subscribe(): () => void {
    return () => {}
  }

  async lookUp(): Promise<void> {}

  health(): StoreHealth {
    return { isHealthy: true }
  }

  async check(): Promise<void> {}

  forget(stream: StreamName): void {
    this.#last.delete(streamId(stream))
  }

  async close(): Promise<void> {}
}
