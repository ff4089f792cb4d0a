import type { FrameStore } from '../../src/core/frame-store.ts'
import { MemoryFrameStore } from '../../src/store/memory/frame-store.ts'

/** A kind of frame store, for the suite that all of them have to pass. */
export interface FrameStoreKind {
  readonly name: string
  /** An empty one, gone with the test. */
  open(): Promise<FrameStore>
}

/** The kinds there are. */
export const FRAME_STORE_KINDS: readonly FrameStoreKind[] = [
  { name: 'memory', open: async () => new MemoryFrameStore() },
]
