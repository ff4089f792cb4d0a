import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FRAME_STORE_KINDS } from '../../test/support/frame-stores.ts'
import { frameInput } from '../../test/support/hub.ts'
import { type FrameId, isAfter } from '../core/frame-id.ts'

describe.each(FRAME_STORE_KINDS)('a frame store ($name)', ({ open }) => {
  it('gives ids that rise within a stream, whatever the clock does and however many wait at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }), async (times) => {
        const store = await open()
        const ids = await Promise.all(times.map((time) => store.append(frameInput('site', 'cam'), time)))
        for (const [i, id] of ids.slice(1).entries()) expect(isAfter(id, ids[i])).toBe(true)
        await store.close()
      }),
    )
  })

  it('keeps the streams apart', async () => {
    const store = await open()
    const first = await store.append(frameInput('site', 'a'), 5)
    expect(await store.append(frameInput('site', 'b'), 5)).toBe(first)
    await store.close()
  })

  it('says that it is well, looks up what is not there, and forgets a stream that comes back', async () => {
    const store = await open()
    expect(store.health()).toEqual({ isHealthy: true })
    await store.check()
    await store.lookUp({ label: 'site', key: 'no such stream' })
    await store.append(frameInput('site', 'cam'), 5)
    store.forget({ label: 'site', key: 'cam' })
    expect(await store.append(frameInput('site', 'cam'), 6)).toMatch(/^\d+-\d+$/)
    await store.close()
  })

  it('tells a subscriber nothing that it did not get from elsewhere, and nothing after that has ended', async () => {
    const store = await open()
    const told: FrameId[] = []
    const end = store.subscribe({ streamFound: () => undefined, frameStored: (_input, id) => told.push(id) > 0 })
    const id = await store.append(frameInput('site', 'cam'), 5)
    // An echo of what was appended is allowed: the hub ignores it.
    expect(told.filter((each) => each !== id)).toEqual([])
    end()
    const before = told.length
    await store.append(frameInput('site', 'cam'), 6)
    expect(told).toHaveLength(before)
    await store.close()
  })
})
