import type { FrameStore } from '../../src/core/frame-store.ts'
import { MemoryFrameStore } from '../../src/store/memory/frame-store.ts'

/** A kind of frame store, for the test suite that all kinds must pass. */
export interface FrameStoreKind {
  readonly name: string
  /** Opens an empty one, closed with the test. */
  open(): Promise<FrameStore>
}

/** All kinds of frame store. */
export const FRAME_STORE_KINDS: readonly FrameStoreKind[] = [
  { name: 'memory', open: async () => new MemoryFrameStore() },
]
