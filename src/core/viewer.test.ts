import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arrayFrame } from '../../test/support/arrays.ts'
import { anyone, frameInput, makeHub } from '../../test/support/hub.ts'
import { IMAGES, IMAGES_OR_VALUES } from './frame.ts'
import type { EncodedImage } from './payload.ts'
import type { DueFrame, Viewer } from './viewer.ts'

/** All frames that the viewer may have now, as "key@ms". */
function drain(viewer: Viewer<EncodedImage>, now = 0): string[] {
  const seen: string[] = []
  for (let next = viewer.next(now); typeof next === 'object'; next = viewer.next(now)) seen.push(shown(next))
  return seen
}

function shown({ frame }: DueFrame): string {
  return `${frame.stream.key}@${frame.receivedAt}`
}

function setUp() {
  const { hub, clock } = makeHub()
  const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
  let sequence = 0
  const accept = (key: string, at: number, label = 'site') =>
    hub.accept(anyone, frameInput(label, key), `${++sequence}-0`, at, 'test')
  return { hub, clock, viewer, accept }
}

describe('a viewer', () => {
  it('gets the newest frame of each stream at once, then each new one, none twice', () => {
    const { viewer, accept } = setUp()
    accept('a', 1)
    accept('a', 2)
    accept('b', 3)
    viewer.watch(0, { label: 'site' })
    expect(drain(viewer)).toEqual(['a@2', 'b@3'])
    expect(drain(viewer)).toEqual([])
    accept('a', 4)
    expect(drain(viewer)).toEqual(['a@4'])
  })

  it('gets an array only while it asks for values, also when one waits already', () => {
    const { hub } = makeHub()
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES_OR_VALUES, wake() {} })
    viewer.watch(0, { label: 'site' })
    hub.accept(anyone, arrayFrame('site', 'a'), '1-0', 1, 'test')
    expect(viewer.next(1)).toBeUndefined()
    viewer.watch(0, { label: 'site', values: 'native' })
    expect(viewer.next(1)).toMatchObject({ frame: { payload: { kind: 'packed-array' } } })
    hub.accept(anyone, arrayFrame('site', 'a'), '2-0', 2, 'test')
    viewer.watch(0, { label: 'site' })
    expect(viewer.next(2)).toBeUndefined()
  })

  it('gets the newest frame anew when it wants other values of it, and never those it wanted before', () => {
    const { hub } = makeHub()
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES_OR_VALUES, wake() {} })
    viewer.watch(0, { label: 'site', values: 'native' })
    hub.accept(anyone, arrayFrame('site', 'a'), '1-0', 1, 'test')
    expect(viewer.next(1)).toMatchObject({ frame: { id: '1-0' } })
    viewer.watch(0, { label: 'site', values: 'u8' })
    expect(viewer.next(1)).toMatchObject({ frame: { id: '1-0' } })
  })

  it('gets the newest frame again with a new watch, while another one keeps to the news', () => {
    const { viewer, accept } = setUp()
    viewer.watch(0, { maxFps: 0 })
    accept('a', 1)
    for (const watch of [1, 2]) {
      viewer.watch(watch, { label: 'site', key: 'a' })
      expect(drain(viewer)).toEqual(['a@1'])
      viewer.unwatch(watch)
    }
  })

  it('skips to the newest when it falls behind, and the skipped are counted', () => {
    const { viewer, accept } = setUp()
    viewer.watch(0, { label: 'site', key: 'a' })
    for (let at = 1; at <= 5; at++) accept('a', at)
    const next = viewer.next(10)
    expect(typeof next === 'object' && [shown(next), next.counter.skipped]).toEqual(['a@5', 4])
  })

  it('serves the stream that was served longest ago, so none starves', () => {
    const { viewer, accept } = setUp()
    viewer.watch(0, {})
    const served = new Map<string, number>()
    for (let at = 1; at < 300; at++) {
      // One busy stream and four slow ones, and room for one frame in three.
      accept('busy', at)
      if (at % 5 === 0) for (const key of ['a', 'b', 'c', 'd']) accept(key, at)
      if (at % 3 !== 0) continue
      const next = viewer.next(at)
      if (typeof next === 'object') served.set(next.frame.stream.key, (served.get(next.frame.stream.key) ?? 0) + 1)
    }
    for (const key of ['a', 'b', 'c', 'd']) expect(served.get(key)).toBeGreaterThan(15)
  })

  it('is joined by streams that appear under its label, and by no others', () => {
    const { viewer, accept } = setUp()
    viewer.watch(0, { label: 'site' })
    accept('new', 1)
    accept('elsewhere', 2, 'other')
    expect(drain(viewer)).toEqual(['new@1'])
  })

  it('may watch several things at any time, and gets what is in two watches once', () => {
    const { viewer, accept } = setUp()
    viewer.watch(1, { label: 'site' })
    viewer.watch(2, { label: 'site', key: 'a' })
    accept('a', 1)
    accept('b', 2)
    expect(drain(viewer)).toEqual(['a@1', 'b@2'])
    viewer.unwatch(1)
    accept('a', 3)
    accept('b', 4)
    expect(drain(viewer)).toEqual(['a@3'])
    viewer.unwatch(2)
    accept('a', 5)
    expect(drain(viewer)).toEqual([])
  })

  it('gets nothing any more once it or its principal is done, and is woken to hear it', () => {
    const { hub } = makeHub()
    const end = new AbortController()
    let wakes = 0
    const viewer = hub.watch(
      { ...anyone, ended: end.signal },
      { dialect: 'test', accepts: IMAGES, wake: () => wakes++ },
    )
    viewer.watch(0, {})
    hub.accept(anyone, frameInput('a', 'b'), '1-0', 1, 'test')
    end.abort()
    expect(wakes).toBe(2)
    expect(viewer.isClosed).toBe(true)
    expect(drain(viewer)).toEqual([])
    viewer.watch(1, {})
    expect(viewer.streams).toEqual([])
    expect(hub.viewers).toBe(0)
  })

  it('makes demand on what it watches: the greatest demand of all counts', () => {
    const { hub, viewer, accept } = setUp()
    accept('a', 1)
    const other = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
    const demand = () => hub.directory.list(anyone)[0]?.demand
    expect(demand()).toMatchObject({ viewers: 0, maxFps: 0, maxWidth: 0 })
    viewer.watch(0, { label: 'site', maxFps: 5, width: 320 })
    other.watch(0, { maxFps: 2, width: 640 })
    expect(demand()).toMatchObject({ viewers: 2, maxFps: 5, maxWidth: 640 })
    viewer.watch(1, {})
    expect(demand()).toMatchObject({ viewers: 2, maxFps: undefined, maxWidth: undefined })
    viewer.close()
    other.close()
    expect(demand()?.viewers).toBe(0)
  })

  it('that wants no frames gets news only and makes no demand', () => {
    const { hub, clock } = makeHub()
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {}, changes: true })
    viewer.watch(0, { maxFps: 0 })
    hub.accept(anyone, frameInput('a', 'b'), '1-0', clock.now(), 'test')
    expect(viewer.takeChange()).toMatchObject({ kind: 'joined' })
    expect(viewer.next(clock.now())).toBeUndefined()
    expect(hub.directory.list(anyone)[0]?.demand.viewers).toBe(0)
    viewer.watch(0, { maxFps: 10 })
    expect(typeof viewer.next(clock.now())).toBe('object')
  })
})

it('a viewer gets the newest frame that it has not seen when it comes back to a stream', () => {
  const { viewer, accept } = setUp()
  viewer.watch(0, { label: 'site' })
  accept('a', 1)
  viewer.unwatch(0)
  expect(drain(viewer)).toEqual([])
  viewer.watch(0, { label: 'site' })
  expect(drain(viewer)).toEqual(['a@1'])
})

describe('the rate of a watch', () => {
  it('chooses one frame of each period, and equal rates choose equal frames', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 20, maxLength: 100 }),
        (maxFps, intervals) => {
          const { hub } = makeHub()
          const viewers = [0, 1].map(() => hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} }))
          for (const viewer of viewers) viewer.watch(0, { maxFps })
          const seen: string[][] = [[], []]
          let now = 1_800_000_000_000
          for (const interval of intervals) {
            now += interval
            hub.accept(anyone, frameInput('a', 'b'), `${now}-0`, now, 'test')
            for (const [i, viewer] of viewers.entries()) seen[i]?.push(...drain(viewer, now))
          }
          expect(seen[0]).toEqual(seen[1])
          const seconds = intervals.reduce((sum, each) => sum + each, 0) / 1000
          expect(seen[0]?.length).toBeLessThanOrEqual(Math.ceil(seconds * maxFps) + 1)
          expect(seen[0]?.length).toBeGreaterThan(0)
        },
      ),
    )
  })

  it('shows the last picture before a pause, a period late, and tells when', () => {
    const { viewer, accept } = setUp()
    viewer.watch(0, { label: 'site', maxFps: 1 })
    accept('a', 1000)
    expect(drain(viewer, 1000)).toEqual(['a@1000'])
    accept('a', 1400)
    expect(viewer.next(1400)).toBe(2400)
    expect(drain(viewer, 2400)).toEqual(['a@1400'])
  })

  it('goes on when the clock was set back', () => {
    const { viewer, accept } = setUp()
    viewer.watch(0, { label: 'site', maxFps: 1 })
    accept('a', 100_000)
    expect(drain(viewer, 100_000)).toEqual(['a@100000'])
    accept('a', 50_000)
    expect(drain(viewer, 50_000)).toEqual(['a@50000'])
  })
})
