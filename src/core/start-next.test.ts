import { describe, expect, it, vi } from 'vitest'
import { anyone, frameInput, makeHub, RULES } from '../../test/support/hub.ts'
import { MemoryFrameStore } from '../store/memory/frame-store.ts'
import type { DeclareOptions } from './declared-stream.ts'
import { Frame, type FrameInput, IMAGES } from './frame.ts'
import type { Principal } from './principal.ts'
import { Stream } from './stream.ts'
import type { WatchOptions } from './watch-index.ts'

const NAME = { label: 'beamline', key: 'image' }
const NEXT = { when: 'on-demand', startTimeout: 5000, closeAfter: 0, start: 'next' } as const

/** A hub with a stream that starts with the next frame, which somebody watches all the time. */
function setUp(options: Partial<DeclareOptions> = {}) {
  const small = new Stream(NAME, RULES, 0, () => {})
  const { hub, clock } = makeHub({}, undefined, {
    sourceFor: (_stream, { width }) => (width === undefined ? undefined : small),
    checkRoom() {},
    pictureOf: () => Promise.reject(new Error('not used')),
    newestPicture: () => undefined,
    written: () => Promise.reject(new Error('nothing is written')),
  })
  const declaration = hub.declare(anyone, NAME, { ...NEXT, ...options }, { demandChanged() {} })
  const watch = (more: Partial<WatchOptions> = {}) => {
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
    viewer.watch(0, { ...NAME, ...more })
    return viewer
  }
  const first = watch()
  let last: Frame | undefined
  return {
    hub,
    clock,
    declaration,
    first,
    watch,
    /** Publishes a frame. @returns its id */
    async publish(more: Partial<FrameInput> = {}) {
      const { id } = await hub.publish(anyone, { ...frameInput('beamline', 'image'), ...more }, 'test')
      const next = first.next(clock.now())
      if (typeof next === 'object') last = next.frame
      return id
    },
    /** The rendition of the last frame is there. */
    render() {
      if (!last) throw new Error('there is no frame')
      const payload = {
        kind: 'image',
        bytes: new Uint8Array(2),
        mediaType: 'image/jpeg',
        width: 32,
        height: 24,
      } as const
      const made = new Frame({ ...last, payload }, last.id, last.receivedAt, last.sequence)
      if (small.take(made, clock.monotonic())) for (const subscriber of small.subscribers) subscriber.offer(made)
    },
    /** The ids and widths that a viewer gets now. */
    given(viewer: ReturnType<typeof watch>) {
      const next = viewer.next(clock.now())
      return typeof next === 'object' ? `${next.frame.id} ${next.frame.payload.width}` : undefined
    },
  }
}

describe('a stream that starts with the next frame', () => {
  it('gives a viewer what is published from then on, and nothing from before', async () => {
    const { publish, watch, given } = setUp()
    await publish()
    const viewer = watch()
    expect([given(viewer), viewer.newest]).toEqual([undefined, []])
    const id = await publish()
    expect(given(viewer)).toBe(`${id} 64`)
    expect(viewer.newest).toMatchObject([{ id }])
  })

  it('gives a viewer who paused nothing from before it goes on', async () => {
    const { publish, watch, given } = setUp()
    const viewer = watch()
    viewer.watch(0, { ...NAME, maxFps: 0 })
    await publish()
    viewer.watch(0, NAME)
    expect(given(viewer)).toBeUndefined()
    const id = await publish()
    viewer.unwatch(0)
    viewer.watch(0, NAME)
    expect(given(viewer)).toBeUndefined()
    expect(await publish()).not.toBe(id)
    expect(given(viewer)).toBeDefined()
  })

  it('gives a viewer of a rendition no older picture of it, made already or later', async () => {
    const { publish, watch, render, given } = setUp()
    const other = watch({ width: 320 })
    await publish()
    render()
    expect(given(other)).toContain(' 32')
    const viewer = watch({ width: 320 })
    expect(given(viewer)).toBeUndefined()
    await publish()
    const late = watch({ width: 320 })
    render()
    expect([given(viewer) !== undefined, given(late)]).toEqual([true, undefined])
  })

  it('lets a viewer who is there change to a larger picture of the frame that it has', async () => {
    const { publish, watch, render, given } = setUp()
    const viewer = watch({ width: 320 })
    const id = await publish()
    render()
    expect(given(viewer)).toBe(`${id} 32`)
    viewer.watch(0, NAME)
    expect(given(viewer)).toBe(`${id} 64`)
  })

  it('gives no frame to who asks for the newest, for one by its id, or for the picture of an event', async () => {
    const { hub, publish } = setUp()
    const id = await publish()
    for (const asked of [undefined, id])
      expect(() => hub.directory.find(anyone, NAME, asked)).toThrow('only what comes next can be had')
    expect(hub.directory.condition(anyone, NAME).state).toBe('live')
    expect(hub.directory.pictureForEvent(anyone, NAME)).toBeUndefined()
  })

  it('keeps the newest few frames while somebody watches, and none else', async () => {
    const { hub, publish, first } = setUp()
    for (let i = 0; i < 2 * RULES.nextRingFrames; i++) await publish()
    expect(hub.frameMemory.weight).toBe(RULES.nextRingFrames * 10)
    first.close()
    expect(hub.frameMemory.weight).toBe(0)
    await publish()
    expect(hub.frameMemory.weight).toBe(0)
    expect(hub.directory.list(anyone)).toMatchObject([{ start: 'next', newest: undefined }])
  })

  it('gives its memory back once when it is removed while somebody watches', async () => {
    const { hub, publish, declaration } = setUp()
    await publish()
    declaration.withdraw('gone')
    hub.remove(anyone, NAME)
    expect(hub.frameMemory).toEqual({ weight: 0, metadataWeight: 0 })
  })

  it('gives the frame of a pulse to who watches since before it, and to nobody else', async () => {
    const { hub, publish, watch, first } = setUp()
    await publish({ pulse: { id: 7n } })
    const other = { ...anyone, id: 'other' }
    const ask = (principal: Principal, id: bigint) => () => hub.frameOfPulse(principal, NAME, id)
    expect(ask(anyone, 7n)()).toMatchObject({ pulse: { id: 7n } })
    expect(ask(other, 7n)).toThrow('Pulse 7 of "beamline/image" is not kept, or you do not watch')
    const late = hub.watch(other, { dialect: 'test', accepts: IMAGES, wake() {} })
    late.watch(0, NAME)
    expect(ask(other, 7n)).toThrow('not kept')
    await publish({ pulse: { id: 8n } })
    expect(ask(other, 8n)()).toMatchObject({ pulse: { id: 8n } })
    // Somebody else may ask with the same credentials.
    expect(ask({ ...other, isShared: true }, 8n)).toThrow('not kept')
    late.watch(0, { ...NAME, maxFps: 0 })
    expect(ask(other, 8n)).toThrow('not kept')
    for (let i = 0n; i < 4n; i++) await publish({ pulse: { id: 9n + i } })
    expect(ask(anyone, 8n)).toThrow('not kept')
    watch()
    first.close()
    expect(ask(anyone, 12n)).toThrow('not kept')
  })

  it('goes on counting its frames, and their ids rise, whether any is kept or not', async () => {
    const { publish, first, watch, clock, given } = setUp()
    const before = await publish()
    first.close()
    await publish()
    clock.advance(-1000)
    const viewer = watch()
    const id = await publish()
    expect(Number(id.split('-')[1])).toBeGreaterThan(Number(before.split('-')[1]))
    expect(given(viewer)).toContain(id)
    expect(viewer.newest).toMatchObject([{ sequence: 3 }])
  })

  it('starts so as well once its source has gone', async () => {
    const { publish, declaration, watch, given } = setUp()
    await publish()
    declaration.withdraw()
    expect(given(watch())).toBeUndefined()
  })

  it('is as any other once its source has gone and somebody else publishes it', async () => {
    const store = new MemoryFrameStore()
    const stored = vi.spyOn(store, 'append')
    const { hub, clock } = makeHub({}, store)
    const watch = () => {
      const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
      viewer.watch(0, NAME)
      return viewer
    }
    const publish = () => hub.publish(anyone, frameInput('beamline', 'image'), 'test')
    const declaration = hub.declare(anyone, NAME, NEXT, { demandChanged() {} })
    watch()
    const { id: before } = await publish()
    declaration.withdraw()
    clock.advance(10)
    const { id } = await publish()
    expect(stored).toHaveBeenCalledOnce()
    expect(watch().next(clock.now())).toMatchObject({ frame: { id } })
    expect(hub.directory.find(anyone, NAME)).toMatchObject({ id })
    expect(() => hub.directory.find(anyone, NAME, before)).toThrow('is not kept')
    expect(hub.directory.list(anyone)).toMatchObject([{ start: 'newest' }])
  })

  it('is made of what comes from here on where it was another before', async () => {
    const { hub } = makeHub()
    await hub.publish(anyone, frameInput('beamline', 'image'), 'test')
    const declaration = hub.declare(anyone, NAME, NEXT, { demandChanged() {} })
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
    viewer.watch(0, NAME)
    expect(viewer.isWaiting).toBe(false)
    await hub.publish(anyone, frameInput('beamline', 'image'), 'test')
    declaration.withdraw()
    hub.declare(anyone, NAME, { ...NEXT, start: 'newest' }, { demandChanged() {} })
    const later = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
    later.watch(0, NAME)
    expect(later.isWaiting).toBe(false)
  })
})

describe('frames of a stream that starts with the next one', () => {
  it('stay at this server: no store is asked, and none counts as missing', async () => {
    const store = new MemoryFrameStore()
    const asked = vi.spyOn(store, 'append')
    const { hub, clock } = makeHub({}, store)
    hub.declare(anyone, NAME, NEXT, { demandChanged() {} })
    const published = ['first', 'second'].map(() => hub.publish(anyone, frameInput('beamline', 'image'), 'test'))
    expect(await Promise.all(published)).toEqual([{ id: `${clock.now()}-0` }, { id: `${clock.now()}-1` }])
    expect(asked).not.toHaveBeenCalled()
  })

  it('are not wanted for other servers, which are told that only this one shows them', () => {
    const { hub } = makeHub()
    const wanted: number[] = []
    hub.declare(anyone, NAME, NEXT, { demandChanged: ({ viewers }) => wanted.push(viewers) })
    const demand = { viewers: 2, maxFps: undefined, maxWidth: undefined, kinds: ['image'] } as const
    hub.takeDemandElsewhere(new Map([['beamline/image', { name: NAME, demand }]]))
    expect(wanted).toEqual([])
    expect(hub.directory.fed()).toEqual([
      { name: NAME, condition: { state: 'offline', reason: expect.stringContaining('do not go through Redis') } },
    ])
  })
})
