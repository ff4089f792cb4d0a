import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameStoreKinds } from '../../test/support/frame-stores.ts'
import { frameInput } from '../../test/support/hub.ts'
import { type FrameId, isAfter } from '../core/frame-id.ts'

describe.each(frameStoreKinds())('a frame store ($name)', ({ open }) => {
  it('gives ids that rise within a stream, whatever the clock does and however many wait at once', async () => {
    const store = await open()
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }), async (times) => {
        const input = frameInput('site', `cam ${++runs}`)
        const ids = await Promise.all(times.map((time) => store.append(input, time)))
        for (const [i, id] of ids.slice(1).entries()) expect(isAfter(id, ids[i])).toBe(true)
      }),
    )
    await store.close()
  })

  it('keeps the streams apart', async () => {
    const store = await open()
    const ids = await Promise.all(['a', 'b'].map((key) => store.append(frameInput('site', key), 5)))
    // Within one stream the second of a millisecond would be 1.
    for (const id of ids) expect(id).toMatch(/-0$/)
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
