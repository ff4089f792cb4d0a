import { ACTIONS, ALL } from '../../src/core/authorization.ts'
import { type Counters, NO_COUNTERS } from '../../src/core/counters.ts'
import type { Declaration } from '../../src/core/declared-stream.ts'
import type { FrameInput } from '../../src/core/frame.ts'
import type { FrameStore } from '../../src/core/frame-store.ts'
import { Hub } from '../../src/core/hub.ts'
import type { HubRules, Renditions } from '../../src/core/hub-parts.ts'
import type { Principal } from '../../src/core/principal.ts'
import { MemoryFrameStore } from '../../src/store/memory/frame-store.ts'
import { barePicture } from '../../src/wire/bare-picture.ts'
import { ManualClock } from './manual-clock.ts'

/** A principal who may do everything. */
export const anyone: Principal = {
  id: 'anyone',
  name: 'anyone',
  kind: 'user',
  grants: [{ actions: ACTIONS, scope: ALL }],
  ended: new AbortController().signal,
}

/** The default settings of a test's hub; times in ms. */
export const RULES: HubRules = {
  streams: { max: 100, share: 100 },
  frameMemory: { total: { max: 1e9, share: 1e9 }, metadata: { max: 1e9, share: 1e9 } },
  storeTimeout: 1000,
  staleAfter: 2000,
  staleAfterIntervals: 3,
  offlineAfter: 30_000,
  firstOfflineAfter: 120_000,
  // The pictures of `frameInput` are all the same.
  unchangedAfter: Number.POSITIVE_INFINITY,
  forgetAfter: 3_600_000,
  ringFrames: 10,
  nextRingFrames: 4,
  ringBytes: 1000,
}

/** A hub with a manual clock. */
export function makeHub(
  rules: Partial<HubRules> = {},
  store: FrameStore = new MemoryFrameStore(),
  renditions?: Renditions,
  counters: Counters = NO_COUNTERS,
) {
  const clock = new ManualClock()
  const hub = new Hub({
    clock,
    store,
    counters,
    rules: { ...RULES, ...rules },
    bareOf: barePicture,
  })
  if (renditions) hub.takeRenditionsFrom(renditions)
  return { hub, clock }
}

/** Declares a stream that gives nobody a frame from before he came, as those of instruments. */
export function declareNext(hub: Hub, label: string, key: string): Declaration {
  const options = { when: 'on-demand', startTimeout: 20_000, closeAfter: 0, start: 'next' } as const
  return hub.declare(anyone, { label, key }, options, { demandChanged() {} })
}

/** A frame with a dummy picture of `bytes` bytes. */
export function frameInput(label: string, key: string, bytes = 10): FrameInput {
  return {
    stream: { label, key },
    size: { width: 64, height: 48 },
    payload: { kind: 'image', bytes: new Uint8Array(bytes), mediaType: 'image/jpeg', width: 64, height: 48 },
    metadata: {},
  }
}
