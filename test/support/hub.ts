import type { FrameInput } from '../../src/core/frame.ts'
import type { FrameStore } from '../../src/core/frame-store.ts'
import { Hub, type HubRules, type Renditions } from '../../src/core/hub.ts'
import { type Meters, NO_METERS } from '../../src/core/meters.ts'
import type { Principal } from '../../src/core/principal.ts'
import { ACTIONS, ALL } from '../../src/core/rights.ts'
import { MemoryFrameStore } from '../../src/store/memory/frames.ts'
import { ManualClock } from './clock.ts'

/** Somebody who may do everything. */
export const anyone: Principal = {
  id: 'anyone',
  name: 'anyone',
  kind: 'user',
  grants: [{ actions: ACTIONS, scope: ALL }],
  ended: new AbortController().signal,
}

export const RULES: HubRules = {
  maxStreams: 100,
  storeTimeout: 1000,
  staleAfter: 2000,
  staleAfterIntervals: 3,
  offlineAfter: 30_000,
  forgetAfter: 3_600_000,
  ringFrames: 10,
  ringBytes: 1000,
}

/** A hub with a clock that the test moves. */
export function makeHub(
  rules: Partial<HubRules> = {},
  store: FrameStore = new MemoryFrameStore(),
  renditions?: Renditions,
  meters: Meters = NO_METERS,
) {
  const clock = new ManualClock()
  const hub = new Hub({
    clock,
    store,
    meters,
    rules: { ...RULES, ...rules },
    ...(renditions && { renditions }),
  })
  return { hub, clock }
}

/** A frame of `bytes` bytes that nobody looks into. */
export function frameInput(label: string, key: string, bytes = 10): FrameInput {
  return {
    stream: { label, key },
    size: { width: 64, height: 48 },
    payload: { kind: 'image', bytes: new Uint8Array(bytes), mediaType: 'image/jpeg', width: 64, height: 48 },
    metadata: {},
  }
}
