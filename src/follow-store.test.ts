import { expect, it } from 'vitest'
import { anyone, declareNext, frameInput, makeHub } from '../test/support/hub.ts'
import { IMAGES } from './core/frame.ts'
import type { StoreListener } from './core/frame-store.ts'
import { followStore } from './follow-store.ts'
import { MemoryFrameStore } from './store/memory/frame-store.ts'

it('a stream that a source of this server has taken over shows nothing more of the store, which may read on', () => {
  let listener: StoreListener = { streamFound: () => undefined, frameStored: () => false }
  const subscribe = (given: StoreListener) => {
    listener = given
    return () => {}
  }
  const store = Object.assign(new MemoryFrameStore(), { subscribe })
  const { hub, clock } = makeHub({}, store)
  followStore(store, hub)
  const found = listener.streamFound({ label: 'beamline', key: 'image' }, { demandChanged() {} })
  const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
  viewer.watch(0, { label: 'beamline' })
  const stored = (id: `${number}-0`) => listener.frameStored(frameInput('beamline', 'image'), id, clock.now())
  expect([stored('1-0'), found?.isWithdrawn]).toEqual([true, false])
  expect(viewer.next(clock.now())).toMatchObject({ frame: { id: '1-0' } })
  declareNext(hub, 'beamline', 'image')
  expect([stored('2-0'), found?.isWithdrawn]).toEqual([false, true])
  expect(viewer.isWaiting).toBe(false)
})
