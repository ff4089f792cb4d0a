import { describe, expect, it } from 'vitest'
import { anyone, frameInput, makeHub, RULES } from '../../test/support/hub.ts'
import { Frame, IMAGES } from './frame.ts'
import { Stream } from './stream.ts'

const NAME = { label: 'site', key: 'cam' }

/** A hub that serves small demands from a rendition, which the test makes and can let lag behind. */
function setUp() {
  let isOffered = true
  const demands: number[] = []
  const small = new Stream(NAME, RULES, 0, (_stream, { viewers }) => demands.push(viewers))
  const { hub, clock } = makeHub({}, undefined, {
    sourceFor: (_stream, { width }) => (isOffered && width !== undefined && width <= 320 ? small : undefined),
    checkRoom() {},
    pictureOf: () => Promise.reject(new Error('not used')),
    newestPicture: () => undefined,
    written: () => Promise.reject(new Error('nothing is written')),
  })
  let count = 0
  const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
  return {
    hub,
    viewer,
    demands,
    publish: () => hub.accept(anyone, frameInput('site', 'cam'), `${++count}-0`, clock.now(), 'test'),
    /** Makes the rendition of the newest frame. */
    render() {
      const frame = hub.directory.find(anyone, NAME)
      const payload = {
        kind: 'image',
        bytes: new Uint8Array(2),
        mediaType: 'image/jpeg',
        width: 32,
        height: 24,
      } as const
      const made = new Frame({ ...frame, payload }, frame.id, frame.receivedAt, frame.sequence)
      if (small.take(made, clock.monotonic())) for (const subscriber of small.subscribers) subscriber.offer(made)
    },
    /** Makes the rendition available or unavailable. */
    offer(isNow: boolean) {
      isOffered = isNow
      const [stream] = viewer.streams
      if (stream) for (const _ of hub.reroute(stream));
    },
    /** What the viewer gets: ids and widths of pictures. */
    given() {
      const seen: string[] = []
      for (let next = viewer.next(clock.now()); typeof next === 'object'; next = viewer.next(clock.now()))
        seen.push(`${next.frame.id} ${next.frame.payload.width}`)
      return seen
    },
  }
}

describe('a viewer of a rendition', () => {
  it('gets its frames, with name, id and size of the original', () => {
    const { viewer, publish, render } = setUp()
    publish()
    viewer.watch(0, { ...NAME, width: 320 })
    render()
    const next = viewer.next(0)
    expect(typeof next === 'object' && next.frame).toMatchObject({
      stream: NAME,
      id: '1-0',
      size: { width: 64, height: 48 },
      payload: { width: 32, height: 24 },
    })
  })

  it('makes demand on the rendition and not on the original, and changes over when its demand does', () => {
    const { hub, viewer, demands, publish, render, given } = setUp()
    publish()
    viewer.watch(0, { ...NAME, width: 320 })
    expect(demands).toEqual([1])
    expect(hub.directory.list(anyone)[0]?.demand.viewers).toBe(0)
    render()
    expect(given()).toEqual(['1-0 32'])
    viewer.watch(0, NAME)
    expect(demands).toEqual([1, 0])
    publish()
    expect(given()).toEqual(['2-0 64'])
  })

  it('gets the frame that it has once more when it asks for a larger picture, be the stream still or not', () => {
    const { viewer, publish, render, given } = setUp()
    publish()
    viewer.watch(0, { ...NAME, width: 32 })
    render()
    expect(given()).toEqual(['1-0 32'])
    viewer.watch(0, { ...NAME, width: 1280 })
    expect(given()).toEqual(['1-0 64'])
    viewer.watch(0, { ...NAME, width: 32 })
    viewer.watch(0, { ...NAME, width: 1280 })
    expect(given()).toEqual([])
  })

  it('gets no frame again that was as large as it is wanted', () => {
    const { viewer, publish, render, offer, given } = setUp()
    publish()
    viewer.watch(0, { ...NAME, width: 32 })
    render()
    expect(given()).toEqual(['1-0 32'])
    offer(false)
    expect(given()).toEqual([])
  })

  it('is served by the original while there is no rendition, sees nothing twice and nothing older', () => {
    const { viewer, publish, render, offer, given } = setUp()
    publish()
    offer(false)
    viewer.watch(0, { ...NAME, width: 320 })
    expect(given()).toEqual(['1-0 64'])
    render()
    offer(true)
    expect(given()).toEqual([])
    publish()
    expect(given()).toEqual([])
    render()
    expect(given()).toEqual(['2-0 32'])
  })

  it('is shown at once what there is of a rendition that lags behind', () => {
    const { viewer, publish, render, given } = setUp()
    publish()
    render()
    publish()
    publish()
    viewer.watch(0, { ...NAME, width: 320 })
    expect(given()).toEqual(['1-0 32'])
    render()
    expect(given()).toEqual(['3-0 32'])
  })

  it('that paused does not begin again with an older frame than it had', () => {
    const { viewer, publish, render, given } = setUp()
    publish()
    render()
    publish()
    viewer.watch(0, NAME)
    expect(given()).toEqual(['2-0 64'])
    viewer.watch(0, { ...NAME, maxFps: 0 })
    viewer.watch(0, { ...NAME, width: 320 })
    expect(given()).toEqual([])
    render()
    expect(given()).toEqual(['2-0 32'])
  })

  it('keeps the newer frame that waits when the rendition lags behind', () => {
    const { viewer, publish, render, offer, given } = setUp()
    publish()
    render()
    offer(false)
    viewer.watch(0, { ...NAME, width: 320 })
    publish()
    offer(true)
    expect(given()).toEqual(['2-0 64'])
  })
})
