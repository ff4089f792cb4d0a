import { onTestFinished } from 'vitest'
import type { FrameStore } from '../../src/core/frame-store.ts'
import { MemoryFrameStore } from '../../src/store/memory/frame-store.ts'
import { openRedisStore } from './redis-frames.ts'
import { TestRedis } from './redis-server.ts'

/** A kind of frame store, for the test suite that all kinds must pass. */
export interface FrameStoreKind {
  readonly name: string
  /** Opens an empty one, closed with the test. */
  open(): Promise<FrameStore>
}

/** All kinds of frame store; to be called once a file, as the tests of a file share a Redis. */
export function frameStoreKinds(): readonly FrameStoreKind[] {
  const redis = TestRedis.ofFile()
  return [
    { name: 'memory', open: async () => new MemoryFrameStore() },
    {
      name: 'Redis',
      async open() {
        const server = await redis()
        const client = await server.client()
        await client.sendCommand(['FLUSHALL'])
        client.destroy()
        const store = await openRedisStore(server)
        onTestFinished(() => store.close())
        return store
      },
    },
  ]
}
